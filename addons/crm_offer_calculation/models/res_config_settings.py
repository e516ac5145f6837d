from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_see_cost = fields.Boolean(
        string="Costs and Margins for Everybody",
        implied_group="crm_offer_calculation.group_see_cost",
    )
    offer_calculation_enabled = fields.Boolean(
        related="company_id.offer_calculation_enabled", readonly=False
    )
    offer_accept_wins = fields.Boolean(
        related="company_id.offer_accept_wins", readonly=False
    )
