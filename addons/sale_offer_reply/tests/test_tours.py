from odoo.tests import tagged

from .common import OfferHttpCase


@tagged("post_install", "-at_install")
class TestTours(OfferHttpCase):
    def test_customer_answers_with_javascript(self):
        order = self._create_sent_offer()
        self.start_tour(
            self._url(order), "sale_offer_reply_answer", login="offer_portal"
        )
        self.assertEqual(
            order.order_line.mapped("offer_answer"), ["yes", "unsure", "no"]
        )
        self.assertEqual((order.state, order.amount_total), ("sale", 448))

    def test_seller_sends_and_declines(self):
        order = self._create_offer()
        self.start_tour(
            f"/odoo/sales/{order.id}", "sale_offer_reply_seller", login="offer_salesman"
        )
        self.assertEqual(order.offer_status, "declined")
        self.assertEqual(order.state, "cancel")
        kinds = order.offer_history_ids.mapped("kind")
        self.assertEqual(kinds, ["declined", "sent"])
        self.assertEqual(order.offer_history_ids[1].recipient_ids, self.contact)
