from datetime import timedelta

from odoo import Command, fields

from odoo.addons.website_sale_order_request.tests.common import ShopCase


class EventCase(ShopCase):
    """A fair at which logos are drawn; who comes for the first time asks before.

    At any hour: events are not open for registration in the past of other tests.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"all_services": True, "window_ids": [Command.clear()]})
        start = fields.Datetime.now() + timedelta(days=5)
        cls.event = cls.env["event.event"].create(
            {
                "name": "Fair",
                "date_begin": start,
                "date_end": start + timedelta(hours=8),
                "is_published": True,
                "website_id": cls.website.id,
            }
        )

    @classmethod
    def _create_free(cls, name, tracking):
        return cls._create_service(
            name, 0, service_tracking=tracking, order_request_published=False
        )

    def find_order(self, product):
        return self.env["sale.order"].search(
            [("order_line.product_id", "=", product.id)]
        )

    def assert_held(self, order):
        """Nothing is lost, nothing has started, and the seller decides."""
        self.assertEqual(len(order), 1)
        self.assertTrue(order.gate_held_on)
        self.assertFalse(order.transaction_ids)
        self.assert_not_started(order)
        page, answer = self.get("/shop/confirmation")
        self.assertEqual(answer.status_code, 200)
        self.assertIn(
            "We look at your order before it starts and tell you soon.",
            self.text(page),
        )
        # It is no cart any more: nobody shall go on with it.
        page, _answer = self.get("/shop/cart")
        self.assertIn("Your cart is empty!", self.text(page))
