from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.depends("offer_ids.variant_ids.offer_totals")
    def _compute_expected_revenue(self):
        return super()._compute_expected_revenue()
