from odoo import fields, models


class CrmCompetitor(models.Model):
    _name = "crm.competitor"
    _description = "Competitor"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Contact", ondelete="set null"
    )
    strengths = fields.Text()
    weaknesses = fields.Text()
    lead_line_ids = fields.One2many(
        comodel_name="crm.lead.competitor",
        inverse_name="competitor_id",
        string="Deals",
    )

    _name_uniq = models.UniqueIndex(
        "(lower(name))", "There is a competitor of this name already."
    )
