from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base_offerdesk.tests.common import MailFaultMixin
from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase

# No mails but those that the tests are about.
NO_WELCOME = {"no_reset_password": True}
CRON = "crm_followup.ir_cron_followup"
CUSTOMER = "kari@customer.example"
# A Tuesday, eleven o'clock in Oslo.
START = "2026-09-01 09:00:00"
# When the first mail has left, and when all of a sequence would have.
SENT = "2026-09-03 09:10:00"
LATER = "2026-09-30 09:00:00"
REPLY = """Return-Path: <{sender}>
{headers}To: {to}
From: {sender}
Subject: {subject}
Message-Id: <{id}@customer.example>
{reference}Date: Thu, 3 Sep 2026 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

{body}
"""
BOUNCE = """Return-Path: <>
To: {bounce}
From: MAILER-DAEMON@mail.example
Subject: Undelivered Mail Returned to Sender
Message-Id: <{id}@mail.example>
Date: Thu, 3 Sep 2026 10:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

This mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-Id: {message_id}
To: {recipient}

--b--
"""


class FollowupCase(MailFaultMixin, KeptTemplatesCase):
    """A salesperson, deals, and a sequence: a mail, a call, a last mail.

    Not built on `BaseCommon`: that silences mails and tracking.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What a demo has running is not in the way.
        cls.env["crm.followup.enrollment"].search([]).unlink()
        cls.env["mail.mail"].search([]).write({"state": "cancel"})
        cls.company = cls.env.company
        cls.company.alias_domain_id = cls.env["mail.alias.domain"].create(
            {"name": "followup.example", "bounce_alias": "followup-bounce"}
        )
        cls.calendar = cls._create_calendar()
        cls.company.resource_calendar_id = cls.calendar
        cls.company.write(
            {"followup_cap": 3, "followup_cap_days": 14, "followup_manual_days": 3}
        )
        cls.sofie = cls._create_user("followup_sofie", "Sofie Seller", "salesman")
        cls.colleague = cls._create_user("followup_carl", "Carl Other", "salesman")
        cls.manager = cls._create_user("followup_mats", "Mats Manager", "manager")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Doors",
                "alias_name": "followup-doors",
                "member_ids": [Command.link(cls.sofie.id)],
            }
        )
        cls.stages = cls.env["crm.stage"].create(
            [
                {"name": name, "sequence": number, "team_ids": [cls.team.id]}
                for number, name in enumerate(("Offer", "Talks"), 1)
            ]
        )
        cls.won = cls.env["crm.stage"].create(
            {
                "name": "Won",
                "sequence": 99,
                "is_won": True,
                "team_ids": [cls.team.id],
            }
        )
        cls.letter = cls._create_template("How is it going, {{ object.name }}?")
        cls.last_letter = cls._create_template("Last question")
        cls.sequence = cls.env["crm.followup.sequence"].create(
            {
                "name": "After the offer",
                "step_ids": [
                    Command.create(
                        {
                            "sequence": 1,
                            "delay_days": 2,
                            "template_id": cls.letter.id,
                        }
                    ),
                    Command.create(
                        {
                            "sequence": 2,
                            "delay_days": 3,
                            "kind": "activity",
                            "activity_type_id": cls.env.ref(
                                "mail.mail_activity_data_call"
                            ).id,
                            "summary": "Call Kari",
                        }
                    ),
                    Command.create(
                        {
                            "sequence": 3,
                            "delay_days": 1,
                            "template_id": cls.last_letter.id,
                        }
                    ),
                ],
            }
        )
        cls.team.followup_sequence_id = cls.sequence

    # === PEOPLE AND THINGS ===

    @classmethod
    def _create_user(cls, login, name, role):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,sales_team.group_sale_{role}",
            name=name,
            email=f"{login}@seller.example",
            notification_type="inbox",
            context=NO_WELCOME,
        )

    @classmethod
    def _create_calendar(cls):
        return cls.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "Europe/Oslo",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"Day {day}",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 16,
                                "day_period": "morning",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )

    @classmethod
    def _create_template(cls, subject, **vals):
        return cls.env["mail.template"].create(
            {
                "name": subject,
                "subject": subject,
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "body_html": '<p>Hello <t t-out="object.contact_name"/>!</p>',
                "followup_approved": True,
                **vals,
            }
        )

    @classmethod
    def _create_lead(cls, **vals):
        """Return a deal of the salesperson's, entered by herself."""
        with freeze_time("2026-08-20 09:00:00"):
            lead = (
                cls.env["crm.lead"]
                .with_user(cls.sofie)
                .create(
                    {
                        "name": "Garden room",
                        "type": "opportunity",
                        "contact_name": "Kari Kunde",
                        "email_from": CUSTOMER,
                        "user_id": cls.sofie.id,
                        "team_id": cls.team.id,
                        "stage_id": cls.stages[0].id,
                        **vals,
                    }
                )
            )
            lead.flush_recordset()
        return lead.with_env(cls.env)

    @classmethod
    def _create_partner(cls, name="Kari Kunde", email=CUSTOMER, **vals):
        return cls.env["res.partner"].create({"name": name, "email": email, **vals})

    # === WHAT PEOPLE DO ===

    def _compose(self, leads, user=None, **vals):
        """Return the dialog as it opens for somebody who chose deals in the list."""
        Wizard = (
            self.env["crm.followup.compose"]
            .with_user(user or self.sofie)
            .with_context(active_model="crm.lead", active_ids=leads.ids)
        )
        wizard = Wizard.create(vals)
        # shown at this moment, not when a test looks at it
        wizard.line_ids.mapped("reason")
        return wizard

    def _reasons(self, wizard):
        """Return why deals get nothing, by the deals."""
        return {
            line.lead_id.with_env(self.env): line.reason for line in wizard.line_ids
        }

    def _start(self, leads, moment=START, user=None, sequence=None):
        """Start the sequence from the dialog; returns the enrollments."""
        with freeze_time(moment):
            wizard = self._compose(
                leads,
                user,
                mode="sequence",
                sequence_id=(sequence or self.sequence).id,
            )
            wizard.action_send()
        return self._enrollments(leads)

    def _enrollments(self, leads):
        return self.env["crm.followup.enrollment"].search(
            [("lead_id", "in", leads.ids)], order="id"
        )

    def _run(self, moment):
        """Let the scheduler come by."""
        with freeze_time(moment):
            self._run_cron(CRON)

    def _mails(self, lead=None):
        """Return the messages of follow-ups on a deal, or on all."""
        domain = [("kind", "in", ("mail", "bulk"))]
        if lead:
            domain += [("lead_id", "=", lead.id)]
        return self.env["crm.followup.log"].search(domain, order="id")

    def _deliver(self, moment=None):
        """Let the queue run; what has left is in `self.emails`."""
        with freeze_time(moment or START):
            self._run_queue()

    def _receive(self, sender, answered=None, moment="2026-09-04 10:00:00", **vals):
        """Let a mail come in.

        :param answered: `mail.message` that it answers, none for a fresh letter
        """
        self.last_id = getattr(self, "last_id", 0) + 1
        team = self.team
        raw = REPLY.format(
            **{
                "sender": sender,
                "headers": "",
                "to": f"{team.alias_name}@{team.alias_domain_id.name}",
                "subject": "Re: How is it going",
                "id": self.last_id,
                "reference": f"In-Reply-To: {answered.message_id}\n"
                if answered
                else "",
                "body": "Yes, gladly.",
                **vals,
            }
        )
        with freeze_time(moment):
            self.env["mail.thread"].message_process(None, raw)
        self.env.invalidate_all()

    def _bounce(self, log, moment="2026-09-04 10:00:00"):
        """Let the mail of a row of the log come back."""
        message = log.mail_message_id
        raw = BOUNCE.format(
            bounce=self.team.alias_domain_id.bounce_email,
            id=f"bounce-{log.id}",
            recipient=log.email,
            message_id=message.message_id,
        )
        with freeze_time(moment):
            self.env["mail.thread"].message_process(None, raw)
        self.env.invalidate_all()

    def _kinds(self, lead):
        """Return what the log of a deal tells, in the order of events."""
        lead.invalidate_recordset()
        return lead.followup_log_ids.sorted("id").mapped("kind")

    def _begin(self):
        """Start the sequence on `self.lead`, and let its first mail leave."""
        self.enrollment = self._start(self.lead)
        self._run(SENT)
        self.log = self._mails(self.lead)
        self.assertEqual(len(self.log), 1)

    def assertEnds(self, reason):
        """What was begun stops, and no mail follows."""
        self.env.invalidate_all()
        self.assertStopped(self.enrollment, reason)
        self._run(LATER)
        self.assertEqual(self._mails(self.lead), self.log)

    def assertStopped(self, enrollment, reason):
        self.assertEqual(
            (enrollment.state, enrollment.stop_reason), ("stopped", reason)
        )
        self.assertFalse(enrollment.next_date)

    def assertPlanned(self, enrollment, moment):
        self.assertEqual(enrollment.next_date, fields.Datetime.to_datetime(moment))
