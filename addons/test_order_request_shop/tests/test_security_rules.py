from pathlib import Path

from odoo.tests import TransactionCase, tagged

from odoo.addons.offerdesk_test_support.rules import check_addon

ADDONS = Path(__file__).parents[2]


@tagged("post_install", "-at_install")
class TestSecurityRules(TransactionCase):
    def test_code_keeps_the_rules(self):
        for name in (
            "website_event_booth_sale_order_request",
            "test_order_request_shop",
        ):
            found = check_addon(ADDONS / name)
            self.assertFalse(found, "\n" + "\n".join(map(str, found)))
