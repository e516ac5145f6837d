from odoo import fields, models

from ..reasons import SUSPENDED


class CrmFollowupComposeLine(models.TransientModel):
    _inherit = "crm.followup.compose.line"

    reason = fields.Selection(selection_add=[SUSPENDED])
