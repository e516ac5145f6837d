import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What a prefix is made of besides plain text: a percent sign, a part of the date.
PREFIX_PARTS = re.compile(r"%(%|\(\w+\)s)")


class CrmTeam(models.Model):
    """A team is a sales process: its stages, numbers, mails, and what its deals are
    worth."""

    _inherit = "crm.team"

    stage_ids = fields.Many2many(
        comodel_name="crm.stage",
        string="Own Stages",
        help="Stages of no team at all are part of every process.",
    )
    stage_path = fields.Char(
        string="Deals Go Through",
        compute="_compute_stage_path",
        help="All stages of the process in their order, shared ones included.",
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
    offer_prefix = fields.Char(
        string="Prefix of Offer Numbers",
        inverse="_inverse_offer_prefix",
        help="Offers of this process are numbered on their own. Without a prefix they "
        "share one sequence with all others.",
    )
    offer_sequence_id = fields.Many2one(
        comodel_name="ir.sequence", readonly=True, copy=False, ondelete="set null"
    )
    offer_next_number = fields.Integer(
        related="offer_sequence_id.number_next_actual", string="Next Offer Number"
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

    @api.depends("stage_ids.name", "stage_ids.sequence")
    def _compute_stage_path(self):
        shared = self.env["crm.stage"].search([("team_ids", "=", False)])
        for team in self:
            stages = (shared | team.stage_ids).sorted(
                lambda stage: (stage.sequence, stage.name or "")
            )
            team.stage_path = " → ".join(stages.mapped(lambda one: one.name or ""))

    def _inverse_deal_prefix(self):
        self._set_prefixes("deal")

    def _inverse_offer_prefix(self):
        self._set_prefixes("offer")

    @api.constrains("min_margin_percent")
    def _check_min_margin_percent(self):
        # sudo: who forms processes need not see costs
        if any(team_sudo.min_margin_percent >= 1 for team_sudo in self.sudo()):
            raise ValidationError(self.env._("A margin is always below 100 %."))

    def write(self, vals):
        stages = self.stage_ids if "stage_ids" in vals else self.env["crm.stage"]
        result = super().write(vals)
        stages._remove_unused()
        return result

    def _set_prefixes(self, kind):
        """Have what belongs to these processes numbered by the prefix that was entered.

        :param str kind: `deal` or `offer`
        """
        # sudo: managers of sales may number their deals, but not change all sequences
        for team_sudo in self.sudo().filtered(f"{kind}_prefix"):
            sequence_sudo = team_sudo[f"{kind}_sequence_id"]
            if not sequence_sudo:
                vals = team_sudo._prepare_sequence_vals(kind)
                sequence_sudo = self.env["ir.sequence"].sudo().create(vals)
                team_sudo[f"{kind}_sequence_id"] = sequence_sudo
            sequence_sudo.prefix = team_sudo[f"{kind}_prefix"]
            team_sudo._check_prefix(kind)

    def _check_prefix(self, kind):
        """Refuse a prefix in which something means nothing (single record, as
        superuser).

        :param str kind: `deal` or `offer`
        :raise UserError: with what can be meant
        """
        prefix = self[f"{kind}_prefix"]
        is_known = "%" not in PREFIX_PARTS.sub("", prefix)
        try:
            if is_known:
                self[f"{kind}_sequence_id"]._get_prefix_suffix()
        except UserError:
            is_known = False
        if not is_known:
            raise UserError(
                self.env._(
                    "“%(prefix)s” can't start numbers. Write the year as %%(year)s, "
                    "the month as %%(month)s and the day as %%(day)s.",
                    prefix=prefix,
                )
            )

    def _is_own_process(self):
        """Return whether deals of the team have numbers or stages of their own, or no
        calculation (single record, may be empty).

        :rtype: bool
        """
        return bool(
            self.deal_prefix or self.stage_ids or (self and not self.use_calculation)
        )

    def _prepare_sequence_vals(self, kind):
        """Return the values of a team's own sequence (single record).

        :param str kind: `deal` or `offer`
        :rtype: dict
        """
        self.ensure_one()
        if kind == "deal":
            name = self.env._("Deals of %(team)s", team=self.name)
            code = "crm.lead.number.team"
        else:
            name = self.env._("Offers of %(team)s", team=self.name)
            code = "crm.offer.team"
        return {
            "name": name,
            "code": code,
            "padding": 4,
            "company_id": self.company_id.id,
        }

    def _next_deal_number(self, company):
        """Return the next number for a deal; of no team's own when empty.

        :param company: `res.company`, may be empty
        :rtype: str
        """
        return self._next_number("deal", "crm.lead.number", company)

    def _next_offer_number(self, company):
        """Return the next number for an offer; of no team's own when empty.

        :param company: `res.company`
        :rtype: str
        """
        return self._next_number("offer", "crm.offer", company)

    def _next_number(self, kind, code, company):
        # sudo: who makes deals and offers needs no right on sequences or teams
        team_sudo = self.sudo()
        if team_sudo[f"{kind}_prefix"] and team_sudo[f"{kind}_sequence_id"]:
            return team_sudo[f"{kind}_sequence_id"].next_by_id()
        sequences_sudo = self.env["ir.sequence"].sudo()
        return sequences_sudo.with_company(company).next_by_code(code)
