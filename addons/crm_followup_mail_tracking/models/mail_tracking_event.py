from odoo import api, models


class MailTrackingEvent(models.Model):
    _inherit = "mail.tracking.event"

    @api.model
    def process_open(self, tracking_email, metadata):
        vals = super().process_open(tracking_email, metadata)
        if message := tracking_email.mail_message_id:
            # sudo: whoever opens a mail is nobody to Odoo
            self.env["crm.followup.log"].sudo()._note_open(message)
            self._note_offer_open(message.sudo(), tracking_email.partner_id)
        return vals

    def _note_offer_open(self, message, partner):
        """Count on an offer, where there are offers, that its mail was opened.

        :param message: `mail.message` that went out, as superuser
        :param partner: `res.partner`, empty when nobody knows who it was
        """
        if message.model == "crm.offer" and "crm.offer" in self.env:
            # sudo: see `process_open`
            offer_sudo = self.env["crm.offer"].sudo().browse(message.res_id)
            offer_sudo.exists()._record_event("mail_open", partner)
