from odoo import fields, models


class CrmStakeholderRole(models.Model):
    _name = "crm.stakeholder.role"
    _description = "Role of a Person in a Deal"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
