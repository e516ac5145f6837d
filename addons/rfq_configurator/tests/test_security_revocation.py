from uuid import uuid4

from odoo import fields
from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common_security import (
    DEFINITION,
    DESIGN,
    EVALUATE,
    LIST,
    PICTURE,
    RFQ,
    RFQ_FILE,
    RfqSecurityCase,
)

TRIES = 20
OF_DESIGN = (DESIGN, DEFINITION, EVALUATE, PICTURE)
OF_REQUEST = (RFQ, RFQ_FILE)


@tagged("post_install", "-at_install")
class TestSecurityRevocation(RpcMixin, RfqSecurityCase):
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
                sent = {"access_token": token} if route in OF_REQUEST else {}
                answer = self.send(route, {**route.fields_for(self), **sent})
                shown = route.shows is None or route.shows(self) in answer.text
                if answer.outcome in ("200", "ok") and shown:
                    seen.append(str(route))
        return seen

    def _check_access_ends(self, end, routes, token=""):
        """Check that everything is seen before `end` is called, and nothing after."""
        self.assertEqual(len(self._seen(routes, token)), TRIES)
        end()
        self.env.flush_all()
        self.assertEqual(self._seen(routes, token), [])

    def _follow_link(self):
        """Open the design by the link of the mail, as a visitor."""
        self.become(None)
        answer = self.send(DESIGN, {"token": self.access.token})
        self.assertEqual(answer.outcome, "303 /rfq/d/test_table")

    def test_revoked_link(self):
        self._follow_link()
        self._check_access_ends(self.access.action_revoke, OF_DESIGN)

    def test_renewed_link(self):
        self._follow_link()
        self._check_access_ends(self.access.action_renew, OF_DESIGN)

    def test_expired_link(self):
        def end():
            self.access.expires_on = fields.Date.subtract(fields.Date.today(), days=2)

        self._follow_link()
        self._check_access_ends(end, OF_DESIGN)

    def test_archived_customer(self):
        def end():
            self.portal_user.active = False
            self.contact.active = False

        self._follow_link()
        self._check_access_ends(end, OF_DESIGN)

    def test_unpublished_design(self):
        self.become("rfq_portal")
        end = self.design.with_user(self.manager).action_archive_design
        self._check_access_ends(end, OF_DESIGN)

    def test_revoked_login(self):
        self.become("rfq_portal")
        self._check_access_ends(self.access.action_revoke, OF_DESIGN)

    def test_rotated_link_of_a_request(self):
        def end():
            self.rfq.access_token = str(uuid4())

        self.become(None)
        self._check_access_ends(end, OF_REQUEST, self.rfq.access_token)

    def test_removed_request(self):
        def end():
            self.rfq._purge("Time is over", self.env["res.users"])

        self.become(None)
        self._check_access_ends(end, OF_REQUEST, self.rfq.access_token)

    def test_archived_user(self):
        def end():
            self.portal_user.active = False

        self.become("rfq_portal")
        self._check_access_ends(end, (*OF_REQUEST, LIST))
        answer = self.call("rfq.request", "read", self.rfq.ids, ["name"])
        self.assertEqual(answer.outcome, "error SessionExpiredException")

    def test_colleague_who_left(self):
        def end():
            self.colleague_user.partner_id.parent_id = False

        self.become("rfq_colleague")
        self._check_access_ends(end, (*OF_REQUEST, LIST))
        # Odoo remembers for whom it has worked out its rules.
        self.env.registry.clear_cache()
        self.assertDenied(self.call("rfq.request", "read", self.rfq.ids, ["name"]))

    def test_seller_who_lost_the_request(self):
        def end():
            self.rfq.user_id = self.other_seller

        self.become("rfq_seller")
        self._check_access_ends(end, OF_REQUEST)
        self.assertDenied(self.call("rfq.request", "read", self.rfq.ids, ["name"]))
