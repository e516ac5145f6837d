from odoo import api, fields, models

from ..reasons import SUSPENDED


class CrmFollowupComposeLine(models.TransientModel):
    _inherit = "crm.followup.compose.line"

    reason = fields.Selection(selection_add=[SUSPENDED])
    copies = fields.Char(
        compute="_compute_copies", help="Other people of the deal who get a copy."
    )

    @api.depends("lead_id", "reason")
    def _compute_copies(self):
        going_out = self.filtered(lambda line: not line.reason).lead_id
        people = going_out._get_followup_copies(uncapped=True)
        nobody = self.env["res.partner"]
        for line in self:
            partners = nobody if line.reason else people.get(line.lead_id.id, nobody)
            line.copies = ", ".join(partners.mapped("email_normalized"))
