from datetime import timedelta

from odoo.fields import Date
from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_marketplace.controllers.workshop_orders import read_amount

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
        self.assertIn("7 days left to declare it", self._text(page))
        self.assertIn("7 days left", self._text(self._get("/my/market")))
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
        self.assertIn("Never heard of them", self._text(self._get(ORDERS)))

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
class TestStatement(MarketPortalCase):
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
        Accrual = self.env["lead.market.accrual"]
        rows = Accrual.with_user(self.accountant)._get_statement_rows(self.granite)
        expected = Accrual._get_statement_csv(rows)
        response = self.url_open("/my/market/statement/csv")
        self.assertEqual(response.content, expected)
        self.assertIn("attachment", response.headers["Content-Disposition"])

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
