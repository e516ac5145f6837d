import uuid

from freezegun import freeze_time
from lxml import html

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base_offerdesk.uploads import MAX_FILES
from odoo.addons.order_request.tests.common import NIGHT, NOON

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestShopRequest(ShopCase):
    """A cart that becomes a request, or a part of one."""

    def show_form(self):
        with freeze_time(NIGHT):
            page, _answer = self.get("/shop/request")
        return page

    def ask(self, name="For whom?", **vals):
        self.logo.product_tmpl_id.order_request_question_ids = [
            Command.create({"name": name, **vals})
        ]
        return f"answer_{self.logo.order_request_question_ids.id}"

    def test_visitor(self):
        question = self.ask()
        cart = self.add(self.logo)
        page = self.show_form()
        self.assertIn("first order with us", self.text(page))
        self.assertIn("We answer within 24 hours", self.text(page))
        self.assertIn("Logo", self.text(page, "//ul[@name='requested']"))
        self.assertFalse(page.xpath("//input[@name='scope']"))
        self.assertEqual(page.xpath("//textarea/@name"), [question, "brief"])
        answer = self.send(
            NIGHT,
            **{
                question: "Children",
                "phone": "0123",
                "brief": "A <b>loaf</b>",
                "desired_start": "2026-07-01",
                "idempotency_key": self.form_key(page),
            },
        )
        request = self.find_requests()
        self.assertEqual(
            (request.state, request.gate_reason, request.brief),
            ("submitted", "first_time", "A <b>loaf</b>"),
        )
        self.assertEqual(str(request.desired_start), "2026-07-01")
        self.assertEqual(request.line_ids.mapped("shown_price"), [100])
        self.assertEqual(request.answer_ids.mapped("answer"), ["Children"])
        self.assertEqual(
            (request.partner_id.name, request.partner_id.email),
            ("Gitta Gast", "gitta@guest.example"),
        )
        self.assertEqual(request.partner_id.phone, "0123")
        self.assertFalse(cart.order_line)
        self.assert_not_started(cart)
        # The link alone leads there.
        self.visit()
        page, _answer = self.get(answer.headers["Location"])
        self.assertIn(request.name, self.text(page))
        self.assertIn("Children", self.text(page))
        self.assertEqual(self.go(request.access_url), "/my")

    def test_visitor_with_the_address_of_a_customer(self):
        self.add(self.logo)
        self.send(NIGHT, email=self.contact.email)
        request = self.find_requests()
        self.assertEqual(request.partner_id.email, self.contact.email)
        self.assertNotEqual(
            request.commercial_partner_id, self.contact.commercial_partner_id
        )
        self.assertNotEqual(request.partner_id, self.website.user_id.partner_id)

    def test_customer(self):
        self.visit("request_portal")
        cart = self.add(self.logo, self.logo)
        page = self.show_form()
        self.assertFalse(page.xpath("//input[@name='email']"))
        answer = self.send(NIGHT)
        request = self.find_requests()
        self.assertEqual(request.partner_id, self.contact)
        self.assertEqual(request.line_ids.quantity, 2)
        self.assertFalse(cart.order_line)
        self.assertNotIn("access_token", answer.headers["Location"])
        with freeze_time(NIGHT):
            page, _answer = self.get(answer.headers["Location"])
        self.assertIn(request.name, self.text(page))

    def test_everything(self):
        cart = self.add(self.logo, self.poster)
        page = self.show_form()
        self.assertIn("Poster", self.text(page, "//ul[@name='rest']"))
        self.assertEqual(page.xpath("//input[@name='scope']/@value"), ["all", "gated"])
        self.send(NIGHT, scope="all")
        lines = self.find_requests().line_ids
        self.assertEqual(lines.product_id, self.logo + self.poster)
        self.assertEqual(lines.filtered("is_gated").product_id, self.logo)
        self.assertFalse(cart.order_line)

    def test_rest_is_ordered_now(self):
        cart = self.add(self.logo, self.poster)
        answer = self.send(NIGHT, scope="gated")
        self.assertEqual(self.find_requests().line_ids.product_id, self.logo)
        self.assertEqual(cart.order_line.product_id, self.poster)
        self.assertEqual(cart.amount_total, 50)
        with freeze_time(NIGHT):
            page, _answer = self.get(answer.headers["Location"])
            rest = page.xpath("//div[@name='rest_of_cart']//a/@href")
            self.assertEqual(rest, ["/shop/checkout?try_skip_step=true"])
            self.assertNotEqual(self.go("/shop/payment"), "/shop/request")
            self.assertNotIn("error", self.pay(cart))
            self._finish(cart.transaction_ids)
        self.assertEqual(cart.state, "sale")

    def test_seller_wants_all_together(self):
        self.policy.mixed_cart = "all"
        cart = self.add(self.logo, self.poster)
        self.assertFalse(self.show_form().xpath("//input[@name='scope']"))
        self.send(NIGHT, scope="gated")
        self.assertEqual(
            self.find_requests().line_ids.product_id, self.logo + self.poster
        )
        self.assertFalse(cart.order_line)

    def test_combo_stays_whole(self):
        choice = self.env["product.combo"].create(
            {
                "name": "Kind",
                "combo_item_ids": [Command.create({"product_id": self.logo.id})],
            }
        )
        combo = self._create_service("Start", 80)
        combo.product_tmpl_id.write(
            {"type": "combo", "combo_ids": choice.ids, "is_published": True}
        )
        cart = self.add(self.poster)
        bundle = self.env["sale.order.line"].create(
            {"order_id": cart.id, "product_id": combo.id}
        )
        self.env["sale.order.line"].create(
            {
                "order_id": cart.id,
                "product_id": self.logo.id,
                "linked_line_id": bundle.id,
                "combo_item_id": choice.combo_item_ids.id,
            }
        )
        price = cart.amount_untaxed - 50
        self.send(NIGHT, scope="gated")
        request = self.find_requests()
        self.assertEqual(request.line_ids.product_id, combo + self.logo)
        self.assertEqual(cart.order_line.product_id, self.poster)
        self.assertEqual(self.offer(request).amount_untaxed, price)

    def offer(self, request):
        """Return the offer that the seller makes without changing anything."""
        window = self.env["order.request.offer"].with_user(self.seller)
        window.create({"request_id": request.id, "expires_on": False}).action_send()
        return request.offer_id

    def test_offer_costs_what_the_cart_showed(self):
        self.website.show_line_subtotals_tax_selection = "tax_included"
        self.logo.taxes_id = self.env["account.tax"].create(
            {
                "name": "A fifth",
                "amount": 20,
                "price_include_override": "tax_excluded",
                "company_id": self.company.id,
            }
        )
        self.add(self.logo)
        self.send(NIGHT)
        request = self.find_requests()
        self.assertEqual(request.line_ids.shown_price, 120)
        self.logo.list_price = 150
        offer = self.offer(request)
        self.assertEqual((offer.amount_untaxed, offer.amount_total), (100, 120))

    def test_seller_of_the_shop(self):
        self.website.salesperson_id = self.seller
        self.add(self.logo)
        self.send(NIGHT)
        self.assertEqual(self.find_requests().user_id, self.seller)

    def test_sent_twice(self):
        for login in (None, "request_portal"):
            with self.subTest(login=login):
                self.visit(login)
                before = self.find_requests()
                self.add(self.logo, self.poster)
                key = str(uuid.uuid4())
                answers = [
                    self.send(NIGHT, scope="gated", idempotency_key=key)
                    for _time in range(2)
                ]
                self.assertEqual(len(self.find_requests() - before), 1)
                self.assertEqual(
                    answers[0].headers["Location"], answers[1].headers["Location"]
                )

    def test_bad_input(self):
        question = self.ask()
        cart = self.add(self.logo, self.poster)
        good = {question: "Children", "brief": "A loaf", "scope": "gated"}
        for bad, message in (
            ({question: ""}, "Please answer this."),
            ({"name": " "}, "Please tell us your name."),
            ({"name": "x" * 129}, "at most 128 characters"),
            ({"email": "gitta"}, "Please enter a valid e-mail address."),
            ({"desired_start": "2020-01-01"}, "Please choose a day to come."),
            ({"idempotency_key": "1"}, "Please send the form from its page."),
        ):
            with self.subTest(bad=bad):
                answer = self.send(NIGHT, **{**good, **bad})
                self.assertEqual(answer.status_code, 422)
                page = html.fromstring(answer.content)
                self.assertIn(message, self.text(page))
                self.assertIn("Nothing was sent yet.", self.text(page))
                kept = page.xpath("//textarea[@name='brief']/text()")
                self.assertEqual(kept, ["A loaf"])
                scope = page.xpath("//input[@name='scope'][@checked]/@value")
                self.assertEqual(scope, ["gated"])
        self.assertFalse(self.find_requests())
        self.assertEqual(len(cart.order_line), 2)
        self.assertEqual(cart.partner_id, self.website.user_id.partner_id)

    def test_what_is_needed_has_to_be_said(self):
        self.add(self.logo)
        self.assertTrue(self.show_form().xpath("//textarea[@name='brief']/@required"))
        answer = self.send(NIGHT, brief=" ")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Please tell us what you need.", answer.text)
        self.assertFalse(self.find_requests())

    def test_files(self):
        self.add(self.logo)
        with freeze_time(NIGHT):
            answer = self.post(
                "/shop/request",
                {
                    "idempotency_key": str(uuid.uuid4()),
                    "name": "Gitta",
                    "email": "gitta@guest.example",
                    "brief": "A loaf",
                },
                files={"files": ("loaf.txt", b"A loaf", "text/plain")},
            )
        self.assertEqual(answer.status_code, 303)
        files = self.find_requests()._get_conversation().attachment_ids
        self.assertEqual(files.mapped("name"), ["loaf.txt"])

    def test_too_many_files(self):
        self.add(self.logo)
        files = [
            ("files", (f"{number}.txt", b"x", "text/plain"))
            for number in range(MAX_FILES + 1)
        ]
        with freeze_time(NIGHT):
            answer = self.post(
                "/shop/request",
                {
                    "idempotency_key": str(uuid.uuid4()),
                    "name": "Gitta",
                    "email": "gitta@guest.example",
                    "brief": "A loaf",
                },
                files=files,
            )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Files have to be chosen again.", answer.text)
        self.assertFalse(self.find_requests())

    def test_limit(self):
        self.add(self.logo)
        for _attempt in range(30):
            self.send(NIGHT, email="")
        answer = self.send(NIGHT)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Too many requests came from your network.", answer.text)
        self.assertFalse(self.find_requests())

    def test_nothing_to_ask_for(self):
        with freeze_time(NIGHT):
            self.assertEqual(self.go("/shop/request"), "/shop")
        self.add(self.logo)
        with freeze_time(NOON):
            self.assertEqual(
                self.go("/shop/request"), "/shop/checkout?try_skip_step=true"
            )
        self.send(NOON)
        self.assertFalse(self.find_requests())

    @mute_logger("odoo.http")
    def test_without_a_token_of_our_page(self):
        cart = self.add(self.logo)
        with freeze_time(NIGHT):
            answer = self.url_open("/shop/request", data={"name": "Gitta"})
        self.assertEqual(answer.status_code, 400)
        self.assertTrue(cart.order_line)
