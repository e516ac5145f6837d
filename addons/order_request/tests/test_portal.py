import io
import uuid
from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import Command, fields, http
from odoo.tests import new_test_user, tagged

from .common import NIGHT, NOON
from .common_portal import PortalCase


@tagged("post_install", "-at_install")
class TestServicePages(PortalCase):
    """Services: what customers read, order, and ask for."""

    def setUp(self):
        super().setUp()
        self.service = self.logo.product_tmpl_id
        self.url = f"/my/services/{self.service.id}"
        self.authenticate("request_portal", "request_portal")

    def order(self, mode="request", **data):
        return self.post(
            f"{self.url}/order",
            {
                "mode": mode,
                "quantity": "2",
                "brief": "A loaf",
                "idempotency_key": str(uuid.uuid4()),
                **data,
            },
        )

    def find_request(self):
        return self.env["order.request"].search([("partner_id", "=", self.contact.id)])

    def find_order(self):
        return self.env["sale.order"].search([("partner_id", "=", self.contact.id)])

    def test_list(self):
        hidden = self._create_service("Secret", 1, order_request_published=False)
        page, _answer = self.get("/my/services")
        self.assertIn("Logo", self.text(page))
        self.assertNotIn("Secret", self.text(page))
        for path in ("", "/image"):
            url = f"/my/services/{hidden.product_tmpl_id.id}{path}"
            self.assertEqual(self.url_open(url).status_code, 404)

    def test_home_leads_there(self):
        page, _answer = self.get("/my/home")
        links = page.xpath("//a/@href")
        self.assertIn("/my/services", links)
        self.assertIn("/my/requests", links)
        for path in ("/my/services", "/my/requests"):
            [icon] = page.xpath(f"//a[@href='{path}']//img/@src")
            # As large as Odoo's.
            self.assertIn('width="64" height="64"', self.url_open(icon).text)
        counters = self.make_jsonrpc_request(
            "/my/counters",
            {"counters": ["order_request_service_count", "order_request_count"]},
        )
        self.assertGreaterEqual(counters["order_request_service_count"], 2)
        self.assertEqual(counters["order_request_count"], 0)

    def test_price_with_taxes(self):
        """What comes on top is told before the offer."""
        tax = self.env["account.tax"].create(
            {"name": "15 %", "amount": 15, "type_tax_use": "sale"}
        )
        self.service.taxes_id = tax
        for url in (self.url, "/my/services"):
            page, _answer = self.get(url)
            self.assertIn("115.00 incl. taxes)", self.text(page))
        tax.price_include_override = "tax_included"
        page, _answer = self.get(self.url)
        self.assertNotIn("incl. taxes", self.text(page))
        self.assertIn("100.00", self.text(page))

    def test_why_and_until_when(self):
        self.portal_user.tz = "America/Montreal"
        with freeze_time(NIGHT):
            page, _answer = self.get(self.url)
        text = self.text(page, "//div[@id='order_request_gate']")
        self.assertIn("first order with us", text)
        self.assertIn("You can order directly from Wed 3 Jun, 06:00", text)
        self.assertIn("(Wed 3 Jun, 00:00 your time)", text)
        self.assertIn("We answer within 24 hours.", text)
        self.assertEqual(page.xpath("//button/@value"), ["request"])

    def test_whose_clock_it_is(self):
        """Who has no time zone reads which one counts."""
        self.portal_user.tz = False
        with freeze_time(NIGHT):
            page, _answer = self.get(self.url)
        text = self.text(page, "//div[@id='order_request_gate']")
        self.assertIn("from Wed 3 Jun, 06:00 (Europe/Paris).", text)

    def test_by_day_it_is_an_order(self):
        with freeze_time(NOON):
            page, _answer = self.get(self.url)
            self.assertFalse(page.xpath("//div[@id='order_request_gate']"))
            self.assertEqual(page.xpath("//button/@value"), ["order", "request"])
            self.assertEqual(page.xpath("//textarea/@name"), ["brief"])
            answer = self.order(
                mode="order", idempotency_key=self.form_key(page), brief="A <b>loaf</b>"
            )
        order = self.find_order()
        self.assertEqual(answer.status_code, 303)
        self.assertIn(f"/my/orders/{order.id}", answer.headers["Location"])
        self.assertEqual(
            (order.state, order.amount_untaxed, order.order_request_origin),
            ("sent", 200, "customer"),
        )
        said = order.message_ids.filtered(lambda one: one.author_id == self.contact)
        self.assertIn("A &lt;b&gt;loaf", "".join(said.mapped("body")))
        with freeze_time(NOON):
            page, _answer = self.get(order.access_url)
        self.assertIn("Sign", self.text(page, "//body"))

    def test_no_order_by_night(self):
        with freeze_time(NIGHT):
            answer = self.order(
                mode="order", brief="A loaf", desired_start="2026-07-01"
            )
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.find_order())
        page = html.fromstring(answer.content)
        self.assertIn("What you entered is kept", self.text(page))
        self.assertEqual(page.xpath("//textarea[@name='brief']/text()"), ["A loaf"])
        self.assertEqual(
            page.xpath("//input[@name='desired_start']/@value"), ["2026-07-01"]
        )
        self.assertEqual(page.xpath("//input[@name='quantity']/@value"), ["2"])

    def test_request_by_night(self):
        self.service.order_request_question_ids = [
            Command.create({"name": "For whom?"}),
            Command.create({"name": "Which colours?", "is_required": False}),
        ]
        question = self.service.order_request_question_ids[0]
        with freeze_time(NIGHT):
            answer = self.order(
                **{
                    f"answer_{question.id}": "Children",
                    "brief": "A loaf\nwith a face",
                    "desired_start": "2026-07-01",
                }
            )
        request = self.find_request()
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(
            (request.state, request.gate_reason, request.origin),
            ("submitted", "first_time", "portal"),
        )
        self.assertEqual(request.line_ids.quantity, 2)
        self.assertEqual(request.line_ids.shown_price, 100)
        self.assertEqual(request.answer_ids.mapped("answer"), ["Children"])
        self.assertFalse(self.find_order())
        page, _answer = self.get(answer.headers["Location"])
        text = self.text(page)
        for expected in ("We look at it", "Children", "with a face", "was sent"):
            self.assertIn(expected, text)

    def use_pricelist(self):
        """Let the customer have a tenth off, in a currency worth half as much."""
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        ) + self.env.ref("sale.group_discount_per_so_line")
        currency = self.env["res.currency"].create(
            {
                "name": "ZZZ",
                "symbol": "zz",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2})],
            }
        )
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Loyal",
                "currency_id": currency.id,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        return self.customer.property_product_pricelist

    def test_offer_costs_what_was_shown(self):
        """Even if other prices count by then."""
        pricelist = self.use_pricelist()
        with freeze_time(NIGHT):
            page, _answer = self.get(self.url)
            self.assertIn("180.00", self.text(page))
            answer = self.order()
            page, _answer = self.get(answer.headers["Location"])
            self.assertIn("180.00", self.text(page))
        request = self.find_request()
        line = request.line_ids
        self.assertEqual((line.shown_price, line.price_unit), (180, 180))
        self.assertEqual(line.currency_id, pricelist.currency_id)
        pricelist.item_ids.percent_price = 50
        self.customer.property_product_pricelist = False
        window = (
            self.env["order.request.offer"]
            .with_user(self.seller)
            .create({"request_id": request.id, "expires_on": False})
        )
        self.assertEqual(window.currency_id, pricelist.currency_id)
        window.action_send()
        offer = request.offer_id
        self.assertEqual(offer.currency_id, pricelist.currency_id)
        self.assertEqual(offer.amount_untaxed, 360)

    def test_salesperson_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Studio"})
        self.customer.user_id = new_test_user(
            self.env,
            "request_elsewhere",
            groups="sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with freeze_time(NIGHT):
            self.assertEqual(self.order().status_code, 303)
        self.assertEqual(self.find_request().user_id, self.seller)

    def test_question_has_to_be_answered(self):
        self.service.order_request_question_ids = [
            Command.create({"name": "For whom?"})
        ]
        answer = self.order(brief="A loaf")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Please answer this.", answer.text)
        self.assertFalse(self.find_request())

    def test_what_is_needed_has_to_be_said(self):
        """In a request; who orders at once may leave it out."""
        brief = "//textarea[@name='brief']"
        with freeze_time(NIGHT):
            page, _answer = self.get(self.url)
            self.assertTrue(page.xpath(f"{brief}/@required"))
            self.assertNotIn("when you order", self.text(page, "//form"))
            answer = self.order(brief=" \n")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Please tell us what you need.", answer.text)
        self.assertFalse(self.find_request())
        with freeze_time(NOON):
            page, _answer = self.get(self.url)
            self.assertFalse(page.xpath(f"{brief}/@required"))
            self.assertIn("(optional when you order at once)", self.text(page))
            self.assertEqual(self.order(brief="").status_code, 422)
            self.order(mode="order", brief="")
        self.assertFalse(self.find_request())
        self.assertTrue(self.find_order())

    def test_asking_first_is_always_possible(self):
        with freeze_time(NOON):
            self.order(mode="request")
        self.assertEqual(self.find_request().gate_reason, "voluntary")

    def test_away(self):
        self.policy.away_ids = [
            Command.create(
                {
                    "date_from": "2026-06-01",
                    "date_to": "2026-06-07",
                    "message": "We are at the fair.",
                }
            )
        ]
        with freeze_time(NOON):
            page, _answer = self.get(self.url)
            text = self.text(page)
            self.assertIn("You can order again from Mon 8 Jun, 00:00", text)
            self.assertIn("We are at the fair.", text)
            self.assertFalse(page.xpath("//form[contains(@action, '/order')]"))
            for mode in ("order", "request"):
                self.assertEqual(self.order(mode=mode).status_code, 422)
        self.assertFalse(self.find_order() or self.find_request())

    def test_sent_twice(self):
        key = str(uuid.uuid4())
        with freeze_time(NIGHT):
            first = self.order(idempotency_key=key)
            second = self.order(idempotency_key=key)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self.find_request()), 1)
        with freeze_time(NOON):
            first = self.order(mode="order", idempotency_key=key)
            second = self.order(mode="order", idempotency_key=key)
        self.assertEqual(len(self.find_order()), 1)

    def test_bad_input(self):
        for data in (
            {"quantity": "0"},
            {"quantity": "-1"},
            {"quantity": "1e9"},
            {"quantity": "99999999999"},
            {"desired_start": "yesterday"},
            {"desired_start": "2020-01-01"},
            {"desired_start": "9999-12-31"},
            {"brief": "x" * 10_001},
            {"idempotency_key": "é"},
        ):
            with self.subTest(**{k: v[:20] for k, v in data.items()}):
                self.assertEqual(self.order(**data).status_code, 422)
        self.assertFalse(self.find_request())

    def test_files(self):
        picture = io.BytesIO(b"<html><script>alert(1)</script></html>")
        answer = self.url_open(
            f"{self.url}/order",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "mode": "request",
                "quantity": "1",
                "brief": "A loaf",
                "idempotency_key": str(uuid.uuid4()),
            },
            files={"files": ("logo.png", picture, "image/png")},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("can&#39;t be attached", answer.text)
        self.assertFalse(self.find_request())
        answer = self.url_open(
            f"{self.url}/order",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "mode": "request",
                "quantity": "1",
                "brief": "A loaf",
                "idempotency_key": str(uuid.uuid4()),
            },
            files={"files": ("brief.txt", io.BytesIO(b"A loaf"), "text/plain")},
        )
        page = html.fromstring(answer.content)
        [link] = page.xpath("//a[contains(@href, '/file/')]/@href")
        self.assertEqual(self.url_open(link).content, b"A loaf")
        self.authenticate("request_stranger", "request_stranger")
        self.assertNotIn(b"A loaf", self.url_open(link).content)

    def test_variants(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": name}) for name in ("Small", "Large")
                ],
            }
        )
        service = self.env["product.template"].create(
            {
                "name": "Banner",
                "type": "service",
                "order_request_published": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        variants = service.product_variant_ids
        self.url = f"/my/services/{service.id}"
        page, _answer = self.get(self.url)
        self.assertEqual(
            [" ".join(name.split()) for name in page.xpath("//option/text()")],
            ["Small", "Large"],
        )
        self.assertEqual(self.order().status_code, 422)
        self.assertEqual(self.order(variant=str(self.poster.id)).status_code, 422)
        self.order(variant=str(variants[1].id))
        self.assertEqual(self.find_request().line_ids.product_id, variants[1])


@tagged("post_install", "-at_install")
class TestRequestPages(PortalCase):
    """A customer's requests: reading, answering, declining, withdrawing."""

    def setUp(self):
        super().setUp()
        self.request = self._send_request(self.logo, brief="A loaf")
        self.url = f"/my/requests/{self.request.id}"
        self.authenticate("request_portal", "request_portal")

    def test_list(self):
        self._send_request(self.poster, user=self.stranger_user)
        page, _answer = self.get("/my/requests")
        text = self.text(page)
        self.assertIn(self.request.name, text)
        self.assertNotIn("Poster", text)

    def test_address_that_was_kept(self):
        """Nobody is told again that a request was sent which has an offer."""
        url = f"{self.url}?notice=sent"
        page, _answer = self.get(url)
        self.assertIn("was sent", self.text(page))
        self._offer(self.request)
        page, _answer = self.get(url)
        self.assertIn("Our offer", self.text(page))
        self.assertNotIn("was sent", self.text(page))

    def test_what_has_ended_says_what_now(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=40)):
            refused, unanswered, late = (
                self._send_request(self.logo) for _each in range(3)
            )
            reason = self.env["order.request.reason"].search([], limit=1)
            refused.with_user(self.seller)._refuse(reason, "We are fully booked.")
            tomorrow = fields.Datetime.now() + timedelta(days=1)
            self._offer(late, expires_on=tomorrow)
        self.env.ref(
            "order_request.ir_cron_order_request_clock"
        ).method_direct_trigger()
        for request, words in (
            (refused, "nothing has to be paid"),
            (unanswered, "we did not answer in time"),
            (late, "Our offer was not accepted in time"),
        ):
            page, _answer = self.get(f"/my/requests/{request.id}")
            self.assertIn(words, self.text(page))
            self.assertTrue(page.xpath("//main//a[@href='/my/services']"))

    def test_states_have_colours(self):
        for url in ("/my/requests", self.url):
            self.browser_js(
                url,
                "const state = document.querySelector('main .badge');"
                "const colour = getComputedStyle(state).backgroundColor;"
                "if (colour === 'rgba(0, 0, 0, 0)') throw new Error('No colour');"
                "console.log('test successful');",
                login="request_portal",
            )

    def test_list_does_not_grow(self):
        self._send_request(self.logo)
        self.env.flush_all()
        self.url_open("/my/requests")
        before = self.cr.sql_log_count
        self.url_open("/my/requests")
        few = self.cr.sql_log_count - before
        for _each in range(15):
            self._send_request(self.logo)
        self.env.flush_all()
        self.url_open("/my/requests")
        before = self.cr.sql_log_count
        self.url_open("/my/requests")
        self.assertLessEqual(self.cr.sql_log_count - before, few)

    def test_colleague_reads_stranger_does_not(self):
        for login, expected in (
            ("request_colleague", 200),
            ("request_stranger", 303),
            (None, 303),
        ):
            self.authenticate(login, login)
            answer = self.url_open(self.url, allow_redirects=False)
            self.assertEqual(answer.status_code, expected, login)
            if expected == 303:
                for action in ("reply", "changes", "withdraw"):
                    self.post(f"{self.url}/{action}", {"message": "Mine now"})
        self.assertEqual(self.request.state, "submitted")
        self.assertFalse(self.request._get_conversation())

    def test_by_link(self):
        self.authenticate(None, None)
        link = f"{self.url}?access_token={self.request.access_token}"
        page, _answer = self.get(link)
        self.assertIn("A loaf", self.text(page))
        for token in ("wrong", "é", "", "x" * 2000):
            answer = self.url_open(
                f"{self.url}?access_token={token}", allow_redirects=False
            )
            self.assertEqual(answer.status_code, 303)
        answer = self.post(
            f"{self.url}/withdraw?access_token={self.request.access_token}"
        )
        self.assertEqual(self.request.state, "withdrawn")
        page, _answer = self.get(answer.headers["Location"])
        self.assertIn("Nothing was ordered", self.text(page))
        self.assertEqual(self.url_open(link, allow_redirects=False).status_code, 303)

    def test_question_is_answered(self):
        self.request._ask("Which colours?")
        page, _answer = self.get(self.url)
        self.assertIn("We have a question", self.text(page))
        self.assertIn("Which colours?", self.text(page))
        self.assertEqual(
            page.xpath("//form[contains(@action, '/reply')]//textarea/@name"),
            ["message"],
        )
        self.post(f"{self.url}/reply", {"message": "Blue\nand <i>red</i>"})
        self.assertEqual(self.request.state, "submitted")
        page, _answer = self.get(self.url)
        self.assertIn("and <i>red</i>", self.text(page))

    def test_internal_notes_stay_inside(self):
        self.request.message_post(
            body="They never pay",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.request.internal_note = "Beware"
        page, _answer = self.get(self.url)
        self.assertNotIn("never pay", self.text(page))
        self.assertNotIn("Beware", self.text(page))

    def test_offer_is_accepted(self):
        order = self._offer(self.request, message="With two drafts")
        page, _answer = self.get(self.url)
        text = self.text(page)
        self.assertIn("Our offer", text)
        self.assertIn("120.00", text)
        [link] = page.xpath("//main//section//a[contains(@class, 'btn-primary')]/@href")
        page, _answer = self.get(link)
        self.assertIn("Sign", self.text(page, "//body"))
        signature = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAC"
            "hwGA60e6kgAAAABJRU5ErkJggg=="
        )
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order.access_token,
                "name": "Bea",
                "signature": signature,
            },
        )
        self.env.invalidate_all()
        self.assertEqual((order.state, self.request.state), ("sale", "accepted"))

    def test_changes_are_wanted(self):
        order = self._offer(self.request)
        self.post(f"{self.url}/changes", {"message": "Cheaper"})
        self.assertEqual((order.state, self.request.state), ("cancel", "submitted"))

    def test_offer_that_only_asks_for_payment_is_declined(self):
        order = self._offer(self.request)
        order.write({"require_signature": False, "require_payment": True})
        self.post(f"{self.url}/withdraw", {"message": "Too expensive"})
        self.assertEqual((order.state, self.request.state), ("cancel", "withdrawn"))
        page, _answer = self.get(self.url)
        self.assertIn("Too expensive", self.text(page))

    def test_declined_on_the_page_of_quotations(self):
        order = self._offer(self.request)
        self.post(
            f"/my/orders/{order.id}/decline",
            {"access_token": order.access_token, "decline_message": "Too expensive"},
        )
        self.assertEqual((order.state, self.request.state), ("cancel", "withdrawn"))
        page, _answer = self.get(self.url)
        self.assertNotIn("See and accept the offer", self.text(page))

    def test_too_late(self):
        self.request._refuse(self.env["order.request.reason"], "")
        answer = self.post(f"{self.url}/reply", {"message": "But please"})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("not possible any more", answer.text)

    def test_what_was_written_is_kept(self):
        answer = self.post(f"{self.url}/reply", {"message": "x" * 10_001})
        self.assertEqual(answer.status_code, 422)
        page = html.fromstring(answer.content)
        [kept] = page.xpath("//textarea[@id='order_request_message']/text()")
        self.assertEqual(len(kept.strip()), 10_001)
        self.assertEqual(
            self.post(f"{self.url}/reply", {"message": "  "}).status_code, 422
        )
        self.assertFalse(self.request._get_conversation())

    def test_get_changes_nothing(self):
        for action in ("reply", "changes", "withdraw"):
            self.assertEqual(self.url_open(f"{self.url}/{action}").status_code, 405)
        self.assertEqual(self.request.state, "submitted")

    def test_employees_act_in_the_back_office(self):
        self.authenticate("request_seller", "request_seller")
        page, answer = self.get(self.url)
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(page.xpath("//form[contains(@action, '/withdraw')]"))
        self.post(f"{self.url}/withdraw")
        self.assertEqual(self.request.state, "submitted")

    def test_guessing_is_refused(self):
        self.authenticate(None, None)
        answers = [
            self.url_open(
                f"{self.url}?access_token=guess{number}", allow_redirects=False
            ).status_code
            for number in range(12)
        ]
        self.assertEqual(answers, [303] * 10 + [429] * 2)
