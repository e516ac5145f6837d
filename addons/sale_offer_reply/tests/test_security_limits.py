import json
from datetime import timedelta
from time import perf_counter
from uuid import uuid4

from freezegun import freeze_time
from requests.adapters import HTTPAdapter

from odoo import fields, http
from odoo.tests import tagged

from odoo.addons.base_offerdesk.controllers.guard import WRONG_TOKENS_PER_MINUTE
from odoo.addons.offerdesk_test_support.http_case import Address
from odoo.addons.offerdesk_test_support.oracle import watched_log

from ..controllers.portal import POSTS_PER_10_MINUTES
from .common_security import (
    ATTACHMENT,
    FEEDBACK,
    FEEDBACK_PAGE,
    HISTORY,
    PAGE,
    REPLY,
    TOTALS,
    OfferSecurityCase,
)

BY_LINK = [PAGE, REPLY, TOTALS, FEEDBACK_PAGE, FEEDBACK, HISTORY, ATTACHMENT]


@tagged("post_install", "-at_install")
class TestSecurityLimits(OfferSecurityCase):
    """Nobody finds an offer by trying, nor learns which ones there are."""

    fresh_keys = True

    def setUp(self):
        super().setUp()
        self.startPatcher(self._frozen_minute())
        self.become(None)

    def _frozen_minute(self):
        """Attempts are counted by the minute, which must not end during a test."""
        return freeze_time(fields.Datetime.now().replace(second=30))

    def _guess(self, route, order=None, token=None):
        order = order or self.order
        fields = {**route.fields_for(self), "access_token": token or str(uuid4())}
        path = route.path_for(self, order_id=getattr(order, "id", order))
        with watched_log():
            return self.send(route, fields, path=path)

    def test_hundred_wrong_tokens(self):
        """Ten are looked at; then the right one does not help either for a while."""
        outcomes = [self._guess(PAGE).outcome for _number in range(100)]
        looked_at = [outcome for outcome in outcomes if outcome != "429"]
        self.assertLessEqual(len(looked_at), WRONG_TOKENS_PER_MINUTE)
        self.assertEqual(outcomes[-1], "429")
        self.assertEqual(self.send(PAGE).status, 429)

    def test_a_page_says_how_to_go_on(self):
        for _number in range(WRONG_TOKENS_PER_MINUTE + 1):
            answer = self._guess(PAGE)
        self.assertEqual(answer.status, 429)
        self.assertIn("try again in a minute", answer.text)

    def test_every_route_counts(self):
        """All routes share one count: there is no way around it."""
        for number in range(WRONG_TOKENS_PER_MINUTE):
            self._guess(BY_LINK[number % len(BY_LINK)])
        for route in BY_LINK:
            with self.subTest(str(route)):
                answer = self._guess(route, token=self.order.access_token)
                self.assertIn(answer.outcome, ("429", "refused"))
                self.assertIn("Too many wrong links", answer.text)

    def test_others_are_not_locked_out(self):
        for _number in range(WRONG_TOKENS_PER_MINUTE + 5):
            self._guess(PAGE)
        self.opener.mount("http://", Address("127.0.0.2"))
        self.assertEqual(self.send(PAGE).status, 200)
        self.opener.mount("http://", HTTPAdapter())
        self.become("offer_portal")
        path = PAGE.path_for(self)
        self.assertEqual(self.send(PAGE, {}, path=path).status, 200)

    def test_the_minute_ends(self):
        for _number in range(WRONG_TOKENS_PER_MINUTE + 5):
            self._guess(PAGE)
        self.assertEqual(self.send(PAGE).status, 429)
        later = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        with freeze_time(later):
            self.assertEqual(self.send(PAGE).status, 200)

    def test_a_new_minute_on_the_clock_does_not_help(self):
        now = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        with freeze_time(now.replace(second=58)):
            for _number in range(WRONG_TOKENS_PER_MINUTE):
                self._guess(PAGE)
        with freeze_time(now.replace(second=58) + timedelta(seconds=7)):
            self.assertEqual(self.send(PAGE).status, 429)

    def test_posts_are_limited(self):
        """Who has a link can't flood the seller."""
        path = FEEDBACK.path_for(self)
        outcomes = []
        for number in range(POSTS_PER_10_MINUTES + 2):
            body = {**FEEDBACK.fields_for(self), "idempotency_key": str(uuid4())}
            body["body"] = "" if number < POSTS_PER_10_MINUTES else "Let me in."
            outcomes.append(self.send(FEEDBACK, body, path=path).outcome)
        self.assertNotEqual(outcomes[-1], FEEDBACK.good)
        self.assertIn("Too many messages", self.send(FEEDBACK_PAGE).text)
        self.assertNotEqual(self.send(REPLY).outcome, REPLY.good)
        self.assertFalse(self.order.offer_replied_date)

    def test_existing_and_missing_offers_look_alike(self):
        """Status, address, headers and body tell no difference."""
        missing = self.order.search([], order="id desc", limit=1).id + 1000
        for login in (None, "offer_stranger"):
            self.become(login)
            for route in BY_LINK:
                answers = []
                # the stranger is a customer of the foreign order
                others = [] if login else [self.foreign_order]
                for order in (self.order, *others, missing):
                    self.env["portal.throttle"].search([]).sudo().unlink()
                    answers.append(self._guess(route, order))
                with self.subTest(f"{route} as {login}"):
                    looks = {self._look(answer) for answer in answers}
                    self.assertEqual(len(looks), 1, looks)

    def _look(self, answer):
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("Date", "Set-Cookie")
        }
        return answer.outcome, answer.body, tuple(sorted(headers.items()))

    def test_a_session_stays_small(self):
        """What a refused reply leaves in the session has a limit."""
        huge = json.dumps({number: [1] * 5 for number in range(100_000)})
        reply = {**REPLY.fields_for(self), "seen": huge, "revision": "0"}
        for line in self.order.order_line:
            reply[f"comment_{line.id}"] = "x" * 400_000
        self.assertEqual(
            self.send(REPLY, reply).outcome, "303 /my/orders/<id> offer=stale"
        )
        draft = self._read_session().get(f"offer_reply_{self.order.id}")
        self.assertTrue(draft)
        self.assertLess(len(str(draft)), 300_000)

    def _read_session(self):
        return http.root.session_store.get(self.session.sid)


@tagged("post_install", "-at_install")
class TestSecurityTiming(OfferSecurityCase):
    # not under a frozen clock
    def test_existing_and_missing_offers_take_the_same_time(self):
        missing = self.order.id + 100_000
        times = {self.order.id: [], missing: []}
        self.become(None)
        for _number in range(30):
            for order_id, taken in times.items():
                with self.undone():
                    start = perf_counter()
                    answer = self.send(
                        HISTORY,
                        {"access_token": "none of ours"},
                        path=HISTORY.path_for(self, order_id=order_id),
                    )
                    taken.append(perf_counter() - start)
                self.assertEqual(answer.outcome, "303 /my")
        # the least is what the work takes, the rest is the machine
        existing, absent = map(min, times.values())
        self.assertLess(abs(existing - absent), 0.5 * max(existing, absent))
