from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.guessing import GuessingTests, TimingTests

from ..controllers.portal_request import POSTS_PER_10_MINUTES
from ..controllers.portal_service import FORMS_PER_HOUR
from .common_security import BY_LINK, REPLY, REQUEST, SEND, RequestSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityLimits(GuessingTests, RequestSecurityCase):
    """Nobody finds a request by trying, nor learns which ones there are."""

    fresh_keys = True
    guessed_page = REQUEST
    guessed_routes = BY_LINK
    customer_login = "request_portal"
    other_logins = (None, "request_employee")

    def _get_look_alikes(self, login):
        requests = (self.request.id, self.foreign.id, self.foreign.id + 1000)
        return [{"request_id": request_id} for request_id in requests]

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
class TestSecurityTiming(TimingTests, RequestSecurityCase):
    guessed_page = REQUEST
    guessed_outcome = "303 /my"

    def _get_existing_and_missing(self):
        return {"request_id": self.request.id}, {"request_id": self.foreign.id + 1000}
