from odoo import api, fields, models


class CrmLeadStakeholder(models.Model):
    _name = "crm.lead.stakeholder"
    _description = "Person in a Deal"
    _order = "id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Deal",
        required=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        ondelete="cascade",
        index=True,
    )
    role_id = fields.Many2one(
        comodel_name="crm.stakeholder.role", ondelete="set null", index=True
    )
    attitude = fields.Selection(
        selection=[
            ("champion", "Champion"),
            ("positive", "In favour"),
            ("neutral", "Neutral"),
            ("negative", "Against"),
        ],
        help="How this person thinks of buying from you.",
    )
    gets_offers = fields.Boolean(
        help="Receives offers on the deal, with a link of their own.",
    )
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    note = fields.Char()

    _person_uniq = models.UniqueIndex(
        "(lead_id, partner_id)", "This person is part of the deal already."
    )

    @api.depends("partner_id", "role_id")
    def _compute_display_name(self):
        for person in self:
            names = [person.partner_id.display_name, person.role_id.name]
            person.display_name = ", ".join(filter(None, names))
