from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_offer_reply.tests.common import OfferCommon


@tagged("post_install", "-at_install")
class TestPurchase(OfferCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Coach company"})
        cls.coach, cls.guide = (
            cls._create_product(
                name,
                900,
                cls.tax_a,
                service_to_purchase=True,
                seller_ids=[
                    Command.create({"partner_id": cls.vendor.id, "price": 700})
                ],
            )
            for name in ("Coach", "Guide")
        )

    def _get_purchased(self, order):
        lines = self.env["purchase.order.line"].search(
            [("sale_order_id", "=", order.id)]
        )
        return {line.product_id: line.product_qty for line in lines}

    def test_only_taken_lines_are_bought(self):
        order = self._create_sent_offer([(self.coach, 2), (self.guide, 1)])
        coach, guide = order.order_line
        self._reply(order, {coach: "yes", guide: "no"})
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._get_purchased(order), {self.coach: 2})

    def test_line_taken_later_is_bought_once(self):
        order = self._create_sent_offer([(self.coach, 2), (self.guide, 3)])
        coach, guide = order.order_line
        self._reply(order, {coach: "yes", guide: "unsure"})
        self._reply(order, {guide: "yes"})
        self.assertEqual(self._get_purchased(order), {self.coach: 2, self.guide: 3})
