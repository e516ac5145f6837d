from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.guessing import GuessingTests, TimingTests

from ..controllers.configurator import EVALUATIONS_PER_MINUTE
from ..controllers.portal_request import FORMS_PER_10_MINUTES
from .common_security import (
    BY_LINK,
    DESIGN,
    EVALUATE,
    REPLY,
    RFQ,
    SUBMIT,
    RfqSecurityCase,
)


@tagged("post_install", "-at_install")
class TestSecurityLimits(GuessingTests, RfqSecurityCase):
    """Nobody finds a request by trying, nor learns which ones there are."""

    fresh_keys = True
    guessed_page = RFQ
    guessed_routes = BY_LINK
    customer_login = "rfq_portal"
    other_logins = (None, "rfq_employee")

    def _get_look_alikes(self, login):
        removed = self._send().with_user(self.env.uid)
        removed._purge("Time is over", self.env["res.users"])
        self.env.flush_all()
        ids = (self.rfq.id, self.foreign.id, removed.id, removed.id + 1000)
        return [{"rfq_id": rfq_id} for rfq_id in ids]

    def test_designs_count_as_well(self):
        """Who guesses links of designs is stopped with those of requests."""
        for _number in range(10):
            answer = self.send(DESIGN, {"token": "x"})
            self.assertEqual(answer.status, 404)
        self.assertEqual(self.send(RFQ).status, 429)
        self.assertEqual(self.send(DESIGN, {"token": self.access.token}).status, 429)

    def test_messages_are_limited(self):
        """Who has a link can't flood the seller."""
        empty = {**REPLY.fields_for(self), "message": ""}
        for _number in range(FORMS_PER_10_MINUTES):
            self.send(REPLY, empty)
        before = self.fingerprint.take()
        answer = self.send(REPLY)
        self.assertEqual(answer.status, 422)
        self.assertIn("Too many messages", answer.text)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_requests_are_limited(self):
        """Refused ones count, or the limit would be that of good ones only."""
        self.become("rfq_portal")
        empty = {**SUBMIT.fields_for(self), "quantity": "0"}
        for _number in range(self.company.rfq_max_per_hour):
            self.assertNotIn("Too many requests", self.send(SUBMIT, empty).text)
        before = self.fingerprint.take()
        answer = self.send(SUBMIT)
        self.assertEqual(answer.status, 422)
        self.assertIn("Too many requests", answer.text)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_evaluations_are_limited(self):
        self.become("rfq_portal")
        counted = self.env["portal.throttle"]
        for _number in range(EVALUATIONS_PER_MINUTE - 1):
            counted._hit("rfq_evaluate", "127.0.0.1", 60)
        self.assertEqual(self.send(EVALUATE).outcome, "ok")
        answer = self.send(EVALUATE)
        self.assertEqual(answer.outcome, "refused")
        self.assertIn("try again in a minute", answer.text)


@tagged("post_install", "-at_install")
class TestSecurityTiming(TimingTests, RfqSecurityCase):
    guessed_page = RFQ
    guessed_outcome = "303 /my"

    def _get_existing_and_missing(self):
        return {"rfq_id": self.rfq.id}, {"rfq_id": self.foreign.id + 1000}
