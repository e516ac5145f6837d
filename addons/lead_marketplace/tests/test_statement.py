import base64
from datetime import timedelta

from odoo.fields import Date, Datetime
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base_offerdesk.tests.common import (
    RENDERER_FAULTS,
    RendererMixin,
    pdf_text,
)
from odoo.addons.lead_marketplace.amounts import read_amount
from odoo.addons.lead_marketplace.controllers import workshop_orders
from odoo.addons.lead_marketplace.wizard import lead_market_statement

from .common_portal import MarketPortalCase

ORDERS = "/my/market/orders"


@tagged("post_install", "-at_install")
class TestPortalOrders(MarketPortalCase):
    """Declaring, answering and following orders on the pages."""

    def setUp(self):
        super().setUp()
        self.take = self._open(
            self._create_published_request(), self.granite_user
        ).sudo()
        self.url = f"/my/market/take/{self.take.id}/order"
        self.today = self.company._get_market_today()

    def _declare_by_form(self, **vals):
        data = {
            "contract_no": "C-7",
            "work_done_date": str(self.today),
            "amount_gross": "1 250,50",
            "amount_net": "1000",
            "currency_id": str(self.company.currency_id.id),
        }
        return self._post(self.url, **data | vals)

    def test_declare(self):
        text = self._text(self._get(self._declare_by_form()))
        order = self.take.order_ids
        self.assertEqual((order.amount_gross, order.amount_net), (1250.5, 1000))
        self.assertEqual((order.state, order.contract_no), ("declared", "C-7"))
        self.assertEqual(order.declared_by_id, self.granite_user)
        self.assertIn("The order is declared", text)
        self.assertIn("C-7", text)

    def test_announce_then_declare(self):
        finish = self.today + timedelta(days=2)
        self._declare_by_form(work_done_date="", planned_finish_date=str(finish))
        order = self.take.order_ids
        self.assertFalse(order.declared_on)
        page = self._get(ORDERS)
        self.assertIn("Days left to declare it: 7", self._text(page))
        self.assertIn("days left to declare it: 7", self._text(self._get("/my/market")))
        form = self._get(f"{self.url}?order={order.id}")
        self.assertEqual(form.xpath("//input[@name='contract_no']/@value"), ["C-7"])
        self.assertEqual(
            form.xpath("//input[@name='amount_gross']/@value"), ["1250.50"]
        )
        self._declare_by_form()
        self.assertTrue(order.declared_on)
        self.assertEqual(len(self.take.order_ids), 1)

    def test_refused(self):
        """What is wrong is said, and what was typed is still there."""
        cases = [
            ({"contract_no": ""}, "number of your contract"),
            ({"work_done_date": "2099-01-01"}, "still to come"),
            ({"work_done_date": "31.02.26"}, "is not a date"),
            ({"amount_gross": "a lot"}, "is not an amount"),
            ({"amount_gross": "nan"}, "is not an amount"),
            ({"amount_net": "9999"}, "more than the total"),
            ({"excluded_amount": "5"}, "Nothing may be left out"),
            ({"currency_id": "99999"}, "not in use here"),
            ({"currency_id": "9" * 80}, "not in use here"),
            ({"work_done_date": ""}, "day on which the work was done"),
        ]
        for vals, message in cases:
            with self.subTest(vals):
                target = self._declare_by_form(**vals)
                self.assertEqual(target, self.url)
                page = self._get(target)
                self.assertIn(message, self._text(page))
                value = page.xpath("//input[@name='contract_no']/@value")
                self.assertEqual(value or [""], [vals.get("contract_no", "C-7")])
        self.assertFalse(self.take.order_ids)

    def test_accept_a_suspicion(self):
        order = self.env["lead.market.order"]._suspect(
            self.take,
            "customer",
            "Said so",
            work_done_date=self.today,
            amount_gross=700,
        )
        page = self._text(self._get(ORDERS))
        self.assertIn("It looks as if this customer has ordered from you", page)
        self.assertNotIn("Said so", page)
        self._post(f"/my/market/order/{order.id}/accept")
        self.env.invalidate_all()
        self.assertEqual(order.state, "declared")

    def test_accept_without_a_total(self):
        """Where nobody knows the total, the form asks for it."""
        order = self.env["lead.market.order"]._suspect(self.take, "customer", "Said so")
        target = self._post(f"/my/market/order/{order.id}/accept")
        self.assertEqual(target, f"{self.url}?order={order.id}")

    def test_contest(self):
        order = self.env["lead.market.order"]._suspect(self.take, "customer", "Said so")
        url = f"/my/market/order/{order.id}/contest"
        self.assertIn("Please say why", self._post_and_read(url, reason=" "))
        self._post(url, reason="Never heard of them")
        self.assertEqual(order.state, "disputed")
        page = self._get(ORDERS)
        # As it was written, without what the template has around it.
        (reason,) = page.xpath("//*[@class='o_market_text']/text()")
        self.assertIn("Never heard of them", reason)
        self.assertEqual(reason, reason.strip())

    def test_orders_of_others(self):
        order = self.env["lead.market.order"]._suspect(self.take, "customer", "Said so")
        self._log_in(self.marble_user)
        for name in ("accept", "contest"):
            target = self._post(f"/my/market/order/{order.id}/{name}", reason="x")
            self.assertEqual(target, "/my/market")
        self.assertEqual(order.state, "suspected")
        self.assertNotIn("Vera", self._text(self._get(ORDERS)))

    def test_incident_on_the_overview(self):
        incident = self.env["lead.market.incident"].create(
            {"workshop_id": self.granite.id, "kind": "other", "reason": "Called rivals"}
        )
        self.assertNotIn("Called rivals", self._text(self._get("/my/market")))
        incident.with_user(self.operator).action_confirm()
        self.assertIn("Called rivals", self._text(self._get("/my/market")))
        self._log_in(self.marble_user)
        self.assertNotIn("Called rivals", self._text(self._get("/my/market")))


@tagged("post_install", "-at_install")
class TestStatement(RendererMixin, MarketPortalCase):
    def setUp(self):
        super().setUp()
        self.order = self._win(self.granite_user)

    def test_statement(self):
        text = self._text(self._get("/my/market/statement"))
        self.assertIn("C-1", text)
        self.assertIn("100.00", text)
        self.assertIn("To invoice", text)
        self._log_in(self.marble_user)
        text = self._text(self._get("/my/market/statement"))
        self.assertNotIn("C-1", text)

    def test_both_sides_see_the_same(self):
        statement = self._statement(self.accountant)
        response = self.url_open("/my/market/statement/csv")
        self.assertEqual(base64.b64decode(statement.csv_file), response.content)
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_accountant_downloads_it(self):
        """The button of the back office leads to the very same files."""
        statement = self._statement(self.accountant)
        csv_url = statement.action_csv()["url"]
        expected = self.url_open("/my/market/statement/csv").content
        self._log_in(self.accountant)
        self.assertEqual(self.url_open(csv_url).content, expected)
        page = self.url_open(statement.action_show()["url"])
        self.assertIn("C-1", page.text)
        report = self.env["ir.actions.report"].with_user(self.accountant)
        content, kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(statement.action_pdf()["report_name"], statement.ids)
        self.assertEqual(kind, "pdf")
        self.assertIn("C-1", self._pdf_text(content))
        self._log_in(self.granite_user)
        with mute_logger("odoo.http"):
            refused = self.url_open(statement.action_show()["url"])
        self.assertEqual(refused.status_code, 403)
        self.assertNotIn("C-1", refused.text)

    def test_opened_contact_without_an_order(self):
        """The first line of the ledger is the opening, not the order."""
        self._open(self._create_published_request(name="A fence"), self.granite_user)
        page = self._get("/my/market/statement")
        rows = [self._text(row) for row in page.xpath("//tbody/tr")]
        self.assertEqual(len(rows), 2, "the won one stands there once")
        self.assertIn("C-1", rows[0])
        self.assertIn("A fence", rows[1])
        self.assertIn("Contact opened", rows[1])
        self.assertNotIn("$", rows[1])
        csv = self.url_open("/my/market/statement/csv").text
        self.assertIn("A fence", csv)

    def test_announced_and_cancelled(self):
        """An order without a commission is shown; a cancelled one is only opened."""
        for name in ("Announced stone", "Cancelled stone"):
            take = self._open(
                self._create_published_request(name=name), self.granite_user
            )
            order = self._declare(
                take,
                self.granite_user,
                contract_no=name,
                work_done_date=False,
                planned_finish_date=Date.today() + timedelta(days=9),
            )
        order.with_user(self.operator).action_cancel()
        page = self._get("/my/market/statement")
        rows = {
            " ".join(row.xpath("string(.//a)").split()): self._text(row)
            for row in page.xpath("//tbody/tr")
        }
        announced = next(row for row in rows.values() if "Announced stone" in row)
        self.assertIn("Order", announced)
        self.assertIn("Announced", announced)
        cancelled = next(row for row in rows.values() if "Cancelled stone" in row)
        self.assertIn("Contact opened", cancelled)

    def test_invoiced_and_paid(self):
        """The payment ends the chain: its day is there."""
        self.order.accrual_ids.with_user(self.accountant).action_invoice()
        move = self.order.sudo().accrual_ids.move_id
        move.invoice_date = Date.today()
        move.action_post()
        self.assertIn(move.name, self._text(self._get("/my/market/statement")))
        payment = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": Date.today() + timedelta(days=400)})
        )
        payment._create_payments()
        day = Date.today() + timedelta(days=400)
        text = self._text(self._get("/my/market/statement"))
        self.assertIn(f"Paid {day.strftime('%m/%d/%Y')}", text)
        self.assertIn(f",{day}", self.url_open("/my/market/statement/csv").text)

    def test_pages(self):
        """Each row is on one page, whichever step it is; a cursor is only a place."""
        take = self.order.take_id.sudo()
        for number in range(90):
            request = take.request_id.copy({"name": f"Stone {number}"})
            take.copy(
                {
                    "request_id": request.id,
                    # Several of a day and of a moment.
                    "opened_on": Datetime.now() - timedelta(hours=7 * (number // 2)),
                }
            )
        names, url = [], "/my/market/statement"
        while url:
            page = self._get(url)
            names += [
                " ".join(link.text_content().split())
                for link in page.xpath("//tbody//a[contains(@href, '/take/')]")
            ]
            url = next(iter(page.xpath("//a[@rel='next']/@href")), None)
        self.assertEqual(len(names), 91)
        self.assertEqual(len(set(names)), 91)
        no_cursors = ("9-1-1", "2-1-1", "2-99999999-1", "0-0-0", "x", "1-2", "-1")
        for cursor in (*no_cursors, "0-249999999999999999-1"):
            with self.subTest(cursor):
                self._get(f"/my/market/statement?after={cursor}")

    def test_sql_does_not_grow_with_rows(self):
        def count_sql():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._get("/my/market/statement")
            return self.cr.sql_log_count - before

        def add():
            """Open two contacts, one of which becomes an order."""
            take = self.order.take_id.sudo()
            for _number in range(2):
                request = take.request_id.copy()
                other = take.copy(
                    {"request_id": request.id, "opened_on": Datetime.now()}
                )
            self.order.sudo().copy({"take_id": other.id})

        add()
        self._get("/my/market/statement")
        few = count_sql()
        for _number in range(15):
            add()
        self.assertEqual(len(self._get("/my/market/statement").xpath("//tbody/tr")), 33)
        self.assertEqual(count_sql(), few)

    # === PDF ===

    def _statement(self, user):
        return (
            self.env["lead.market.statement"]
            .with_user(user)
            .create({"workshop_id": self.granite.id})
        )

    def _pdf_text(self, content):
        self.assertTrue(content.startswith(b"%PDF-"), content[:200])
        return " ".join(pdf_text(content).split())

    def test_pdf(self):
        self._open(self._create_published_request(name="A fence"), self.granite_user)
        response = self.url_open("/my/market/statement/pdf")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        text = self._pdf_text(response.content)
        opened = "Opened contacts without an order"
        for expected in ("Granite & Co", "C-1", "100.00", opened, "A fence"):
            self.assertIn(expected, text)
        for secret in ("Vera", "private.example", "21 00 00 07", "Ivanova"):
            self.assertNotIn(secret, text)

    def test_pdf_of_somebody_else(self):
        self._log_in(self.marble_user)
        text = self._pdf_text(self.url_open("/my/market/statement/pdf").content)
        self.assertNotIn("C-1", text)
        self.assertNotIn("Granite", text)

    def test_pdf_of_several_pages_and_currencies(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._win(self.granite_user, contract_no="C-EUR", currency_id=euro.id)
        self.granite.currency_id = euro
        self._win(self.granite_user, contract_no="C-2", currency_id=euro.id)
        take = self.order.take_id.sudo()
        for number in range(60):
            request = take.request_id.copy({"name": f"Stone {number}"})
            take.copy({"request_id": request.id, "opened_on": Datetime.now()})
        content = self.url_open("/my/market/statement/pdf").content
        text = self._pdf_text(content)
        self.assertIn("€", text)
        self.assertIn("$", text)
        for number in range(60):
            self.assertIn(f"Stone {number}", text)
        self.assertRegex(text, r"1 ?/ ?[2-9]")

    def test_pdf_renderer_fails(self):
        """The visitor is told, and the other file is still there."""
        for script in (*RENDERER_FAULTS.values(), None):
            with self.subTest(script):
                self._put_renderer(script)
                text = self._text(self._get("/my/market/statement/pdf"))
                self.assertIn("The PDF could not be made at the moment", text)
        self.assertIn("C-1", self.url_open("/my/market/statement/csv").text)

    def test_pdf_has_too_many_rows(self):
        self.patch(lead_market_statement, "MOST_ROWS", 0)
        text = self._text(self._get("/my/market/statement/pdf"))
        self.assertIn("Rows in this time: 1. A PDF holds 0", text)

    def test_pdf_too_often(self):
        self.patch(workshop_orders, "PDFS_PER_HOUR", 0)
        text = self._text(self._get("/my/market/statement/pdf"))
        self.assertIn("Too many documents", text)

    def test_period(self):
        today = Date.context_today(self.order)
        before = f"date_to={today - timedelta(days=9)}"
        text = self._text(self._get(f"/my/market/statement?{before}"))
        self.assertNotIn("C-1", text)
        for query in (
            f"date_from={today}&date_to={today}",
            f"date_from={today}&date_to=2000-01-01",
            "date_from=x&date_to=0000-00-00",
            "date_from=0001-01-01&date_to=9999-12-31",
        ):
            with self.subTest(query):
                text = self._text(self._get(f"/my/market/statement?{query}"))
                self.assertIn("C-1", text)

    def test_terminated_reads_it(self):
        self.granite.with_user(self.manager)._set_state("terminated", "Resale")
        self.assertIn("C-1", self._text(self._get("/my/market/statement")))
        self.assertIn("C-1", self._text(self._get(ORDERS)))


@tagged("post_install", "-at_install")
class TestReadAmount(TransactionCase):
    def test_spellings(self):
        cases = {
            "1250": "1250",
            "1 250,50": "1250.50",
            "1.250,50": "1250.50",
            "1,250.50": "1250.50",
            "1'250.50": "1250.50",
            "1\N{NO-BREAK SPACE}250": "1250",
            "1,250": "1250",
            "12.345.678": "12345678",
            "1250,5": "1250.5",
            "0.125": "0.125",
            "1250.": "1250.",
            "": "",
            "a lot": "alot",
        }
        for text, amount in cases.items():
            self.assertEqual(read_amount(text), amount, text)
