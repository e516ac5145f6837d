from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

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
