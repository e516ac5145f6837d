from uuid import uuid4

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common_security import (
    CARD,
    CARD_PHOTO,
    CUSTOMER_PAGE,
    CUSTOMERS,
    FEED,
    LETTERS,
    OPEN,
    ORDERS,
    OVERVIEW,
    STATEMENT_CSV,
    TAKE_FILE,
    TAKE_PAGE,
    TAKE_PHOTO,
    WORK,
    MarketSecurityCase,
)

TRIES = 20
BROWSING = [FEED, CARD, LETTERS, CUSTOMERS]
OWN_ZONE = [TAKE_PAGE, TAKE_PHOTO, TAKE_FILE, ORDERS, STATEMENT_CSV, OVERVIEW, WORK]


@tagged("post_install", "-at_install")
class TestSecurityRevocation(RpcMixin, MarketSecurityCase):
    """Who loses the access loses it with the next request."""

    def _seen(self, routes, **fields):
        """Ask as often as the catalogue wants, and return what is seen.

        :rtype: list
        """
        seen = []
        with watched_log():
            for number in range(TRIES):
                route = routes[number % len(routes)]
                self.env["portal.throttle"].search([]).unlink()
                answer = self.send(route, {**route.fields_for(self), **fields})
                if answer.outcome == "200":
                    seen.append(str(route))
        return seen

    def _check_access_ends(self, login, routes, end, **fields):
        """Check that everything is seen before `end` is called, and nothing after."""
        self.become(login)
        self.assertEqual(len(self._seen(routes, **fields)), TRIES)
        end()
        self.env.flush_all()
        self.assertEqual(self._seen(routes, **fields), [])
        # Odoo remembers for whom it has worked out its rules.
        self.env.registry.clear_cache()

    def _end_cooperation(self):
        self.granite.with_user(self.manager)._set_state("terminated", "Resale")

    def test_terminated_workshop(self):
        """Nothing that is published is seen any more; its own folder is."""
        self._check_access_ends(
            self.granite_user.login, BROWSING, self._end_cooperation
        )
        for model in ("request", "take", "order", "letter"):
            with self.subTest(model):
                self.assertDenied(self.call(f"lead.market.{model}", "search", []))
        self.assertEqual(len(self._seen(OWN_ZONE)), TRIES)
        with self.undone():
            self.send(OPEN)
            self.assertFalse(self.unopened.take_ids)

    def test_archived_user(self):
        def end():
            self.granite_user.active = False

        self._check_access_ends(self.granite_user.login, BROWSING + OWN_ZONE, end)
        answer = self.call("lead.market.take", "read", self.take.ids, ["note"])
        self.assertEqual(answer.outcome, "error SessionExpiredException")

    def test_colleague_who_left(self):
        def end():
            self.colleague.partner_id.parent_id = False

        self._check_access_ends(self.colleague.login, BROWSING + OWN_ZONE, end)
        self.assertDenied(
            self.call("lead.market.take", "read", self.take.ids, ["customer_phone"])
        )
        self.assertFalse(self.call("lead.market.order", "search", []).result)

    def test_rotated_link(self):
        lead = self.request._get_lead()

        def end():
            lead.market_token = str(uuid4())

        self._check_access_ends(
            None, [CUSTOMER_PAGE], end, access_token=lead.market_token
        )

    def test_withdrawn_request(self):
        """It is gone for who has not opened it, by page, photo and call."""
        self.become(self.marble_user.login)
        path = CARD.path_for(self, number=self.request.number)
        photo = CARD_PHOTO.path_for(self)
        reading = ("lead.market.request", "read", self.request.ids, ["name"])
        asked = [
            lambda: self.send_raw("GET", path).outcome == "200",
            lambda: self.send_raw("GET", photo).outcome == "200",
            lambda: not self.call(*reading).error,
        ]
        self.assertTrue(all(ask() for ask in asked))
        self.request._customer_withdraw()
        self.env.flush_all()
        for _turn in range(TRIES // len(asked)):
            self.assertFalse(any(ask() for ask in asked))
        self.become(self.granite_user.login)
        self.assertEqual(len(self._seen(OWN_ZONE)), TRIES)

    def test_unpublished_review_and_unlisted_workshop(self):
        page = f"/market/workshop/granite-{self.granite.id}"
        self.become(None)
        self.assertIn("crooked", self.send_raw("GET", page).text)
        self.review.with_user(self.operator).action_reset()
        self.assertNotIn("crooked", self.send_raw("GET", page).text)
        self.granite.is_listed = False
        for address in (page, f"/market/workshop/{self.granite.id}/logo"):
            self.assertEqual(self.send_raw("GET", address).status, 404)
