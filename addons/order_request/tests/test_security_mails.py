from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base_offerdesk.tests.common import MailFaultTests

from .common import OrderRequestCommon

NOTICES = 12


@tagged("post_install", "-at_install")
class TestSecurityMails(MailFaultTests, OrderRequestCommon):
    """A mail server that is down delays every notice, and does nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.mail"].search([]).write({"state": "cancel"})

    def _cause_notices(self):
        """Let everything happen that somebody is told of, and return its mails."""
        known = self.env["mail.mail"].search([])
        refused = self._send_request()  # one for each side
        refused._ask("Which colours?")
        refused.sudo()._customer_reply(self.contact, "Blue")
        refused._refuse(self.env["order.request.reason"], "We are booked out.")
        offered = self._send_request()  # one for each side
        soon = fields.Datetime.now() + timedelta(hours=1)
        self._offer(offered, expires_on=soon)
        offered.sudo()._remind_of_offer()
        offered.sudo()._expire()
        self.assertEqual((refused.state, offered.state), ("refused", "expired"))
        order = self._place_order(self.poster).with_env(self.env)
        order._hold()  # one for each side
        mails = self.env["mail.mail"].search([]) - known
        self.assertEqual(len(mails), NOTICES, mails.mapped("subject"))
        self.assertEqual(set(mails.mapped("is_resent")), {True})
        return mails

    def _run_round(self):
        """Let every job run that comes by within five minutes."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET write_date = write_date - interval '5 minutes'"
        )
        self.env.invalidate_all()
        self._requeue_mails()
        self._run_queue()

    def _assert_survives(self, fault):
        """Let all mails fail, twice; repair: each arrives, and once."""
        with self.mock_smtplib_connection():
            with mute_logger("odoo.addons.mail.models.mail_mail"), fault():
                mails = self._cause_notices()
                self._run_queue()
                self._run_round()
                self.assertFalse(self.emails)
            for _round in range(2):
                self._run_round()
            self.assertEqual(len(self.emails), NOTICES)
            self.assertFalse(set(mails.exists().mapped("state")) - {"sent"})
            self._run_round()
            self.assertEqual(len(self.emails), NOTICES)

    def test_nothing_waits_for_the_server(self):
        """No connection is opened while somebody waits for a page."""
        with self.mock_smtplib_connection():
            self._cause_notices()
            self.env.cr.postcommit.run()
            self.assertFalse(self.emails)
