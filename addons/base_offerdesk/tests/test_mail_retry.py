import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .common import QUEUE, MailFaultTests

ADDRESS = "kari@customer.example"


@tagged("post_install", "-at_install")
class TestMailRetry(MailFaultTests, TransactionCase):
    """A mail server that is down delays the mails, and does nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Leave out what other data has waiting.
        cls.env["mail.mail"].search([]).write({"state": "cancel"})

    def _create_mail(self, **vals):
        return self.env["mail.mail"].create(
            {
                "subject": "Hello",
                "body_html": "<p>Hello</p>",
                "email_from": "sofie@seller.example",
                "email_to": ADDRESS,
                "is_resent": True,
                "auto_delete": False,
                **vals,
            }
        )

    def _create_failed(self, **vals):
        return self._create_mail(
            **{"state": "exception", "failure_type": "unknown", **vals}
        )

    def _cause_notices(self):
        return self._create_mail()

    def test_queue_is_woken_up(self):
        """The hourly run is not waited for."""
        self._create_failed()
        triggers = self._get_triggers()
        self._requeue_mails()
        new = self._get_triggers() - triggers
        self.assertTrue(new)
        self.assertLessEqual(min(new.mapped("call_at")), fields.Datetime.now())

    def test_queue_is_left_alone(self):
        """Nothing to send, nothing to wake up for."""
        self._create_failed(state="sent")
        triggers = self._get_triggers()
        self._requeue_mails()
        self.assertEqual(self._get_triggers(), triggers)

    def _get_triggers(self):
        queue = self.env.ref(QUEUE)
        return self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)])

    def test_refused_for_good(self):
        """An address that does not exist is not tried over and over."""
        error = smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"No such user")})
        for vals in (
            {"failure_reason": f"Mail delivery failed: {error}"},
            {"failure_type": "mail_email_invalid"},
        ):
            with self.subTest(**vals):
                mail = self._create_failed(**vals)
                self._requeue_mails()
                self.assertEqual(mail.state, "exception")

    def test_given_up_after_days(self):
        mail = self._create_failed()
        self.env.flush_all()
        created = fields.Datetime.now() - timedelta(days=6)
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = %s WHERE id = %s", (created, mail.id)
        )
        self._requeue_mails()
        self.assertEqual(mail.state, "exception")

    def test_pauses_grow(self):
        mail = self._create_failed()
        created = mail.create_date
        self.assertTrue(mail._may_resend(created + timedelta(minutes=5)))
        day = timedelta(days=1)
        with patch.object(type(mail), "write_date", created + day):
            self.assertFalse(mail._may_resend(created + day / 48 + day))
            self.assertTrue(mail._may_resend(created + day / 16 + day))

    def test_other_mails_are_left_alone(self):
        mail = self._create_failed(is_resent=False, failure_type="mail_smtp")
        self._requeue_mails()
        self.assertEqual(mail.state, "exception")
