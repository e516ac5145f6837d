from uuid import uuid4

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common_security import (
    FILE,
    REQUEST,
    REQUESTS,
    SERVICE,
    SERVICE_IMAGE,
    RequestSecurityCase,
)

TRIES = 20


@tagged("post_install", "-at_install")
class TestSecurityRevocation(RpcMixin, RequestSecurityCase):
    """Who loses the access loses it with the next request."""

    def _seen(self, routes, token=""):
        """Ask as often as the catalogue wants, and return what is seen.

        :rtype: list
        """
        seen = []
        with watched_log():
            for number in range(TRIES):
                route = routes[number % len(routes)]
                self.env["portal.throttle"].search([]).unlink()
                answer = self.send(route, {"access_token": token})
                shown = route.shows is None or route.shows(self) in answer.text
                if answer.outcome == "200" and shown:
                    seen.append(str(route))
        return seen

    def _check_access_ends(self, login, end, routes=(REQUEST, FILE), token=""):
        """Check that everything is seen before `end` is called, and nothing after."""
        self.become(login)
        self.assertEqual(len(self._seen(routes, token)), TRIES)
        end()
        self.env.flush_all()
        self.assertEqual(self._seen(routes, token), [])

    def test_rotated_link(self):
        def end():
            self.request.sudo().access_token = str(uuid4())

        self._check_access_ends(None, end, token=self.request.access_token)

    def test_withdrawn_request(self):
        """Links in old mails end; who has a login sees the request still."""

        def end():
            self.request.sudo()._customer_withdraw(self.contact)

        self._check_access_ends(None, end, token=self.request.access_token)
        self.become("request_portal")
        self.assertEqual(len(self._seen((REQUEST, FILE))), TRIES)

    def test_refused_request(self):
        def end():
            self.request._refuse(self.env["order.request.reason"], "")

        self._check_access_ends(None, end, token=self.request.access_token)

    def test_archived_user(self):
        def end():
            self.portal_user.active = False

        self._check_access_ends("request_portal", end, (REQUEST, FILE, REQUESTS))
        answer = self.call("sale.order", "read", self.gated.ids, ["name"])
        self.assertEqual(answer.outcome, "error SessionExpiredException")

    def test_colleague_who_left(self):
        def end():
            self.colleague_user.partner_id.parent_id = False

        self._check_access_ends("request_colleague", end, (REQUEST, FILE, REQUESTS))
        # Odoo remembers for whom it has worked out its rules.
        self.env.registry.clear_cache()
        self.assertDenied(
            self.call("order.request", "read", self.request.ids, ["name"])
        )

    def test_service_that_is_no_longer_published(self):
        def end():
            self.logo.product_tmpl_id.order_request_published = False

        self._check_access_ends("request_portal", end, (SERVICE, SERVICE_IMAGE))

    def test_seller_who_lost_the_request(self):
        """Read from the customer's page, which employees may open, and by call."""
        self.become("request_seller")
        self.assertEqual(len(self._seen((REQUEST, FILE))), TRIES)
        self.request.sudo().user_id = self.other_seller
        self.env.flush_all()
        self.assertEqual(self._seen((REQUEST, FILE)), [])
        self.assertDenied(
            self.call("order.request", "read", self.request.ids, ["name"])
        )
