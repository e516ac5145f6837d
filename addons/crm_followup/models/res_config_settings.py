from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    followup_enabled = fields.Boolean(
        related="company_id.followup_enabled", readonly=False
    )
    followup_cap = fields.Integer(related="company_id.followup_cap", readonly=False)
    followup_cap_days = fields.Integer(
        related="company_id.followup_cap_days", readonly=False
    )
    followup_manual_days = fields.Integer(
        related="company_id.followup_manual_days", readonly=False
    )
