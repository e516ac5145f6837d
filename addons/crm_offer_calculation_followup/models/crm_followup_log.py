from odoo import api, fields, models

from ..reasons import REASONS, STOPPING


class CrmFollowupLog(models.Model):
    _inherit = "crm.followup.log"

    kind = fields.Selection(
        selection_add=[
            ("offer_sent", "Offer sent"),
            ("offer_answer", "The customer chose or answered"),
            ("offer_accept", "Offer accepted"),
        ],
        ondelete={name: "cascade" for name in STOPPING},
    )
    reason = fields.Selection(selection_add=REASONS)

    @api.model
    def _get_stop_reasons(self):
        return super()._get_stop_reasons() | STOPPING
