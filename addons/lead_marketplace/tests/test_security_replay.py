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
                with self.subTest(str(route)):
                    self.check_replays(route)

    def test_same_key_with_other_words(self):
        """A letter that was sent is not replaced by a form that comes again."""
        self.become(self.granite_user.login)
        self.send(SEND)
        before = self.fingerprint.take()
        self.send(SEND, {**SEND.fields_for(self), "body": "Twice the price."})
        self.assertEqual(self.fingerprint.changed(before), [])
