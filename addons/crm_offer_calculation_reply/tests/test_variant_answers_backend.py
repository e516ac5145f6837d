from odoo.tests import tagged

from .common import VariantReplyCase


@tagged("post_install", "-at_install")
class TestVariantAnswersBackend(VariantReplyCase):
    """What the seller does with variants whose lines are answered."""

    def test_versions_have_one_number(self):
        """Sending freezes one version of each variant."""
        variant = self._variant(self.offer, "A")
        variant.with_context(mark_so_as_sent=True).message_post(body="Alone")
        for _time in range(2):
            self.offer.with_context(mark_offer_as_sent=True).message_post(body="Hello")
        by_variant = {
            order.variant_label: order.offer_history_ids.sorted("id").mapped("number")
            for order in self.offer.variant_ids
        }
        self.assertEqual(by_variant["A"][-2:], by_variant["B"][-2:])
        self.assertEqual(by_variant["A"][-2:], by_variant["C"][-2:])
        variant.with_context(mark_so_as_sent=True).message_post(body="Alone again")
        last = variant.offer_history_ids.sorted("id")[-1]
        self.assertEqual(last.number, by_variant["A"][-1] + 1)
        self.assertEqual(last.kind, "sent")

    def test_figures_of_the_seller_change_no_page(self):
        """Costs, shares and the main variant are none of the customer's business: the
        page that is open stays good."""
        variant = self._variant(self.offer, "B")
        before = variant.offer_revision
        variant.order_line[0].sudo().purchase_price = 77
        variant.variant_probability = 40
        variant.action_set_main_variant()
        self.env.flush_all()
        self.assertEqual(variant.offer_revision, before)
        variant.order_line[0].price_unit = 210
        self.assertGreater(variant.offer_revision, before)

    def test_copy_starts_unanswered(self):
        """What is shown is copied, what was answered is not; quantities are those that
        were offered."""
        self.offer.variant_ids.require_signature = True
        variant = self._variant(self.offer, "B")
        variant.order_line[0].sudo().purchase_price = 77
        variant.order_line[0].offer_published = True
        self.answer("B", "yes", "no")
        copy = self._variant(self.offer, "B").with_user(self.seller)._copy_variant()
        self.assertEqual(copy.order_line.mapped("product_uom_qty"), [1, 1])
        self.assertEqual(copy.order_line.mapped("offer_answer"), [False, False])
        self.assertEqual(copy.variant_state, "offered")
        self.assertFalse(copy.offer_history_ids)
        self.assertEqual(copy.order_line[0].sudo().purchase_price, 77)
