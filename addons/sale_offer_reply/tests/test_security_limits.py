import json
from datetime import timedelta
from uuid import uuid4

from freezegun import freeze_time

from odoo import fields, http
from odoo.tests import tagged

from odoo.addons.base_offerdesk.controllers.guard import WRONG_TOKENS_PER_MINUTE
from odoo.addons.base_offerdesk.tests.guessing import GuessingTests, TimingTests

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
class TestSecurityLimits(GuessingTests, OfferSecurityCase):
    """Nobody finds an offer by trying, nor learns which ones there are."""

    fresh_keys = True
    guessed_page = PAGE
    guessed_routes = BY_LINK
    customer_login = "offer_portal"
    other_logins = (None, "offer_stranger")

    def _get_look_alikes(self, login):
        newest = self.order.search([], order="id desc", limit=1)
        orders = [self.order.id, newest.id + 1000]
        if not login:
            # the stranger is a customer of this one
            orders.append(self.foreign_order.id)
        return [{"order_id": order_id} for order_id in orders]

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
class TestSecurityTiming(TimingTests, OfferSecurityCase):
    guessed_page = HISTORY
    guessed_outcome = "303 /my"

    def _get_existing_and_missing(self):
        return {"order_id": self.order.id}, {"order_id": self.order.id + 100_000}
