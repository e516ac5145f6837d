from odoo.tests import HttpCase, tagged

from .common import OrderRequestCommon


@tagged("post_install", "-at_install")
class TestPolicyList(HttpCase, OrderRequestCommon):
    """The policies on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_switch(self):
        self.start_tour(
            "/odoo/action-order_request.order_request_policy_action",
            "order_request_policy_switch",
            login=self.manager.login,
        )
        self.policy.invalidate_recordset()
        self.assertFalse(self.policy.is_enabled)
