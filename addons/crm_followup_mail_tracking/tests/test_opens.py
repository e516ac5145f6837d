from odoo.tests import HttpCase, tagged

from odoo.addons.crm_followup.tests.common import CUSTOMER, FollowupCase


@tagged("post_install", "-at_install")
class TestOpens(FollowupCase, HttpCase):
    """That somebody's mail program loads a picture is told, and means little."""

    def setUp(self):
        super().setUp()
        self.lead = self._create_lead()
        self.company.followup_cap = 0
        wizard = self._compose(self.lead, template_id=self.letter.id)
        wizard.action_send()
        log = self._mails(self.lead)
        with self.mock_smtplib_connection():
            self.env["mail.mail"].search([("followup_log_id", "=", log.id)]).send()
        self.tracking = self.env["mail.tracking.email"].search(
            [("mail_message_id", "=", log.mail_message_id.id)]
        )
        self.assertEqual(self.tracking.state, "sent")

    def open(self):
        """Load the picture, as a mail program does."""
        self.authenticate(None, None)
        tracking = self.tracking
        path = f"{self.env.cr.dbname}/{tracking.id}/{tracking.token}"
        self.env.flush_all()
        answer = self.url_open(f"/mail/tracking/open/{path}/blank.gif")
        self.assertEqual(answer.headers["Content-Type"], "image/gif")
        self.env.invalidate_all()

    def test_open_is_told_once(self):
        for _time in range(2):
            self.open()
        self.assertEqual(self._kinds(self.lead), ["bulk", "open"])
        row = self.lead.followup_log_ids.filtered(lambda one: one.kind == "open")
        self.assertEqual(row.email, CUSTOMER)
        self.assertFalse(row.user_id)

    def test_open_stops_nothing(self):
        enrollment = self._start(self.lead)
        self.open()
        self.assertEqual(enrollment.state, "running")
        self.assertIn("open", self._kinds(self.lead))
