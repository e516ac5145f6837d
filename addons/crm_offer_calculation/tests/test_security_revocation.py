from uuid import uuid4

from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common_security import CHOOSE, ORDER_PAGE, PAGE, OfferSecurityCase

TRIES = 20
ROUTES = [PAGE, CHOOSE, ORDER_PAGE]


@tagged("post_install", "-at_install")
class TestSecurityRevocation(RpcMixin, OfferSecurityCase):
    """Who loses the access loses it with the next request."""

    routes = ROUTES

    def _seen(self, fields):
        """Ask for everything, as often as the catalogue wants, and return what is seen.

        :param dict fields: the link that was good before, by route
        :rtype: list
        """
        seen = []
        with watched_log():
            for number in range(TRIES):
                route = self.routes[number % len(self.routes)]
                self.env["portal.throttle"].search([]).unlink()
                link = fields[str(route)]
                answer = self.send(route, {**route.fields_for(self), **link})
                if answer.outcome in ("200", "200 shown", route.good):
                    seen.append(str(route))
        return seen

    def _check_access_ends(self, login, end, with_link=False):
        """Check that everything is seen before `end` is called, and nothing after."""
        fields = {
            str(route): {"access_token": "", "pid": "", "hash": ""} for route in ROUTES
        }
        if with_link:
            for route in (PAGE, CHOOSE):
                fields[str(route)]["access_token"] = self.offer.access_token
            fields[str(ORDER_PAGE)]["access_token"] = self.variant.access_token
        self.become(login)
        self.assertEqual(len(self._seen(fields)), TRIES)
        end()
        self.env.flush_all()
        self.assertEqual(self._seen(fields), [])

    def test_rotated_links(self):
        def end():
            for document in (self.offer, self.variant):
                document.sudo().access_token = str(uuid4())

        self._check_access_ends(None, end, with_link=True)

    def test_archived_user(self):
        def end():
            self.portal_user.active = False

        self._check_access_ends("offer_portal", end)
        answer = self.call("sale.order", "read", self.variant.ids, ["name"])
        self.assertEqual(answer.outcome, "error SessionExpiredException")

    def test_colleague_who_left_the_customer(self):
        # Odoo's page of a quotation follows when its cache of rules is emptied.
        self.routes = [PAGE, CHOOSE]
        colleague = self.env["res.users"].search([("login", "=", "offer_colleague")])

        def end():
            colleague.partner_id.parent_id = False

        self._check_access_ends("offer_colleague", end)
