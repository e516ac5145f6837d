from pathlib import Path

from odoo.tests import TransactionCase, tagged

from odoo.addons.offerdesk_test_support.rules import check_addon

ADDON = Path(__file__).parents[1]


@tagged("post_install", "-at_install")
class TestSecurityRules(TransactionCase):
    def test_code_keeps_the_rules(self):
        found = check_addon(ADDON)
        self.assertFalse(found, "\n" + "\n".join(map(str, found)))
