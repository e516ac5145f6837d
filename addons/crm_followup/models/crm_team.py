from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    followup_sequence_id = fields.Many2one(
        "crm.followup.sequence",
        string="Follow-up Sequence",
        check_company=True,
        index="btree_not_null",
        help="Suggested when a follow-up is started on a deal of the team.",
    )
