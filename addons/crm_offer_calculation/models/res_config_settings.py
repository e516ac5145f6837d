from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_see_cost = fields.Boolean(
        string="Costs and Margins for Everybody",
        implied_group="crm_offer_calculation.group_see_cost",
    )
