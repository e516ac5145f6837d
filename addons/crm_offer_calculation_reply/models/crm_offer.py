from odoo import models
from odoo.fields import Command


class CrmOffer(models.Model):
    _inherit = "crm.offer"

    def _mark_sent(self):
        result = super()._mark_sent()
        for offer in self:
            asked = offer.variant_ids.filtered(
                lambda order: order.offer_reply_enabled and order.state == "sent"
            )
            offer._record_sent_variants(asked)
        return result

    def _record_sent_variants(self, variants):
        """Freeze what was sent of each variant, all under one number, and let everybody
        answer who gets the offer (single record).

        :param variants: `sale.order`, those that customers answer line by line
        """
        self.ensure_one()
        # sudo: versions count whosever they are
        history_sudo = self.env["sale.offer.history"].sudo()
        number = history_sudo._get_next_number(variants, "sent")
        people = Command.set(self.recipient_ids.ids)
        for order in variants:
            # The customer alone needs not be named.
            if self.recipient_ids != order.partner_id:
                order.offer_contact_ids |= self.recipient_ids
            # The portal page must not have to create its token on reading.
            order._portal_ensure_token()
            order._offer_record(
                "sent",
                order._get_offer_manager_identity(),
                recipient_ids=[people],
                number=number,
            )
