import json

from odoo import Command
from odoo.tests import tagged

from .common import EventCase


@tagged("post_install", "-at_install")
class TestBooths(EventCase):
    """Free booths, which Odoo confirms without a checkout."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stand = cls._create_free("Stand", "event_booth")
        cls.category = cls.env["event.booth.category"].create(
            {"name": "Small", "product_id": cls.stand.id, "price": 0}
        )
        cls.event.event_booth_ids = [
            Command.create({"name": "A1", "booth_category_id": cls.category.id})
        ]
        cls.booth = cls.event.event_booth_ids

    def setUp(self):
        super().setUp()
        self.visit("request_portal")

    def book(self):
        """Send the form as the page's JavaScript does."""
        answer = self.post(
            f"/event/{self.event.id}/booth/confirm",
            {
                "booth_category_id": str(self.category.id),
                "event_booth_ids": json.dumps(self.booth.ids),
                "contact_name": "Bea",
                "contact_email": "bea@customer.example",
            },
        )
        return answer.json()

    def test_held(self):
        self.assertEqual(self.book(), {"redirect": "/shop/confirmation"})
        order = self.find_order(self.stand)
        self.assert_held(order)
        self.assertEqual(self.booth.state, "available")
        order.with_user(self.seller).action_gate_approve()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.booth.state, "unavailable")

    def test_without_a_policy(self):
        self.policy.is_enabled = False
        self.assertTrue(self.book()["success"])
        self.assertEqual(self.find_order(self.stand).state, "sale")
        self.assertEqual(self.booth.state, "unavailable")
