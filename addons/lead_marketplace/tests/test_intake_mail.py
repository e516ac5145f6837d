from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import MarketCommon

MAIL = """Return-Path: <{sender}>
{headers}To: {to}
From: Vera Customer <{sender}>
Subject: Memorial for Ivanova
Message-Id: <{id}@private.example>
Date: Mon, 12 Jan 2026 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

{body}
"""
SENDER = "vera.customer@private.example"
BODY = "A stele of dark granite.\n\nVera Customer, +47 21 00 00 07"


@tagged("post_install", "-at_install")
class TestIntakeMail(MarketCommon, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Intake",
                "market_intake": True,
                "use_leads": True,
                "alias_name": "market-intake",
                "user_id": cls.operator.id,
                "company_id": cls.company.id,
            }
        )

    def _receive(self, body=BODY, sender=SENDER, headers=""):
        mail = MAIL.format(
            sender=sender,
            to=f"{self.team.alias_name}@{self.team.alias_domain_id.name}",
            id=self._next_id(),
            body=body,
            headers=headers,
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process("crm.lead", mail)
            self.flush_tracking()
            self.env["mail.mail"].process_email_queue()
        return self.env["crm.lead"].search([], order="id desc", limit=1)

    def _next_id(self):
        self.last_id = getattr(self, "last_id", 0) + 1
        return self.last_id

    def test_programs_get_no_answer(self):
        lead = self._receive(headers="Auto-Submitted: auto-replied\n")
        self.assertEqual(lead.market_request_id.state, "draft")
        told = [mail for mail in self._mails if SENDER in str(mail["email_to"])]
        self.assertFalse(told)

    def test_mail_becomes_a_draft(self):
        lead = self._receive()
        request = lead.market_request_id
        self.assertEqual(request.state, "draft")
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.email_normalized, SENDER)
        self.assertTrue(lead.market_token)
        self.assertIn("dark granite", request.description)

    def test_nothing_of_it_is_published_blindly(self):
        """The text is held by the detectors, and the subject goes nowhere."""
        lead = self._receive()
        request = lead.market_request_id
        self.assertFalse(request.name)
        self.assertNotIn("Ivanova", lead.name)
        self.assertIn("looks like a contact", request.problems)
        self.assertIn("agreed", request.problems)

    def test_sender_gets_the_link(self):
        lead = self._receive()
        sent = [mail for mail in self._mails if SENDER in mail["email_to"]]
        self.assertEqual(len(sent), 1)
        self.assertIn(lead.market_token, sent[0]["body"])
        self.assertEqual(sent[0]["email_to"], [SENDER])

    def test_other_teams_are_left_alone(self):
        self.team.market_intake = False
        lead = self._receive()
        self.assertFalse(lead.market_request_id)
        self.assertFalse([m for m in self._mails if SENDER in m["email_to"]])
