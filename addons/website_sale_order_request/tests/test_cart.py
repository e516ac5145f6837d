from datetime import date

from freezegun import freeze_time
from lxml import html

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.order_request.tests.common import NIGHT, NOON

from .common import ShopCase

BUTTON = "//a[@name='website_sale_main_button']"
GATE = "//div[@name='order_request_gate']"
EXPRESS = "//form[@name='o_payment_express_checkout_form']"
CHECKOUT = ("/shop/checkout", "/shop/payment")


@tagged("post_install", "-at_install")
class TestCart(ShopCase):
    """What the cart says, and where it leads."""

    def show_cart(self, at):
        with freeze_time(at):
            page, _answer = self.get("/shop/cart")
        return page

    def test_by_night_it_leads_to_the_request(self):
        self.add(self.logo)
        page = self.show_cart(NIGHT)
        self.assertIn("first order with us", self.text(page, GATE))
        self.assertIn(
            "You can order directly from Wed 3 Jun, 06:00", self.text(page, GATE)
        )
        self.assertEqual(page.xpath(f"{BUTTON}/@href"), ["/shop/request"])
        self.assertNotIn("disabled", page.xpath(f"{BUTTON}/@class")[0].split())
        self.assertIn("Send a request", self.text(page, BUTTON))
        for url in CHECKOUT:
            with freeze_time(NIGHT):
                self.assertEqual(self.go(url), "/shop/request")

    def test_which_services_need_a_request(self):
        cart = self.add(self.logo)
        self.assertNotIn("This concerns", self.text(self.show_cart(NIGHT), GATE))
        self.add(self.poster)
        self.assertIn("This concerns: Logo.", self.text(self.show_cart(NIGHT), GATE))
        brand = self._create_service("Brand book", 300)
        (self.logo + brand).product_tmpl_id.write(
            {"order_request_mode": "always", "is_published": True}
        )
        self.add(brand)
        said = self.text(self.show_cart(NOON), GATE)
        self.assertIn("This is made to measure", said)
        self.assertIn("This concerns: Logo and Brand book.", said)
        cart.order_line.filtered(lambda line: line.product_id == self.poster).unlink()
        self.assertNotIn("This concerns", self.text(self.show_cart(NOON), GATE))

    def test_by_day_it_is_a_shop(self):
        self.add(self.logo)
        page = self.show_cart(NOON)
        self.assertFalse(page.xpath(GATE))
        self.assertEqual(
            page.xpath(f"{BUTTON}/@href"), ["/shop/checkout?try_skip_step=true"]
        )
        self.assertNotIn("Send a request", self.text(page, BUTTON))
        with freeze_time(NOON):
            self.assertEqual(self.go("/shop/checkout"), "/shop/address")

    def test_express_buttons(self):
        self.add(self.logo)
        self.assertTrue(self.show_cart(NOON).xpath(EXPRESS))
        self.assertFalse(self.show_cart(NIGHT).xpath(EXPRESS))

    def test_last_gated_service_is_removed(self):
        """The button follows, though the page is not loaded again."""
        cart = self.add(self.logo, self.poster)
        summary = "website_sale.shorter_cart_summary"
        logo, poster = cart.order_line
        for line, quantity in ((poster, 2), (logo, 0)):
            with freeze_time(NIGHT):
                answer = self.call(
                    "/shop/cart/update", {"line_id": line.id, "quantity": quantity}
                )["result"]
            self.assertEqual(summary in answer, line == logo)
        button = html.fromstring(answer[summary]).xpath(BUTTON)
        self.assertEqual(button[0].get("href"), "/shop/checkout?try_skip_step=true")

    def test_what_is_not_listed_can_be_ordered(self):
        self.add(self.poster)
        page = self.show_cart(NIGHT)
        self.assertFalse(page.xpath(GATE))
        self.assertTrue(page.xpath(EXPRESS))

    def test_who_has_ordered_before(self):
        with freeze_time(NOON):
            self._place_order(self.logo).action_confirm()
        self.visit("request_portal")
        self.add(self.logo)
        self.assertFalse(self.show_cart(NIGHT).xpath(GATE))
        with freeze_time(NIGHT):
            self.assertNotIn("/shop/request", self.go("/shop/checkout"))

    @mute_logger("odoo.http")
    def test_while_the_seller_is_away(self):
        self.policy.away_ids = [
            Command.create(
                {
                    "date_from": date(2026, 6, 1),
                    "date_to": date(2026, 6, 5),
                    "message": "At the sea.",
                }
            )
        ]
        cart = self.add(self.logo)
        page = self.show_cart(NOON)
        self.assertIn("We are away. You can order again", self.text(page, GATE))
        self.assertIn("At the sea.", self.text(page, GATE))
        self.assertIn("disabled", page.xpath(f"{BUTTON}/@class")[0].split())
        with freeze_time(NOON):
            for url in CHECKOUT:
                self.assertEqual(self.go(url), "/shop/request")
            self.assertEqual(self.go("/shop/request"), "/shop/cart")
            self.assertIn("We are away", str(self.pay(cart)["error"]))
        self.assertEqual(
            self.send(NOON).headers["Location"].removeprefix(self.base_url()),
            "/shop/cart",
        )
        self.assertFalse(self.find_requests())
        self.assertEqual(cart.order_line.product_id, self.logo)

    def test_without_a_policy_nothing_changes(self):
        self.policy.unlink()
        self.visit("request_portal")
        cart = self.add(self.logo)
        page = self.show_cart(NIGHT)
        self.assertFalse(page.xpath(GATE))
        self.assertTrue(page.xpath(EXPRESS))
        with freeze_time(NIGHT):
            self.assertEqual(self.go("/shop/payment"), "")
            self.assertEqual(
                self.go("/shop/request"), "/shop/checkout?try_skip_step=true"
            )
            self.assertNotIn("error", self.pay(cart))
            self._finish(cart.transaction_ids)
        self.assertEqual(cart.state, "sale")
