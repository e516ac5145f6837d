from odoo import api, fields, models
from odoo.fields import Domain


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    running_followup_count = fields.Integer(compute="_compute_running_followup_count")

    @api.depends("company_id")
    def _compute_running_followup_count(self):
        for settings in self:
            offers = Domain(settings._get_open_offer_domain())
            domain = Domain("state", "=", "running") & Domain(
                "lead_id.offer_ids", "any", offers
            )
            # sudo: who may switch offers off need not see follow-ups
            enrollments_sudo = self.env["crm.followup.enrollment"].sudo()
            settings.running_followup_count = enrollments_sudo.search_count(domain)
