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
