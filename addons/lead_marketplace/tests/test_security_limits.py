from time import perf_counter
from uuid import uuid4

from freezegun import freeze_time
from requests.adapters import HTTPAdapter

from odoo import fields
from odoo.tests import tagged

from odoo.addons.base_offerdesk.controllers.guard import WRONG_TOKENS_PER_MINUTE
from odoo.addons.offerdesk_test_support.http_case import Address
from odoo.addons.offerdesk_test_support.oracle import watched_log

from .common_security import CUSTOMER_PAGE, CUSTOMER_ROUTES, MarketSecurityCase

MISSING = "ZZZZZZZ"


class GuessingCase(MarketSecurityCase):
    def setUp(self):
        super().setUp()
        self.env["portal.throttle"].search([]).unlink()
        self.become(None)

    def _guess(self, route, number=None, token=None):
        fields = {**route.fields_for(self), "access_token": token or str(uuid4())}
        path = route.path_for(self, **({"number": number} if number else {}))
        with watched_log():
            return self.send(route, fields, path=path)


@tagged("post_install", "-at_install")
class TestSecurityLimits(GuessingCase):
    """Nobody finds a request by trying, nor learns which ones there are."""

    def setUp(self):
        super().setUp()
        # Attempts are counted by the minute, which must not end during a test.
        self.startPatcher(freeze_time(fields.Datetime.now().replace(second=30)))

    def test_hundred_wrong_tokens(self):
        """Ten are looked at; then the right one does not help either for a while."""
        outcomes = [self._guess(CUSTOMER_PAGE).outcome for _number in range(100)]
        looked_at = [outcome for outcome in outcomes if outcome != "429"]
        self.assertLessEqual(len(looked_at), WRONG_TOKENS_PER_MINUTE)
        self.assertEqual(outcomes[-1], "429")
        self.assertEqual(self.send(CUSTOMER_PAGE).status, 429)
        later = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        with freeze_time(later):
            self.assertEqual(self.send(CUSTOMER_PAGE).status, 200)

    def test_every_route_counts(self):
        """All routes share one count: there is no way around it."""
        for number in range(WRONG_TOKENS_PER_MINUTE):
            self._guess(CUSTOMER_ROUTES[number % len(CUSTOMER_ROUTES)])
        for route in CUSTOMER_ROUTES:
            with self.subTest(str(route)):
                answer = self._guess(route, token=self.request._get_lead().market_token)
                self.assertEqual(answer.outcome, "429")
                self.assertIn("Too many wrong links", answer.text)

    def test_others_are_not_locked_out(self):
        for _number in range(WRONG_TOKENS_PER_MINUTE + 5):
            self._guess(CUSTOMER_PAGE)
        self.opener.mount("http://", Address("127.0.0.2"))
        self.assertEqual(self.send(CUSTOMER_PAGE).status, 200)
        self.opener.mount("http://", HTTPAdapter())

    def test_existing_and_missing_requests_look_alike(self):
        """Status, address, headers and body tell no difference."""
        for route in CUSTOMER_ROUTES:
            self.env["portal.throttle"].search([]).unlink()
            numbers = (self.request.number, self.unopened.number, MISSING)
            looks = {self._look(self._guess(route, number)) for number in numbers}
            self.assertEqual(len(looks), 1, route)

    def _look(self, answer):
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("Date", "Set-Cookie")
        }
        return answer.outcome, answer.body, tuple(sorted(headers.items()))

    def test_numbers_without_a_token(self):
        """No token at all opens nothing, also where a lead has none."""
        self.unopened._get_lead().market_token = False
        for token in ("", "False", "None", "-"):
            with self.subTest(token):
                answer = self._guess(CUSTOMER_PAGE, self.unopened.number, token)
                self.assertEqual(answer.outcome, "404")


@tagged("post_install", "-at_install")
class TestSecurityTiming(GuessingCase):
    # not under a frozen clock
    def test_existing_and_missing_requests_take_the_same_time(self):
        times = {self.request.number: [], MISSING: []}
        for _turn in range(20):
            for number, taken in times.items():
                with self.undone():
                    start = perf_counter()
                    answer = self._guess(CUSTOMER_PAGE, number)
                    taken.append(perf_counter() - start)
                self.assertEqual(answer.outcome, "404")
        # the least is what the work takes, the rest is the machine
        existing, absent = map(min, times.values())
        self.assertLess(abs(existing - absent), 0.5 * max(existing, absent))
