from odoo.tests import tagged

from .common import OfferCommon, OfferHttpCase


@tagged("post_install", "-at_install")
class TestSqlCounts(OfferHttpCase):
    """What an offer costs the database does not grow with its lines."""

    def _create_long_offer(self, length):
        return self._create_sent_offer(
            [
                {"product_id": self.room.id, "product_uom_qty": 1, "name": f"Room {n}"}
                for n in range(length)
            ]
        )

    def _count_sql(self, function):
        """Return how many statements `function` runs, once everything is cached."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_page(self):
        self.authenticate("offer_portal", "offer_portal")
        short, long = self._create_long_offer(2), self._create_long_offer(40)
        self._get_page(short)
        self._get_page(long)
        self.assertEqual(
            self._count_sql(lambda: self._get_page(short)),
            self._count_sql(lambda: self._get_page(long)),
        )

    def test_reply(self):
        short, long = self._create_long_offer(2), self._create_long_offer(40)
        self._reply(self._create_long_offer(2), "yes")
        self.assertEqual(
            self._count_sql(lambda: self._reply(short, "yes")),
            self._count_sql(lambda: self._reply(long, "yes")),
        )


@tagged("post_install", "-at_install")
class TestStoredTotals(OfferCommon):
    def test_totals_follow_the_seller(self):
        order = self._create_sent_offer()
        self.assertFalse(order.offer_totals)
        room, dinner, bus = order.order_line
        self._reply(order, {room: "no", dinner: "unsure", bus: "no"})
        self.assertEqual(order.offer_totals["no"]["untaxed"], 700)
        bus.with_user(self.salesman).price_unit = 350
        self.assertEqual(order.offer_totals["no"]["untaxed"], 400)
        self.assertEqual(order.offer_totals["open"]["untaxed"], 350)
        self.assertEqual(order.offer_totals, order._get_offer_totals())
        room.with_user(self.salesman).offer_published = False
        self.assertEqual(order.offer_totals["no"]["count"], 0)
