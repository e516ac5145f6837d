from odoo import fields, models

from ..reasons import NOT_NOW, OBSTACLES


class CrmFollowupComposeLine(models.TransientModel):
    _name = "crm.followup.compose.line"
    _description = "Deal That Gets a Follow-up, or Not"
    _order = "reason, id"

    compose_id = fields.Many2one(
        "crm.followup.compose", required=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead", string="Deal", required=True, ondelete="cascade"
    )
    email = fields.Char(related="lead_id.email_normalized", string="To")
    partner_id = fields.Many2one(related="lead_id.partner_id")
    user_id = fields.Many2one(related="lead_id.user_id", string="From")
    reason = fields.Selection([*OBSTACLES, *NOT_NOW], string="Gets None Because")
