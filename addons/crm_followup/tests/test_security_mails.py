from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base_offerdesk.tests.common import MailFaultTests

from .common import CRON, FollowupCase


@tagged("post_install", "-at_install")
class TestSecurityMails(MailFaultTests, FollowupCase, TransactionCase):
    """A mail server that is down delays follow-ups, and does nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # These tests run at the present moment, on whichever day and hour that is.
        cls.sequence.write({"window_from": 0, "window_to": 24})
        cls.calendar.attendance_ids = [
            Command.create(
                {
                    "name": f"Day {day}",
                    "dayofweek": str(day),
                    "hour_from": 8,
                    "hour_to": 16,
                    "day_period": "morning",
                }
            )
            for day in (5, 6)
        ]

    def _cause_mails(self):
        """Let a sequence and a bulk mail go out."""
        first = self._create_lead()
        second = self._create_lead(email_from="berit@berit.example")
        self._start(first, fields.Datetime.now()).next_date = self.env.cr.now()
        self._run_cron(CRON)
        self._compose(second, template_id=self.last_letter.id).action_send()
        mails = self.env["mail.mail"].search([("followup_log_id", "!=", False)])
        self.assertEqual(len(mails), 2)
        self.assertEqual(set(mails.mapped("is_resent")), {True})
        return mails

    def _run_round(self):
        """Let every job run that comes by within five minutes."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET write_date = write_date - interval '5 minutes'"
        )
        self.env.invalidate_all()
        self._run_cron(CRON)
        self._requeue_mails()
        self._run_queue()

    def _assert_survives(self, fault):
        """Let all mails fail, twice; repair: each arrives, and once."""
        with self.mock_smtplib_connection():
            with mute_logger("odoo.addons.mail.models.mail_mail"), fault():
                self._cause_mails()
                self._run_queue()
                self._run_round()
                self.assertFalse(self.emails)
            for _round in range(3):
                self._run_round()
            self.assertEqual(
                sorted(mail["smtp_to_list"][0] for mail in self.emails),
                ["berit@berit.example", "kari@customer.example"],
            )

    def test_nothing_waits_for_the_server(self):
        """No connection is opened while somebody waits for a page."""
        with self.mock_smtplib_connection():
            self._cause_mails()
            self.env.cr.postcommit.run()
            self.assertFalse(self.emails)

    def test_won_while_the_server_was_down(self):
        """The deal is won before the server is back: the question is not asked."""
        with self.mock_smtplib_connection():
            fault = self._fail_connect(ConnectionRefusedError())
            with mute_logger("odoo.addons.mail.models.mail_mail"), fault:
                self._cause_mails()
                self._run_queue()
            logs = self._mails()
            logs[0].lead_id.action_set_won()
            logs[1].lead_id.action_set_lost()
            for _round in range(2):
                self._run_round()
            self.assertFalse(self.emails)
        self.assertEqual(logs.mapped("is_cancelled"), [True, True])
