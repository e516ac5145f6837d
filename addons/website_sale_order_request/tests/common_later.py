from freezegun import freeze_time

from odoo import Command

from odoo.addons.order_request.tests.common import NIGHT, NOON

from .common import ShopCase


class PayLaterCase(ShopCase):
    """Ways to pay that confirm an order before any money came."""

    custom_mode = None
    payment_method_code = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        provider = cls.env["payment.provider"].search(
            [("code", "=", "custom"), ("custom_mode", "=", cls.custom_mode)], limit=1
        )
        method = cls.env["payment.method"].with_context(active_test=False)
        cls.later_method = method.search([("code", "=", cls.payment_method_code)])
        cls.later_method.active = True
        cls.later_provider = provider.copy(
            {
                "company_id": cls.company.id,
                "state": "enabled",
                "is_published": True,
                "payment_method_ids": [Command.set(cls.later_method.ids)],
            }
        )
        fee = cls._create_service("Delivery", 0, order_request_published=False)
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Later",
                "product_id": fee.id,
                "is_published": True,
                **cls._prepare_carrier_vals(),
            }
        )

    @classmethod
    def _prepare_carrier_vals(cls):
        """Return what makes orders with the carrier payable in this way.

        :rtype: dict
        """
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.visit("request_portal")

    def order_later(self, product):
        """Return a cart that can be paid in this way, and the answer to paying."""
        cart = self.add(product)
        cart.carrier_id = self.carrier
        return cart, self.pay(
            cart,
            provider_id=self.later_provider.id,
            payment_method_id=self.later_method.id,
            flow="redirect",
        )

    def process(self, transaction):
        """Go on as the form does that the browser is sent to."""
        self.env.flush_all()
        self.url_open("/payment/custom/process", {"reference": transaction.reference})
        self.env.invalidate_all()
        self.assertEqual(transaction.state, "pending")
        transaction.with_user(self.odoobot)._post_process()

    def check_refused_by_night(self):
        with freeze_time(NIGHT):
            cart, answer = self.order_later(self.logo)
        self.assertIn("first order with us", str(answer["error"]))
        self.assertFalse(cart.transaction_ids)
        self.assert_not_started(cart)

    def check_confirmed_by_day(self):
        with freeze_time(NOON):
            cart, answer = self.order_later(self.logo)
            self.assertNotIn("error", answer)
            self.process(cart.transaction_ids)
        self.assertEqual(cart.state, "sale")

    def check_held_when_it_grew(self):
        """The gate is about what is in the cart now."""
        with freeze_time(NOON):
            cart, _answer = self.order_later(self.poster)
        transaction = cart.transaction_ids
        self.add(self.logo)
        with freeze_time(NIGHT):
            self.process(transaction)
        self.assert_not_started(cart)
        self.assertTrue(cart.gate_held_on)
        self.assertEqual(cart.transaction_ids, transaction)
        self.assertTrue(transaction.is_post_processed)
