from odoo.tests import tagged

from .common import FollowupCase


@tagged("post_install", "-at_install")
class TestStatistics(FollowupCase):
    """What a sequence has brought."""

    def test_figures(self):
        leads = self.env["crm.lead"].concat(
            *(self._create_lead(email_from=f"c{n}@c{n}.example") for n in range(4))
        )
        self._start(leads)
        with self.mock_smtplib_connection():
            self._run("2026-09-03 09:10:00")
            self._deliver()
        self._receive("c0@c0.example", self._mails(leads[0]).mail_message_id)
        leads[1].action_set_won()
        self._run("2026-09-08 09:10:00")
        self._run("2026-09-09 09:10:00")
        sequence = self.sequence.with_user(self.manager)
        sequence.invalidate_recordset()
        self.assertEqual(sequence.enrollment_count, 4)
        self.assertEqual(sequence.running_count, 0)
        self.assertEqual(sequence.finished_count, 2)
        self.assertEqual(sequence.stopped_count, 2)
        self.assertEqual(sequence.replied_count, 1)
        self.assertEqual(sequence.reply_rate, 0.25)
        self.assertEqual(sequence.mail_count, 6)
        self.assertEqual(sequence.step_ids.mapped("mail_count"), [4, 2, 2])
        action = sequence.action_view_enrollments()
        self.assertEqual(
            self.env["crm.followup.enrollment"].search_count(action["domain"]), 4
        )
