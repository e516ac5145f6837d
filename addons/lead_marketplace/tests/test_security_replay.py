from odoo.tests import tagged

from .common_security import (
    DECLARE,
    LETTER_EXAMPLES,
    OPEN,
    REQUEST_SEND,
    REVIEW,
    SEND,
    TALK,
    WITHDRAW,
    MarketSecurityCase,
)

REPLAYS = 20


@tagged("post_install", "-at_install")
class TestSecurityReplay(MarketSecurityCase):
    """A form takes effect once, however often a browser sends it.

    Sendings at the same moment need real connections: tests/test_market_concurrency.py.
    """

    def test_same_form(self):
        for login, routes in (
            (None, (REQUEST_SEND, REVIEW, WITHDRAW)),
            (self.granite_user.login, (OPEN, TALK, SEND, DECLARE, LETTER_EXAMPLES)),
        ):
            self.become(login)
            for route in routes:
                with self.subTest(str(route)), self.undone():
                    form = route.fields_for(self)
                    first = self.send(route, form)
                    self.assertEqual(first.outcome, route.good)
                    after = self.fingerprint.take()
                    for _turn in range(REPLAYS):
                        answer = self.send(route, form)
                        self.assertEqual(answer.outcome, route.good)
                        self.assertEqual(answer.location, first.location)
                    self.assertEqual(self.fingerprint.changed(after), [])

    def test_same_key_with_other_words(self):
        """A letter that was sent is not replaced by a form that comes again."""
        self.become(self.granite_user.login)
        self.send(SEND)
        before = self.fingerprint.take()
        self.send(SEND, {**SEND.fields_for(self), "body": "Twice the price."})
        self.assertEqual(self.fingerprint.changed(before), [])
