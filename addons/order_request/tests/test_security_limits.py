from time import perf_counter
from uuid import uuid4

from freezegun import freeze_time
from requests.adapters import HTTPAdapter

from odoo import fields
from odoo.tests import tagged

from odoo.addons.base_offerdesk.controllers.guard import WRONG_TOKENS_PER_MINUTE
from odoo.addons.offerdesk_test_support.http_case import Address
from odoo.addons.offerdesk_test_support.oracle import watched_log

from ..controllers.portal_request import POSTS_PER_10_MINUTES
from ..controllers.portal_service import FORMS_PER_HOUR
from .common_security import BY_LINK, REPLY, REQUEST, SEND, RequestSecurityCase


class GuessingCase(RequestSecurityCase):
    fresh_keys = True

    def setUp(self):
        super().setUp()
        self.env["portal.throttle"].search([]).unlink()
        self.become(None)

    def _guess(self, route, request_id=None, token=None):
        fields = {**route.fields_for(self), "access_token": token or str(uuid4())}
        ids = {"request_id": request_id} if request_id else {}
        with watched_log():
            return self.send(route, fields, path=route.path_for(self, **ids))


@tagged("post_install", "-at_install")
class TestSecurityLimits(GuessingCase):
    """Nobody finds a request by trying, nor learns which ones there are."""

    def setUp(self):
        super().setUp()
        # Attempts are counted by the minute, which must not end during a test.
        self.startPatcher(freeze_time(fields.Datetime.now().replace(second=30)))

    def test_hundred_wrong_tokens(self):
        """Ten are looked at; then the right one does not help either for a while."""
        outcomes = [self._guess(REQUEST).outcome for _number in range(100)]
        looked_at = [outcome for outcome in outcomes if outcome != "429"]
        self.assertLessEqual(len(looked_at), WRONG_TOKENS_PER_MINUTE)
        self.assertEqual(outcomes[-1], "429")
        self.assertEqual(self.send(REQUEST).status, 429)
        later = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        with freeze_time(later):
            self.assertEqual(self.send(REQUEST).status, 200)

    def test_every_route_counts(self):
        """All routes share one count: there is no way around it."""
        for number in range(WRONG_TOKENS_PER_MINUTE):
            self._guess(BY_LINK[number % len(BY_LINK)])
        for route in BY_LINK:
            with self.subTest(str(route)):
                answer = self._guess(route, token=self.request.access_token)
                self.assertEqual(answer.outcome, "429")
                self.assertIn("Too many wrong links", answer.text)

    def test_others_are_not_locked_out(self):
        for _number in range(WRONG_TOKENS_PER_MINUTE + 5):
            self._guess(REQUEST)
        self.opener.mount("http://", Address("127.0.0.2"))
        self.assertEqual(self.send(REQUEST).status, 200)
        self.opener.mount("http://", HTTPAdapter())
        self.become("request_portal")
        self.assertEqual(self.send(REQUEST, {}).status, 200)

    def test_existing_and_missing_requests_look_alike(self):
        """Status, address, headers and body tell no difference."""
        missing = self.foreign.id + 1000
        for login in (None, "request_employee"):
            self.become(login)
            for route in BY_LINK:
                ids = (self.request.id, self.foreign.id, missing)
                looks = set()
                for request_id in ids:
                    self.env["portal.throttle"].search([]).unlink()
                    looks.add(self._look(self._guess(route, request_id)))
                with self.subTest(f"{route} as {login}"):
                    self.assertEqual(len(looks), 1, looks)

    def _look(self, answer):
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("Date", "Set-Cookie")
        }
        return answer.outcome, answer.body, tuple(sorted(headers.items()))

    def test_messages_are_limited(self):
        """Who has a link can't flood the seller."""
        empty = {**REPLY.fields_for(self), "message": ""}
        for _number in range(POSTS_PER_10_MINUTES):
            self.send(REPLY, empty)
        before = self.fingerprint.take()
        answer = self.send(REPLY)
        self.assertEqual(answer.status, 422)
        self.assertIn("Too many messages", answer.text)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_forms_are_limited(self):
        self.become("request_portal")
        empty = {**SEND.fields_for(self), "quantity": "0"}
        for _number in range(FORMS_PER_HOUR):
            self.send(SEND, empty)
        before = self.fingerprint.take()
        answer = self.send(SEND)
        self.assertEqual(answer.status, 422)
        self.assertIn("Too many requests came from your network", answer.text)
        self.assertEqual(self.fingerprint.changed(before), [])


@tagged("post_install", "-at_install")
class TestSecurityTiming(GuessingCase):
    # not under a frozen clock
    def test_existing_and_missing_requests_take_the_same_time(self):
        times = {self.request.id: [], self.foreign.id + 1000: []}
        for _turn in range(20):
            for request_id, taken in times.items():
                with self.undone():
                    start = perf_counter()
                    answer = self._guess(REQUEST, request_id)
                    taken.append(perf_counter() - start)
                self.assertEqual(answer.outcome, "303 /my")
        # the least is what the work takes, the rest is the machine
        existing, absent = map(min, times.values())
        self.assertLess(abs(existing - absent), 0.5 * max(existing, absent))
