from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.guessing import GuessingTests, TimingTests

from .common_security import CUSTOMER_PAGE, CUSTOMER_ROUTES, MarketSecurityCase

MISSING = "ZZZZZZZ"


@tagged("post_install", "-at_install")
class TestSecurityLimits(GuessingTests, MarketSecurityCase):
    """Nobody finds a request by trying, nor learns which ones there are."""

    guessed_page = CUSTOMER_PAGE
    guessed_routes = CUSTOMER_ROUTES

    def _get_look_alikes(self, login):
        numbers = (self.request.number, self.unopened.number, MISSING)
        return [{"number": number} for number in numbers]

    def test_numbers_without_a_token(self):
        """No token at all opens nothing, also where a lead has none."""
        self.unopened._get_lead().market_token = False
        for token in ("", "False", "None", "-"):
            with self.subTest(token):
                answer = self._guess(CUSTOMER_PAGE, token, number=self.unopened.number)
                self.assertEqual(answer.outcome, "404")


@tagged("post_install", "-at_install")
class TestSecurityTiming(TimingTests, MarketSecurityCase):
    guessed_page = CUSTOMER_PAGE
    guessed_outcome = "404"

    def _get_existing_and_missing(self):
        return {"number": self.request.number}, {"number": MISSING}
