from werkzeug.exceptions import TooManyRequests

from odoo.http import request

WRONG_TOKENS_PER_MINUTE = 10


class PortalGuard:
    """Limits of attempts, for controllers of public pages to inherit beside their own.

    Wrong links are counted by address for all addons together: who guesses in one is
    refused in the others.
    """

    def _guard_refuse_guessing(self):
        """Stop reading tokens from an address that sent too many wrong ones.

        :raise TooManyRequests: with a sentence for the visitor
        """
        # sudo: visitors have no access to the counters
        tried = (
            request.env["portal.throttle"]
            .sudo()
            ._count("token", request.httprequest.remote_addr, 60)
        )
        if tried >= WRONG_TOKENS_PER_MINUTE:
            raise TooManyRequests(
                request.env._("Too many wrong links. Please try again in a minute.")
            )

    def _guard_count_wrong_token(self):
        """Count a wrong link of the visitor's address.

        The route must not be read-only.
        """
        self._guard_count("token")

    def _guard_count(self, purpose, subject=None, seconds=60):
        """Count an attempt; it stays counted when the request is rolled back.

        The route must not be read-only.

        :param str purpose: what is counted; the same word in two addons counts together
        :param str subject: who, by default the visitor's address
        :param int seconds: length of the window
        :return: how many attempts there were in the present window, this one included
        :rtype: int
        """
        # sudo: visitors have no access to the counters
        return (
            request.env["portal.throttle"]
            .sudo()
            ._hit(purpose, subject or request.httprequest.remote_addr, seconds)
        )
