from odoo import api, fields, models


class CrmLeadLost(models.TransientModel):
    _inherit = "crm.lead.lost"

    competitor_id = fields.Many2one(
        comodel_name="crm.competitor",
        string="Lost to",
        help="The competitor who won the deal, if you know.",
    )
    open_variant_count = fields.Integer(compute="_compute_open_variant_count")
    withdraw_offers = fields.Boolean(
        default=True,
        help="Otherwise the customer can still accept what was sent.",
    )

    @api.depends("lead_ids")
    def _compute_open_variant_count(self):
        for wizard in self:
            counts = wizard.lead_ids.mapped("open_variant_count")
            wizard.open_variant_count = sum(counts)

    def action_lost_reason_apply(self):
        if self.withdraw_offers:
            self.lead_ids.offer_ids.action_withdraw()
        if self.competitor_id:
            self.lead_ids._lose_to(self.competitor_id)
        return super().action_lost_reason_apply()
