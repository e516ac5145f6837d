import re
from email import message_from_string, policy
from urllib.parse import unquote

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_followup.tests.common import CUSTOMER, LATER, SENT

from .common import FollowupOfferCase

ARCHITECT = "anna@architects.example"


@tagged("post_install", "-at_install")
class TestFollowupOfPeople(FollowupOfferCase):
    """Other people of a deal get copies of its follow-ups."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.architect = cls._create_partner("Anna Architect", ARCHITECT)
        cls._take_part(cls.lead)

    @classmethod
    def _take_part(cls, lead):
        """Note, as its salesperson, that the architect gets follow-ups of a deal."""
        lead.with_user(cls.sofie).stakeholder_ids = [
            Command.create({"partner_id": cls.architect.id, "gets_followups": True})
        ]

    def _copies(self):
        return self.env["crm.followup.log"].search([("kind", "=", "copy")])

    def _deliver_to(self):
        """Let the queue run, and return who gets mails, in the order of addresses."""
        with self.mock_smtplib_connection():
            self._deliver(SENT)
        return sorted(
            address for email in self.emails for address in email["smtp_to_list"]
        )

    def test_copy(self):
        """The same letter, with a link of their own; the deal keeps it once."""
        self._begin()
        self.assertEqual(self._deliver_to(), [ARCHITECT, CUSTOMER])
        log = self._copies()
        self.assertEqual(log.email, ARCHITECT)
        self.assertEqual(log.mail_message_id, self.log.mail_message_id)
        for mail in self.emails:
            (address,) = mail["smtp_to_list"]
            parsed = message_from_string(mail["message"], policy=policy.default)
            page = parsed.get_body(("html",)).get_content()
            for text in (parsed["List-Unsubscribe"], page):
                with self.subTest(address):
                    links = re.findall(r"unsubscribe\?email=([^&]+)", text)
                    self.assertEqual(set(map(unquote, links)), {address})
        notified = log.mail_message_id.notification_ids
        self.assertEqual(set(notified.mapped("notification_status")), {"sent"})
        self.assertIn(self.architect, notified.res_partner_id)

    def test_nobody_else(self):
        """People get nothing unasked."""
        self.lead.stakeholder_ids.gets_followups = False
        self._begin()
        self.assertEqual(self._deliver_to(), [CUSTOMER])

    def test_unsubscribed(self):
        """They get no copy any more, also of what waits; the customer's go on."""
        self._begin()
        self.env["crm.followup.opt.out"]._unsubscribe(ARCHITECT)
        self.assertEqual(self._deliver_to(), [CUSTOMER])
        self.assertTrue(self._copies().is_cancelled)
        self.assertFalse(self.log.is_cancelled)
        self._run(LATER)
        self.assertEqual(len(self._copies()), 1)
        self.assertEqual(self.enrollment.state, "running")

    def test_copy_comes_back(self):
        """Then they get no more, and the customer's go on."""
        self._begin()
        self._deliver_to()
        self._bounce(self._copies())
        self.assertEqual(self.enrollment.state, "running")
        for moment in ("2026-09-10 09:00:00", "2026-09-17 09:00:00", LATER):
            self._run(moment)
        self.assertEqual(self.enrollment.state, "finished")
        self.assertEqual(len(self._mails(self.lead)), 2)
        self.assertEqual(len(self._copies()), 1)

    def test_stop(self):
        """When the sequence stops, copies that wait don't leave either."""
        self._begin()
        self.lead.with_user(self.sofie).action_followup_stop()
        self.assertEqual(self._deliver_to(), [])
        self.assertTrue(self._copies().is_cancelled)

    def test_many_deals(self):
        """One copy is enough for whoever takes part in several deals."""
        other = self._create_lead(email_from="ola@customer.example")
        self._take_part(other)
        leads = self.lead + other
        with freeze_time(SENT):
            wizard = self._compose(leads, mode="mail", template_id=self.letter.id)
            lines = {line.lead_id.id: line.copies for line in wizard.line_ids}
            self.assertEqual(lines, {self.lead.id: ARCHITECT, other.id: ARCHITECT})
            wizard.action_send()
        self.assertEqual(
            self._deliver_to(), [ARCHITECT, CUSTOMER, "ola@customer.example"]
        )

    def test_cap(self):
        """Nobody gets more mails than they may, copies included."""
        self.company.followup_cap = 1
        self._begin()
        other = self._create_lead(email_from="ola@customer.example")
        self._take_part(other)
        with freeze_time(SENT):
            wizard = self._compose(other, mode="mail", template_id=self.letter.id)
            self.assertFalse(wizard.line_ids.copies)
            wizard.action_send()
        self.assertEqual(
            self._deliver_to(), [ARCHITECT, CUSTOMER, "ola@customer.example"]
        )

    def test_contact_of_the_deal(self):
        """Who is the contact as well gets one mail."""
        self.lead.stakeholder_ids = [
            Command.create(
                {"partner_id": self.user.partner_id.id, "gets_followups": True}
            )
        ]
        self._begin()
        self.assertEqual(self._deliver_to(), [ARCHITECT, CUSTOMER])
