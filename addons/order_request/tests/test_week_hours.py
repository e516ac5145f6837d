from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

from .common import OrderRequestCommon


@tagged("post_install", "-at_install")
class TestWeekHours(HttpCase, OrderRequestCommon):
    """The painted hours of a week."""

    def test_unit(self):
        """What `static/tests` checks of all widgets, without a server.

        The first of these tests waits until Odoo has told about its models.
        """
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=60000"
            "&filter=@order_request",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

    def test_seller_paints_hours(self):
        policy = (
            self.env["order.request.policy"]
            .with_user(self.seller)
            .create({"user_id": self.seller.id, "tz": "Europe/Paris"})
        )
        self.start_tour(
            f"/odoo/order.request.policy/{policy.id}",
            "order_request_week_hours",
            login=self.seller.login,
        )
        policy.invalidate_recordset()
        self.assertEqual(
            [
                (window.weekday, window.hour_from, window.hour_to)
                for window in policy.window_ids
            ],
            [(str(day), 21, 6) for day in range(5)],
        )
        self.assertEqual(
            [
                (window.kind, window.weekday, window.hour_from, window.hour_to)
                for window in policy.answer_window_ids
            ],
            [("answer", str(day), 9, 17) for day in range(5)],
        )
