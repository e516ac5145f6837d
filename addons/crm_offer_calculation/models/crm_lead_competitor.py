from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLeadCompetitor(models.Model):
    _name = "crm.lead.competitor"
    _description = "Competitor in a Deal"
    _order = "is_winner desc, id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Deal",
        required=True,
        ondelete="cascade",
        index=True,
    )
    competitor_id = fields.Many2one(
        comodel_name="crm.competitor", required=True, ondelete="restrict", index=True
    )
    amount = fields.Monetary(string="Their Offer", help="What they offered, if known.")
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
    )
    threat = fields.Selection(
        selection=[("low", "Low"), ("medium", "Medium"), ("high", "High")],
        default="medium",
    )
    strengths = fields.Char()
    weaknesses = fields.Char()
    is_winner = fields.Boolean(string="Won the Deal")

    _competitor_uniq = models.UniqueIndex(
        "(lead_id, competitor_id)", "This competitor is part of the deal already."
    )

    @api.depends("lead_id")
    def _compute_currency_id(self):
        for line in self:
            if not line.currency_id:
                lead = line.lead_id
                line.currency_id = lead.deal_currency_id or lead.company_currency

    @api.depends("competitor_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.competitor_id.name

    @api.constrains("is_winner", "lead_id")
    def _check_is_winner(self):
        for lead in self.lead_id:
            if len(lead.competitor_line_ids.filtered("is_winner")) > 1:
                raise ValidationError(self.env._("Only one competitor can win a deal."))
