from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmStakeholderRole(models.Model):
    _name = "crm.stakeholder.role"
    _description = "Role of a Person in a Deal"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: people of deals that the user may not see have it as well
        people_sudo = self.env["crm.lead.stakeholder"].sudo()
        person_sudo = people_sudo.search([("role_id", "in", self.ids)], limit=1)
        if person_sudo:
            raise UserError(
                self.env._(
                    "Somebody in a deal has the role %(role)s. Rename it instead.",
                    role=person_sudo.role_id.name,
                )
            )
