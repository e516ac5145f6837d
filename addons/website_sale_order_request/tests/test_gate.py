from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.order_request.tests.common import NIGHT, NOON

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestGate(ShopCase):
    """Ways around the seller that the shop offers."""

    def setUp(self):
        super().setUp()
        self.visit("request_portal")

    def assert_refused(self, answer, order):
        self.assertIn("first order with us", str(answer["error"]))
        self.assertFalse(order.transaction_ids)
        self.assert_not_started(order)

    @mute_logger("odoo.http")
    def test_payment(self):
        cart = self.add(self.logo)
        with freeze_time(NIGHT):
            self.assert_refused(self.pay(cart), cart)

    @mute_logger("odoo.http")
    def test_payment_of_a_visitor(self):
        self.visit()
        cart = self.add(self.logo)
        with freeze_time(NIGHT):
            self.assert_refused(self.pay(cart), cart)

    @mute_logger("odoo.http")
    def test_visitors_have_no_history(self):
        """What one visitor ordered makes none of the others a known customer."""
        self.visit()
        with freeze_time(NOON):
            self.add(self.poster).with_user(self.seller).action_confirm()
        self.visit()
        cart = self.add(self.logo)
        self.assertEqual(cart.partner_id, self.website.user_id.partner_id)
        with freeze_time(NIGHT):
            self.assert_refused(self.pay(cart), cart)

    @mute_logger("odoo.http")
    def test_payment_on_the_portal(self):
        cart = self.add(self.logo)
        url = "/my/orders"
        with freeze_time(NIGHT):
            for amount in (cart.amount_total, 0.01):
                answer = self.call(
                    f"{url}/{cart.id}/transaction",
                    {
                        "provider_id": self.provider.id,
                        "payment_method_id": self.payment_method_id,
                        "token_id": None,
                        "amount": amount,
                        "flow": "direct",
                        "tokenization_requested": False,
                        "landing_route": "/my/orders",
                        "access_token": cart._portal_ensure_token(),
                    },
                )
                self.assert_refused(answer, cart)

    @mute_logger("odoo.http")
    def test_free_cart(self):
        self.logo.list_price = 0
        cart = self.add(self.logo)
        with freeze_time(NOON):
            self.go("/shop/checkout")
        with freeze_time(NIGHT):
            # What every page asks that ends a cart, those of other addons too.
            with self.assertRaisesRegex(ValidationError, "first order with us"):
                cart._check_cart_is_ready_to_be_paid()
            answer = self.url_open("/shop/payment/validate")
        self.assertLess(answer.status_code, 500)
        self.assertIn("first order with us", answer.text)
        self.env.invalidate_all()
        self.assertFalse(cart.amount_total)
        self.assert_not_started(cart)
        # It is a cart still, no order that the seller finds held.
        self.assertFalse(cart.gate_held_on)
        with freeze_time(NOON):
            self.assertEqual(self.go("/shop/payment/validate"), "/shop/confirmation")
        self.assertEqual(cart.state, "sale")

    def test_cart_that_grew_while_it_was_paid(self):
        cart = self.add(self.poster)
        with freeze_time(NOON):
            self.assertNotIn("error", self.pay(cart))
        transaction = cart.transaction_ids
        self.add(self.logo)
        with freeze_time(NIGHT):
            self._finish(transaction)
        self.assert_not_started(cart)
        self.assertTrue(cart.gate_held_on)
        self.assertEqual(cart.amount_paid, 50)
        self.assertTrue(transaction.payment_id)
        # It is no cart any more: nobody shall go on with it.
        self.assertEqual(cart.state, "sent")
        with freeze_time(NIGHT):
            page, _answer = self.get("/shop/cart")
        self.assertIn("Your cart is empty!", self.text(page))

    def test_begun_in_time_paid_too_late(self):
        cart = self.add(self.logo)
        with freeze_time(NIGHT - timedelta(hours=1, minutes=10)):
            self.assertNotIn("error", self.pay(cart))
        with freeze_time(NIGHT + timedelta(hours=2)):
            self._finish(cart.transaction_ids)
        self.assertEqual(cart.state, "sale")

    @mute_logger("odoo.http")
    def test_merged_cart(self):
        """A service that comes into the cart without being put there."""
        abandoned = self.add(self.logo)
        self.visit()
        cart = self.add(self.poster)
        self.assertNotEqual(cart, abandoned)
        token = abandoned._portal_ensure_token()
        with freeze_time(NIGHT):
            self.assertNotEqual(self.go("/shop/checkout"), "/shop/request")
            self.get(
                f"/shop/cart?id={abandoned.id}&access_token={token}&revive_method=merge"
            )
            self.assertEqual(cart.order_line.product_id, self.logo + self.poster)
            self.assertEqual(self.go("/shop/checkout"), "/shop/request")
            self.assert_refused(self.pay(cart), cart)

    @mute_logger("odoo.http")
    def test_seller_with_a_policy_of_their_own(self):
        """Their rules count from the beginning, not when the order is confirmed."""
        self.env["order.request.policy"].create(
            {"audience": "all", "all_services": True, "user_id": self.seller.id}
        )
        cart = self.add(self.poster)
        with freeze_time(NOON):
            self.assertNotEqual(self.go("/shop/checkout"), "/shop/request")
            for holder in (self.website, self.customer):
                field = "salesperson_id" if holder == self.website else "user_id"
                holder[field] = self.seller
                self.assertEqual(self.go("/shop/checkout"), "/shop/request")
                self.assertIn("We look at each order", str(self.pay(cart)["error"]))
                holder[field] = False
        self.assertFalse(cart.transaction_ids)

    def test_employees_order_at_once(self):
        """They could confirm the order themselves."""
        self.visit("request_seller")
        cart = self.add(self.logo)
        with freeze_time(NIGHT):
            self.assertNotEqual(self.go("/shop/checkout"), "/shop/request")
            self.assertNotIn("error", self.pay(cart))
        with freeze_time(NIGHT + timedelta(hours=2)):
            self._finish(cart.transaction_ids)
        self.assertEqual(cart.state, "sale")

    def test_offer_is_no_cart(self):
        request = self._send_request(self.logo)
        self._offer(request)
        portal_order = self._place_order(self.poster)
        for order in (request.offer_id, portal_order):
            self.assertFalse(order.website_id)
        page, _answer = self.get("/shop/cart")
        self.assertIn("Your cart is empty!", self.text(page))
        self.assertFalse(request.offer_id._is_made_by_customer())
