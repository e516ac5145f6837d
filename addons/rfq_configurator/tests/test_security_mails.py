from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.common import MailFaultTests

from .common_rfq import RfqCommon

NOTICES = 9


@tagged("post_install", "-at_install")
class TestSecurityMails(MailFaultTests, RfqCommon):
    """A mail server that is down delays every notice, and does nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.mail"].search([]).write({"state": "cancel"})

    def _cause_notices(self):
        """Let everything happen that somebody is told of, and return its mails."""
        known = self.env["mail.mail"].search([])
        self.access._notify()
        asked = self._send({"width": 2500})  # to the customer, the files to the seller
        asked.sudo()._finish()
        asked._ask("Which oak?")
        asked.sudo()._customer_reply(self.contact, "European")
        proposal = asked._counter({"width": 2400}, "A little shorter?")
        proposal.sudo()._customer_accept_counter()
        refused = self._send()
        refused._reject("We are booked out.")
        mails = self.env["mail.mail"].search([]) - known
        self.assertEqual(len(mails), NOTICES, mails.mapped("subject"))
        self.assertEqual(set(mails.mapped("is_resent")), {True})
        return mails
