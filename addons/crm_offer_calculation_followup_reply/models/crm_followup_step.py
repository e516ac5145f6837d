from odoo import fields, models


class CrmFollowupStep(models.Model):
    _inherit = "crm.followup.step"

    offer_condition = fields.Selection(
        selection_add=[("unsure", "The customer is unsure about lines")]
    )

    def _is_offer_as_asked(self, offer):
        if self.offer_condition == "unsure":
            return any(
                order.state == "sent" and order.offer_unsure_count
                for order in offer.variant_ids
            )
        return super()._is_offer_as_asked(offer)
