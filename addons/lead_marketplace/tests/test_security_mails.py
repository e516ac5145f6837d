from odoo.tests import TransactionCase, tagged

from odoo.addons.base_offerdesk.tests.common import MailFaultTests

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestSecurityMails(MailFaultTests, MarketCommon, TransactionCase):
    """A mail server that is down delays every notice, and does nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.mail"].search([]).write({"state": "cancel"})

    def _cause_notices(self):
        """Let everything happen that somebody is told of, and return its mails."""
        known = self.env["mail.mail"].search([])
        request = self._create_published_request()
        lead = request._get_lead()
        lead._market_send("lead_marketplace.mail_template_request_received")
        # as the mail gateway and the scheduler
        take = self._open(request, self.granite_user).with_env(self.env)
        take._send_letter(self.granite_user, "Our offer", "Dear Vera")
        take.message_post(
            body="In June, please.",
            email_from=lead.email_from,
            author_id=False,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        order = self.env["lead.market.order"]._suspect(take, "customer", "Said so")
        order._send("lead_marketplace.mail_template_order_reminder")
        incident = self.env["lead.market.incident"].create(
            {"workshop_id": self.granite.id, "order_id": order.id, "reason": "Late"}
        )
        incident.with_user(self.operator).action_confirm()
        self.marble._send_digest()
        self.granite._send_weekly()
        request._close("expired")
        mails = self.env["mail.mail"].search([]) - known
        # received, published, letter, answer, question, reminder, incident, news, what
        # waits, over
        self.assertEqual(len(mails), 10, mails.mapped("subject"))
        self.assertEqual(set(mails.mapped("is_resent")), {True})
        return mails
