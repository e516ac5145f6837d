from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.oracle import watched_log
from odoo.addons.offerdesk_test_support.rpc import RpcMixin

from .common_security import (
    ATTACHMENT,
    DOCUMENT,
    FEEDBACK_PAGE,
    HISTORY,
    PAGE,
    TOTALS,
    OfferSecurityCase,
)

TRIES = 20
ROUTES = [PAGE, FEEDBACK_PAGE, HISTORY, ATTACHMENT, DOCUMENT, TOTALS]


@tagged("post_install", "-at_install")
class TestSecurityRevocation(RpcMixin, OfferSecurityCase):
    """Who loses the access loses it with the next request."""

    def _seen(self, fields):
        """Ask for everything, as often as the catalogue wants, and return what is seen.

        :param dict fields: the link that was good before
        :rtype: list
        """
        seen = []
        with watched_log():
            for number in range(TRIES):
                route = ROUTES[number % len(ROUTES)]
                self.env["portal.throttle"].search([]).unlink()
                answer = self.send(route, {**route.fields_for(self), **fields})
                if answer.outcome in ("200", "ok"):
                    seen.append(str(route))
        return seen

    def _check_access_ends(self, login, end, token=""):
        """Check that everything is seen before `end` is called, and nothing after."""
        self.become(login)
        fields = {"access_token": token, "pid": "", "hash": ""}
        self.assertEqual(len(self._seen(fields)), TRIES)
        end()
        self.env.flush_all()
        self.assertEqual(self._seen(fields), [])

    def test_revoked_link(self):
        revoke = self.order.with_user(self.salesman).action_offer_revoke_links
        self._check_access_ends(None, revoke, self.order.access_token)

    def test_revoked_personal_link(self):
        """A personal link is signed with the token, so it ends with it."""
        self.become(None)
        good = PAGE.fields_for(self)
        reply_page = self.send(PAGE, good)
        self.assertEqual(reply_page.status, 200)
        self.assertNotIn('name="email"', reply_page.text)
        self.order.with_user(self.salesman).action_offer_revoke_links()
        old = {"pid": good["pid"], "hash": good["hash"]}
        page = self.send(PAGE, {**old, "access_token": self.order.access_token})
        self.assertIn('name="email"', page.text, "taken for Kari by an old signature")

    def test_login_is_asked_for(self):
        def end():
            self.company.offer_access_mode = "login"

        self._check_access_ends(None, end, self.order.access_token)

    def test_archived_user(self):
        def end():
            self.portal_user.active = False

        self._check_access_ends("offer_portal", end)
        answer = self.call("sale.order", "read", self.order.ids, ["name"])
        self.assertEqual(answer.outcome, "error SessionExpiredException")

    def test_archived_user_with_an_old_link(self):
        """The personal link does not let them sign up anew."""
        self.company.offer_access_mode = "login"
        self.portal_user.active = False
        self.become(None)
        answer = self.send(PAGE)
        self.assertEqual(answer.outcome, "303 /web/login")

    def test_contact_who_left_the_customer(self):
        def end():
            self.colleague_user.partner_id.parent_id = False

        self._check_access_ends("offer_colleague", end)
        # Odoo remembers for whom it has worked out its rules.
        self.env.registry.clear_cache()
        self.assertDenied(self.call("sale.order", "read", self.order.ids, ["name"]))

    def test_archived_contact_with_an_old_link(self):
        """Who left is not taken for a contact, and gets no new login."""
        self.become(None)
        self.portal_user.active = False
        self.contact.active = False
        self.env.flush_all()
        self.assertIn('name="email"', self.send(PAGE).text)
        self.company.offer_access_mode = "login"
        self.assertEqual(self.send(PAGE).outcome, "303 /web/login")

    def test_offer_limited_to_others(self):
        def end():
            self.order.write(
                {
                    "offer_contact_ids": [(6, 0, self.contact.ids)],
                    "offer_limit_to_contacts": True,
                }
            )

        self._check_access_ends("offer_colleague", end)
        for address in ("/my/offers", "/my/quotes"):
            self.assertNotIn(self.order.name, self.send_raw("GET", address).text)

    def test_hidden_line(self):
        """A line that is hidden is gone from the pages and for calls at once."""
        line = self.order.order_line[0]
        self.become("offer_portal")
        self.assertIn(line.name, self.send(PAGE, {}).text)
        line.offer_published = False
        self.env.flush_all()
        for route in (PAGE, FEEDBACK_PAGE):
            self.assertNotIn(line.name, self.send(route, {}).text)
        self.assertDenied(self.call("sale.order.line", "read", line.ids, ["name"]))
        pdf = self.send(PAGE, {"report_type": "html"})
        self.assertEqual(pdf.status, 200)
        self.assertNotIn(line.name, pdf.text)
