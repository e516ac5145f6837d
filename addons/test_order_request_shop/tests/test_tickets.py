from odoo import Command
from odoo.tests import tagged

from .common import EventCase


@tagged("post_install", "-at_install")
class TestTickets(EventCase):
    """Free tickets in a cart, which Odoo confirms without a checkout."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.talk = cls._create_free("Talk", "event")
        cls.ticket = cls.env["event.event.ticket"].create(
            {"name": "Talk", "event_id": cls.event.id, "product_id": cls.talk.id}
        )
        cls.question = cls.event.question_ids.filtered(
            lambda question: question.question_type == "name"
        )

    def register(self):
        """Send the form of the attendees; free tickets get an order in a cart."""
        cart = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "website_id": self.website.id,
                "order_line": [Command.create({"product_id": self.free.id})],
            }
        )
        answer = self.post(
            f"/event/{self.event.id}/registration/confirm",
            {
                f"1-name-{self.question.id}": "Bea",
                "1-event_ticket_id": str(self.ticket.id),
            },
        )
        return cart, answer

    def setUp(self):
        super().setUp()
        self.visit("request_portal")
        self.free = self._create_service("Flyer", 0)

    def test_held(self):
        order, answer = self.register()
        self.assertEqual(answer.status_code, 303)
        self.assertIn(self.talk, order.order_line.product_id)
        self.assert_held(order)
        registration = self.event.registration_ids
        self.assertEqual(registration.sale_order_id, order)
        order.with_user(self.seller).action_gate_approve()
        self.assertEqual(order.state, "sale")
        self.assertEqual(registration.state, "open")

    def test_refused(self):
        order, _answer = self.register()
        order.with_user(self.seller).action_gate_refuse()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.event.registration_ids.state, "cancel")

    def test_without_a_policy(self):
        self.policy.is_enabled = False
        order, answer = self.register()
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(order.state, "sale")
