from odoo import fields, models


class CrmLeadStakeholder(models.Model):
    _inherit = "crm.lead.stakeholder"

    gets_followups = fields.Boolean(
        string="Gets Follow-ups",
        help="Gets a copy of the mails of follow-ups, which they can unsubscribe from.",
    )
