from urllib.parse import urlsplit

from lxml import html

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.base_offerdesk.controllers.guard import WRONG_TOKENS_PER_MINUTE

from .common import CUSTOMER, FollowupCase


@tagged("post_install", "-at_install")
class TestUnsubscribe(FollowupCase, HttpCase):
    """One click, no login; a link that is only followed changes nothing."""

    def setUp(self):
        super().setUp()
        self.lead = self._create_lead()
        self.enrollment = self._start(self.lead)
        self.opt_outs = self.env["crm.followup.opt.out"]

    def _link(self):
        """Return the link in the mail that the customer got."""
        with self.mock_smtplib_connection():
            self.env["crm.followup.enrollment"].search([]).next_date = False
            log = self.env["crm.followup.log"].create(
                {"kind": "bulk", "lead_id": self.lead.id}
            )
            log._send_mails(self.letter)
            mail = self.env["mail.mail"].search([("followup_log_id", "=", log.id)])
            (link,) = html.fromstring(mail.body_html).xpath(
                "//a[contains(@href, '/followup/unsubscribe')]/@href"
            )
            self.assertIn(f"<{link}>", mail.headers)
        parts = urlsplit(link)
        return f"{parts.path}?{parts.query}"

    def _is_out(self):
        self.env.invalidate_all()
        return bool(self.opt_outs.search([("email", "=", CUSTOMER)]))

    def test_following_it_changes_nothing(self):
        link = self._link()
        for _scan in range(2):
            response = self.url_open(link)
            self.assertEqual(response.status_code, 200)
            self.assertIn(CUSTOMER, response.text)
            self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertFalse(self._is_out())
        self.assertEqual(self.enrollment.state, "running")

    def test_button(self):
        page = html.fromstring(self.url_open(self._link()).content)
        (action,) = page.xpath("//form[contains(@action, 'unsubscribe')]/@action")
        response = self.url_open(action, method="POST")
        self.assertIn("You are unsubscribed", response.text)
        self.assertTrue(self._is_out())
        self.assertStopped(self.enrollment, "opted_out")
        self.assertIn("unsubscribe", self._kinds(self.lead))

    def test_button_of_the_mail_program(self):
        """RFC 8058: a post without a session; repeated, it changes nothing more."""
        link = self._link()
        for _again in range(2):
            response = self.url_open(link, data={"List-Unsubscribe": "One-Click"})
            self.assertEqual(response.status_code, 200)
        self.assertEqual(self.opt_outs.search_count([("email", "=", CUSTOMER)]), 1)
        self.assertEqual(self._kinds(self.lead).count("unsubscribe"), 1)

    def test_letters_of_people_still_arrive(self):
        """It is no blacklist."""
        self.url_open(self._link(), method="POST")
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", CUSTOMER)]))

    def test_wrong_links(self):
        path, _sep, query = self._link().partition("?")
        for bad in (
            "",
            "email=&token=",
            query.replace("kari", "per"),
            query[:-1],
            query + "0",
            f"email={CUSTOMER}",
            f"email={CUSTOMER}&token=%C3%A6",
            "email=%00&token=x",
        ):
            for method in ("GET", "POST"):
                with self.subTest(bad, method=method):
                    self.env["portal.throttle"].search([]).unlink()
                    response = self.url_open(f"{path}?{bad}", method=method)
                    self.assertEqual(response.status_code, 404)
        self.assertFalse(self._is_out())

    def test_guessing_is_limited(self):
        link = self._link()
        path = link.partition("?")[0]
        for _guess in range(WRONG_TOKENS_PER_MINUTE):
            self.url_open(f"{path}?email={CUSTOMER}&token=guess")
        self.assertEqual(self.url_open(link).status_code, 429)

    def test_by_hand(self):
        """A customer asks on the phone; the salesperson enters the address."""
        OptOut = self.opt_outs.with_user(self.sofie)
        OptOut.create({"email": "Kari Kunde <KARI@customer.example>"})
        self.assertTrue(self._is_out())
        self.assertStopped(self.enrollment, "opted_out")
        with self.assertRaises(ValidationError):
            OptOut.create({"email": "kari at home"})
