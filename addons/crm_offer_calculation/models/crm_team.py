from odoo import fields, models


class CrmTeam(models.Model):
    """A team is a sales process: its stages, numbers, mails, and what its deals are
    worth."""

    _inherit = "crm.team"

    stage_ids = fields.Many2many(
        comodel_name="crm.stage",
        string="Own Stages",
        help="Stages of no team at all are part of every process.",
    )
    use_calculation = fields.Boolean(
        string="Calculate Offers",
        default=True,
        help="Deals of this process have priced variants. Otherwise their value and "
        "cost are entered by hand.",
    )
    deal_prefix = fields.Char(
        string="Prefix of Deal Numbers",
        inverse="_inverse_deal_prefix",
        help="Deals of this process are numbered on their own, as W/%(year)s/. "
        "Without a prefix they share one sequence with all others.",
    )
    deal_sequence_id = fields.Many2one(
        comodel_name="ir.sequence", readonly=True, copy=False, ondelete="set null"
    )
    deal_next_number = fields.Integer(
        related="deal_sequence_id.number_next_actual", string="Next Number"
    )
    value_policy = fields.Selection(
        selection=[
            ("main", "Main variant"),
            ("lowest", "Cheapest variant"),
            ("highest", "Dearest variant"),
            ("weighted", "All, by their probability"),
            ("manual", "Entered by hand"),
        ],
        string="Value of a Deal",
        required=True,
        default="main",
        help="Which variants of the latest offer make up the value of a deal, until "
        "one is accepted.",
    )
    min_margin_percent = fields.Float(
        string="Least Margin",
        groups="crm_offer_calculation.group_see_cost",
        help="Salespeople confirm no variant with less; managers do, and customers who "
        "accept what they were sent.",
    )
    offer_mail_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Mail with Offers",
        domain=[("model", "=", "crm.offer")],
        ondelete="set null",
        help="The mail that offers of this process are sent with.",
    )
    keep_siblings = fields.Boolean(
        string="Keep Other Variants Open",
        help="When a variant is accepted, the others stay open and can be accepted as "
        "well, instead of being closed.",
    )

    def _inverse_deal_prefix(self):
        # sudo: managers of sales may number their deals, but not change all sequences
        for team_sudo in self.sudo().filtered("deal_prefix"):
            if not team_sudo.deal_sequence_id:
                team_sudo.deal_sequence_id = (
                    self.env["ir.sequence"]
                    .sudo()
                    .create(team_sudo._prepare_deal_sequence_vals())
                )
            sequence_sudo = team_sudo.deal_sequence_id
            sequence_sudo.prefix = team_sudo.deal_prefix
            # says so at once when there is something in it that means nothing
            sequence_sudo._get_prefix_suffix()

    def _prepare_deal_sequence_vals(self):
        """Return the values of a team's sequence of deal numbers (single record).

        :rtype: dict
        """
        self.ensure_one()
        return {
            "name": self.env._("Deals of %(team)s", team=self.name),
            "code": "crm.lead.number.team",
            "padding": 4,
            "company_id": self.company_id.id,
        }

    def _next_deal_number(self, company):
        """Return the next number for a deal; of no team's own when empty.

        :param company: `res.company`, may be empty
        :rtype: str
        """
        # sudo: who makes deals needs no right on sequences
        sequences_sudo = self.env["ir.sequence"].sudo().with_company(company)
        if self.deal_prefix and self.sudo().deal_sequence_id:
            return self.sudo().deal_sequence_id.next_by_id()
        return sequences_sudo.next_by_code("crm.lead.number")
