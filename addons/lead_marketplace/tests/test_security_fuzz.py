from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.fuzzing import FuzzMixin

from .common_security import PUBLIC_ROUTES, WORKSHOP_ROUTES, MarketSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityFuzz(FuzzMixin, MarketSecurityCase):
    """Bad input gets a page, a redirect or a clean refusal, and changes nothing."""

    def _fuzz_all(self, login, routes):
        self.become(login)
        for route in routes:
            with self.subTest(str(route)):
                self.fuzz(route)

    def test_customers_and_visitors(self):
        self._fuzz_all(None, PUBLIC_ROUTES)

    def test_workshops(self):
        self._fuzz_all(self.granite_user.login, WORKSHOP_ROUTES)
