"""Visitors who try links; for other addons' tests of what stops them."""

from time import perf_counter
from uuid import uuid4

from freezegun import freeze_time
from requests.adapters import HTTPAdapter

from odoo import fields

from odoo.addons.offerdesk_test_support.http_case import Address
from odoo.addons.offerdesk_test_support.oracle import watched_log

from ..controllers.guard import WRONG_TOKENS_PER_MINUTE

TIMES = 20
# What differs between two answers that are the same.
OWN_HEADERS = ("Date", "Set-Cookie")


class GuessingMixin:
    """Mix into a `RouteCase`."""

    # Odoo runs only what stands in the class itself otherwise.
    allow_inherited_tests_method = True
    # The page of a document that is opened by a link.
    guessed_page = None

    def setUp(self):
        super().setUp()
        self.env["portal.throttle"].search([]).unlink()
        self.become(None)

    def _guess(self, route, token=None, **ids):
        """Send good input with a token that nobody was given.

        :param route: `Route`
        :param str token: what to try; a new one by default
        :param ids: parts of the address that differ from the good ones
        """
        sent = {**route.fields_for(self), "access_token": token or str(uuid4())}
        with watched_log():
            return self.send(route, sent, path=route.path_for(self, **ids))


class GuessingTests(GuessingMixin):
    """Nobody finds a document by trying, nor learns which ones there are."""

    # Routes that take the token of the document.
    guessed_routes = ()
    # Who may see it by a login.
    customer_login = None
    # Others who have nothing to do with it; None is a visitor.
    other_logins = (None,)

    def _get_look_alikes(self, login):
        """Return parts of addresses: of documents that a user has no part in, and of
        one that does not exist.

        :param str login: the user; None for a visitor
        :rtype: list of dict
        """
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        # Attempts are counted by the minute, which must not end during a test.
        self.startPatcher(freeze_time(fields.Datetime.now().replace(second=30)))

    def test_hundred_wrong_tokens(self):
        """Ten are looked at; then the right one does not help either for a while."""
        outcomes = [self._guess(self.guessed_page).outcome for _number in range(100)]
        looked_at = [outcome for outcome in outcomes if outcome != "429"]
        self.assertLessEqual(len(looked_at), WRONG_TOKENS_PER_MINUTE)
        self.assertEqual(outcomes[-1], "429")
        answer = self.send(self.guessed_page)
        self.assertEqual(answer.status, 429)
        self.assertIn("try again in a minute", answer.text)
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), minutes=1)):
            self.assertEqual(self.send(self.guessed_page).status, 200)

    def test_every_route_counts(self):
        """All routes share one count: there is no way around it."""
        for number in range(WRONG_TOKENS_PER_MINUTE):
            self._guess(self.guessed_routes[number % len(self.guessed_routes)])
        for route in self.guessed_routes:
            with self.subTest(str(route)), watched_log():
                answer = self.send(route)
                self.assertIn(answer.outcome, ("429", "refused"))
                self.assertIn("Too many wrong links", answer.text)

    def test_others_are_not_locked_out(self):
        for _number in range(WRONG_TOKENS_PER_MINUTE + 5):
            self._guess(self.guessed_page)
        self.opener.mount("http://", Address("127.0.0.2"))
        self.assertEqual(self.send(self.guessed_page).status, 200)
        self.opener.mount("http://", HTTPAdapter())
        if self.customer_login:
            self.become(self.customer_login)
            self.assertEqual(self.send(self.guessed_page, {}).status, 200)

    def test_existing_and_missing_documents_look_alike(self):
        """Status, address, headers and body tell no difference."""
        for login in self.other_logins:
            self.become(login)
            for route in self.guessed_routes:
                looks = set()
                for ids in self._get_look_alikes(login):
                    self.env["portal.throttle"].search([]).unlink()
                    looks.add(self._look(self._guess(route, **ids)))
                with self.subTest(f"{route} as {login}"):
                    self.assertEqual(len(looks), 1, looks)

    def _look(self, answer):
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name not in OWN_HEADERS
        }
        return answer.outcome, answer.body, tuple(sorted(headers.items()))


class TimingTests(GuessingMixin):
    """Whether a document exists is not to be told by a watch either.

    Not under a frozen clock, so not among the others.
    """

    # What a wrong link leads to.
    guessed_outcome = None

    def _get_existing_and_missing(self):
        """Return the parts of two addresses.

        :rtype: tuple of dict
        """
        raise NotImplementedError

    def test_existing_and_missing_documents_take_the_same_time(self):
        asked = [(ids, []) for ids in self._get_existing_and_missing()]
        for _turn in range(TIMES):
            for ids, taken in asked:
                with self.undone():
                    start = perf_counter()
                    answer = self._guess(self.guessed_page, **ids)
                    taken.append(perf_counter() - start)
                self.assertEqual(answer.outcome, self.guessed_outcome)
        # the least is what the work takes, the rest is the machine
        existing, absent = (min(taken) for _ids, taken in asked)
        self.assertLess(abs(existing - absent), 0.5 * max(existing, absent))
