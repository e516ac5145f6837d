from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    market_attribution_months = fields.Integer(
        related="company_id.market_attribution_months", readonly=False
    )
    market_declare_days = fields.Integer(
        related="company_id.market_declare_days", readonly=False
    )
    market_show_opened_count = fields.Boolean(
        related="company_id.market_show_opened_count", readonly=False
    )
    market_for_whom = fields.Selection(
        related="company_id.market_for_whom", readonly=False
    )
    market_daily_quota = fields.Integer(
        related="company_id.market_daily_quota", readonly=False
    )
    market_velocity_count = fields.Integer(
        related="company_id.market_velocity_count", readonly=False
    )
    market_on_time_target = fields.Integer(
        related="company_id.market_on_time_target", readonly=False
    )
    market_paid_target = fields.Integer(
        related="company_id.market_paid_target", readonly=False
    )
    market_expire_days = fields.Integer(
        related="company_id.market_expire_days", readonly=False
    )
    market_checkin_days = fields.Integer(
        related="company_id.market_checkin_days", readonly=False
    )
    market_survey_months = fields.Integer(
        related="company_id.market_survey_months", readonly=False
    )
    market_retention_months = fields.Integer(
        related="company_id.market_retention_months", readonly=False
    )
    market_terms = fields.Html(related="company_id.market_terms", readonly=False)
    market_consent = fields.Text(related="company_id.market_consent", readonly=False)
    market_contact_email = fields.Char(
        related="company_id.market_contact_email", readonly=False
    )
    market_contact_phone = fields.Char(
        related="company_id.market_contact_phone", readonly=False
    )
    market_journal_id = fields.Many2one(
        related="company_id.market_journal_id", readonly=False
    )
    market_product_id = fields.Many2one(
        related="company_id.market_product_id", readonly=False
    )
    market_lines_max = fields.Integer(
        related="company_id.market_lines_max", readonly=False
    )
    market_post_invoices = fields.Boolean(
        related="company_id.market_post_invoices", readonly=False
    )
