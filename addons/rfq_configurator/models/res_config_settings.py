from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rfq_enabled = fields.Boolean(related="company_id.rfq_enabled", readonly=False)
    rfq_retention_days = fields.Integer(
        related="company_id.rfq_retention_days", readonly=False
    )
    rfq_keep_unanswered = fields.Boolean(
        related="company_id.rfq_keep_unanswered", readonly=False
    )
    rfq_button_label = fields.Char(
        related="company_id.rfq_button_label", readonly=False
    )
    rfq_intro_text = fields.Html(related="company_id.rfq_intro_text", readonly=False)
    rfq_notify_seller = fields.Selection(
        related="company_id.rfq_notify_seller", readonly=False
    )
    rfq_notify_partner_ids = fields.Many2many(
        related="company_id.rfq_notify_partner_ids", readonly=False
    )
    rfq_keep_model_on_quotation = fields.Boolean(
        related="company_id.rfq_keep_model_on_quotation", readonly=False
    )
    rfq_max_per_hour = fields.Integer(
        related="company_id.rfq_max_per_hour", readonly=False
    )

    def action_rfq_redate(self):
        """Count the time of existing requests anew, by what is set now."""
        self.ensure_one()
        self.check_access("write")
        # sudo: administrators need not be sellers; they may set how long is kept
        self.env["rfq.request"].sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("purged_on", "=", False),
                ("submitted_on", "!=", False),
            ]
        )._redate()
