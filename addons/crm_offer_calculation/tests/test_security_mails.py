from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.base_offerdesk.tests.common import MailFaultTests

from .common import OfferCommon

NOTICES = 3


@tagged("post_install", "-at_install")
class TestSecurityMails(MailFaultTests, OfferCommon):
    """A mail server that is down delays every notice, and does nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.mail"].search([]).write({"state": "cancel"})

    def _cause_notices(self):
        """Send an offer, have it looked at and chosen, and return the mails."""
        self.seller.notification_type = "email"
        offer = self._create_offer([self.window], [self.window, self.door])
        known = self.env["mail.mail"].search([])
        contact = self.portal_user.partner_id
        offer.with_user(self.seller).with_context(mark_offer_as_sent=True).message_post(
            body="Our offer",
            partner_ids=contact.ids,
            subtype_xmlid="mail.mt_comment",
        )
        offer.sent_on -= timedelta(hours=1)
        offer_sudo = offer.with_user(self.env.ref("base.user_root"))
        offer_sudo._record_view(contact)
        offer_sudo.message_post(body="Hello", partner_ids=self.manager.partner_id.ids)
        mails = self.env["mail.mail"].search([]) - known
        self.assertEqual(len(mails), NOTICES, mails.mapped("subject"))
        self.assertEqual(set(mails.mapped("is_resent")), {True})
        return mails
