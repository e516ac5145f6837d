from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    offer_reply_default = fields.Boolean(
        related="company_id.offer_reply_default", readonly=False
    )
    offer_allow_unsure = fields.Boolean(
        related="company_id.offer_allow_unsure", readonly=False
    )
    offer_access_mode = fields.Selection(
        related="company_id.offer_access_mode", readonly=False
    )
    offer_portal_image = fields.Image(
        related="company_id.offer_portal_image", readonly=False
    )
    offer_portal_message = fields.Html(
        related="company_id.offer_portal_message", readonly=False
    )
    offer_terms_checkbox = fields.Char(
        related="company_id.offer_terms_checkbox", readonly=False
    )
    offer_unsure_reminder_days = fields.Integer(
        related="company_id.offer_unsure_reminder_days", readonly=False
    )
    offer_expiry_reminder_days = fields.Integer(
        related="company_id.offer_expiry_reminder_days", readonly=False
    )
