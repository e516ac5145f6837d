import json
from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import NIGHT, OrderRequestCommon


@tagged("post_install", "-at_install")
class TestFigures(OrderRequestCommon):
    """The figures of a month that was counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.request"].search([]).sudo().write({"submitted_on": "2020-01-01"})
        cls.spam = cls.env.ref("order_request.order_request_reason_spam")
        cls.reason = cls.env.ref("order_request.order_request_reason_busy")

    def _answer(self, hours, step):
        """Return a request that got its first answer after so many hours."""
        with freeze_time(NIGHT):
            request = self._send_request()
        with freeze_time(NIGHT + timedelta(hours=hours)):
            step(request)
        return request

    def _figures(self, **vals):
        return (
            self.env["order.request.figures"]
            .with_user(self.manager)
            .create({"date_from": "2026-06-01", "date_to": "2026-06-30", **vals})
        )

    def _refuse_late_spam(self, request):
        """Find out by a question, after the weekend, that it is spam."""
        request.sudo()._miss_response()
        request._ask("?")
        request._refuse(self.spam, "")

    def _fill(self):
        """Answered in 1, 3 and 30 hours, one missed, two spam, two withdrawn."""
        self.ordered = self._answer(1, self._offer)
        self.ordered.offer_id.action_confirm()
        self._answer(3, lambda request: request._refuse(self.reason, ""))
        self._answer(30, lambda request: request._ask("?"))
        self._answer(25, lambda request: request.sudo()._miss_response())
        self._answer(2, lambda request: request._refuse(self.spam, ""))
        self._answer(30, self._refuse_late_spam)
        self._answer(2, lambda one: one.sudo()._customer_withdraw(self.contact))
        offered = self._answer(1, self._offer)
        offered.sudo()._customer_withdraw(self.contact)

    def test_by_hand(self):
        self._fill()
        figures = self._figures()
        self.assertEqual((figures.on_time, figures.counted), (3, 5))
        self.assertEqual(figures.response_rate, 3 / 5)
        # 1, 1, 3 and 30 hours
        self.assertEqual((figures.answered, figures.median_hours), (4, 2))
        self.assertEqual(
            (figures.submitted, figures.offered, figures.accepted), (8, 2, 1)
        )
        self.assertEqual(figures.offer_conversion, 1 / 2)

    def _rows(self, action):
        """Return what an action lists, with the filters that it sets at first."""
        self.assertEqual(action["views"][0][1], "list")
        self.assertFalse(action["context"])
        return self.env[action["res_model"]].search(action["domain"])

    def test_each_figure_shows_its_rows(self):
        self._fill()
        figures = self._figures()
        for name in ("counted", "on_time", "answered", "submitted", "offered"):
            action = getattr(figures, f"action_show_{name}")()
            self.assertEqual(len(self._rows(action)), figures[name], name)
        self.assertEqual(self._rows(figures.action_show_accepted()), self.ordered)

    def test_cancelled_orders_are_shown(self):
        """Both as started and as cancelled; Odoo's list of orders would hide them."""
        with freeze_time(NIGHT):
            self._fill()
        order = self.ordered.offer_id
        order._action_cancel()
        figures = self._figures(product_tmpl_id=self.logo.product_tmpl_id.id)
        self.assertEqual(self._rows(figures.action_show_started()), order)
        self.assertEqual(self._rows(figures.action_show_cancelled()), order)

    def test_graphs_show_the_same_rows(self):
        """The web client reads the domains of the graphs."""
        self._fill()
        figures = self._figures(product_tmpl_id=self.logo.product_tmpl_id.id)
        requests = self.env["order.request"].search(json.loads(figures.request_domain))
        self.assertEqual(len(requests), figures.submitted)
        orders = self.env["sale.order"].search(json.loads(figures.order_domain))
        self.assertEqual(len(orders), figures.started)

    def test_only_what_started_is_cancelled(self):
        """Refused and withdrawn requests, and declined offers, never are."""
        with freeze_time(NIGHT):
            self._fill()
        figures = self._figures(product_tmpl_id=self.logo.product_tmpl_id.id)
        self.assertEqual((figures.started, figures.cancelled), (1, 0))
        self.ordered.offer_id._action_cancel()
        figures = self._figures(product_tmpl_id=self.logo.product_tmpl_id.id)
        self.assertEqual((figures.started, figures.cancelled), (1, 1))
        self.assertEqual(figures.cancellation_rate, 1)

    def test_by_seller(self):
        self._fill()
        self.assertEqual(self._figures(user_id=self.seller.id).submitted, 8)
        self.assertEqual(self._figures(user_id=self.other_seller.id).submitted, 0)
        self.assertFalse(self._figures(user_id=self.other_seller.id).is_enough)
