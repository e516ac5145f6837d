from pathlib import Path

from odoo.tests import tagged

from .common_security import CORE_ROUTES, OWN_ROUTES, OfferMatrixCase

TABLE = Path(__file__).parent / "access_matrix.csv"


@tagged("post_install", "-at_install")
class TestSecurityAccess(OfferMatrixCase):
    """Who gets what from the pages of an offer."""

    def test_all_routes_are_tested(self):
        self.check_routes_complete("sale_offer_reply", OWN_ROUTES)

    def test_matrix(self):
        """Every route, as everybody, as the company's settings differ."""
        modes = {
            "link": lambda: self._set_mode("link"),
            "login": lambda: self._set_mode("login"),
            "limited": lambda: self._set_mode("link", limited=True),
        }
        self.check_matrix(OWN_ROUTES + CORE_ROUTES, modes, TABLE)
