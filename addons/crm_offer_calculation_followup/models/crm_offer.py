from odoo import models

# What a customer who has decided does.
DECISIONS = ("choose", "answer", "sign", "pay")


class CrmOffer(models.Model):
    _inherit = "crm.offer"

    def _mark_sent(self):
        result = super()._mark_sent()
        self.lead_id._followup_signal("offer_sent")
        return result

    def _accept(self, order):
        result = super()._accept(order)
        self.lead_id._followup_signal("offer_accept")
        return result

    def _record_event(self, kind, partner, order=None):
        result = super()._record_event(kind, partner, order)
        if kind in DECISIONS:
            self.lead_id._followup_signal("offer_answer")
        return result

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        self.lead_id._followup_hear_letter(message)
        return result
