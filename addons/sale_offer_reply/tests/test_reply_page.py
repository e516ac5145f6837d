from odoo.tests import tagged

from .common import OfferHttpCase


@tagged("post_install", "-at_install")
class TestReplyPage(OfferHttpCase):
    """What a customer meets on the portal, without JavaScript."""

    def test_answer_and_confirm(self):
        """Yes, Unsure and No: the order is confirmed with what was taken."""
        order = self._create_sent_offer()
        room, dinner, bus = order.order_line
        self.authenticate("offer_portal", "offer_portal")
        page = self._answer(order, {room: "yes", dinner: "unsure", bus: "no"})
        self.assertIn("Thank you, your reply has been sent", self._text(page))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.offer_status, "accepted")
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [4, 0, 0])
        self.assertEqual(order.order_line.mapped("offer_qty"), [0, 10, 1])
        self.assertEqual(order.amount_total, 448)
        self.assertEqual(room.offer_answer_by_id, self.contact)
        history = order.offer_history_ids[0]
        self.assertEqual(history.kind, "reply")
        self.assertEqual(history.partner_verified, "login")
