from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang
from odoo.tools.float_utils import float_repr

from .. import commission

# What the worked example is reckoned with, in the currency of the company.
EXAMPLE_AMOUNT = 1000.0


class LeadMarketRule(models.Model):
    """What an opened contact owes when it becomes an order.

    The rule that fits best is found once, when the contact is opened, and frozen on the
    take as plain data. Later changes here never apply backwards.
    """

    _name = "lead.market.rule"
    _description = "Commission Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="From", help="First day on which it is agreed.")
    date_to = fields.Date(string="Until", help="Last day on which it is agreed.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Workshop",
        index="btree_not_null",
        help="Agreed with this workshop alone. It comes before rules for a tier.",
    )
    tier_id = fields.Many2one("lead.market.tier", index="btree_not_null")
    category_id = fields.Many2one(
        "lead.market.category", check_company=True, index="btree_not_null"
    )
    commission_type = fields.Selection(
        [
            ("flat", "One percentage"),
            ("marginal", "Brackets, each for its part of the amount"),
            ("whole", "Brackets, for the whole amount"),
        ],
        required=True,
        default="flat",
    )
    percent = fields.Float(string="Percentage", digits=(5, 2), default=10)
    bracket_ids = fields.One2many(
        "lead.market.rule.bracket", "rule_id", string="Brackets", copy=True
    )
    minimum = fields.Monetary(help="The least that an order owes. 0: no minimum.")
    maximum = fields.Monetary(help="The most that an order owes. 0: no maximum.")
    base = fields.Selection(
        [("gross", "Total including taxes"), ("net", "Total without taxes")],
        string="Taken Of",
        required=True,
        default="gross",
    )
    exclusions = fields.Text(
        string="Left Out",
        help="What may be taken off the total before the commission, one name on a "
        "line: delivery, fees paid for the customer.",
    )

    terms_text = fields.Text(
        string="What Workshops Read",
        compute="_compute_terms_text",
        help="The terms in words, with a worked example, as they stand at the button "
        "that opens a contact.",
    )

    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "A percentage is between 0 and 100.",
    )
    _limits_range = models.Constraint(
        "CHECK (minimum >= 0 AND maximum >= 0 AND (maximum = 0 OR minimum <= maximum))",
        "The minimum can't be more than the maximum.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_from <= date_to)", "A rule can't end before it begins."
    )
    _company_idx = models.Index("(company_id, partner_id) WHERE active")

    # === COMPUTE ===

    @api.depends(
        "commission_type",
        "percent",
        "bracket_ids.amount_from",
        "bracket_ids.percent",
        "minimum",
        "maximum",
        "base",
        "exclusions",
        "company_id.market_attribution_months",
        "company_id.market_declare_days",
    )
    def _compute_terms_text(self):
        for rule in self:
            terms = rule._get_terms(rule.company_id)
            rule.terms_text = rule._describe_terms(terms, rule.company_id)

    # === CONSTRAINTS ===

    @api.constrains("partner_id", "tier_id")
    def _check_partner(self):
        for rule in self:
            if rule.partner_id and rule.tier_id:
                raise ValidationError(
                    self.env._("A rule is for a workshop or for a tier, not for both.")
                )
            if rule.partner_id != rule.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._("Choose the company itself, not one of its people.")
                )

    @api.constrains("commission_type", "bracket_ids")
    def _check_brackets(self):
        for rule in self.filtered(lambda r: r.commission_type != "flat"):
            # A gap would be an amount for which nothing was agreed.
            if 0 not in rule.bracket_ids.mapped("amount_from"):
                raise ValidationError(
                    self.env._(
                        "The brackets of %(rule)s begin at 0.", rule=rule.display_name
                    )
                )

    # === BUSINESS ===

    @api.model
    def _find(self, workshop, request):
        """Return the rule under which a workshop opens a contact today.

        :param workshop: `lead.market.workshop`
        :param request: `lead.market.request`
        :return: one rule
        :rtype: recordset
        :raise UserError: when the company has no rule that fits
        """
        company = request.company_id
        today = company._get_market_today()
        rules = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", (False, workshop.partner_id.id)),
                ("tier_id", "in", (False, workshop.tier_id.id)),
                ("category_id", "in", (False, request.category_id.id)),
                "|",
                ("date_from", "=", False),
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ]
        )
        if not rules:
            raise UserError(
                self.env._(
                    "%(company)s has no commission rule for this request. Please ask "
                    "the operator.",
                    company=company.name,
                )
            )
        # Rules come by sequence; the first of the most specific ones is taken.
        return max(rules, key=lambda rule: rule._get_specificity())

    def _get_specificity(self):
        """Return how closely a rule fits (single record); the highest one applies.

        :rtype: int
        """
        self.ensure_one()
        who = 4 if self.partner_id else 2 if self.tier_id else 0
        return who + bool(self.category_id)

    def _get_terms(self, company):
        """Return the terms of a rule as they are frozen on a take (single record).

        :param company: `res.company` whose marketplace it is
        :return: plain data, see `commission`; all amounts in ``currency``
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": self.commission_type,
            "percent": self.percent,
            "brackets": [
                [bracket.amount_from, bracket.percent] for bracket in self.bracket_ids
            ],
            "minimum": self.minimum,
            "maximum": self.maximum,
            "base": self.base,
            "exclusions": self._get_exclusions(),
            "attribution_months": company.market_attribution_months,
            "declare_days": company.market_declare_days,
            "terms_version": company.market_terms_version,
            "currency": company.currency_id.name,
        }

    def _get_exclusions(self):
        lines = (line.strip() for line in (self.exclusions or "").splitlines())
        return [line for line in lines if line]

    @api.model
    def _describe_terms(self, terms, company):
        """Return terms in words, with a worked example.

        :param dict terms: see `_get_terms`
        :param company: `res.company` whose marketplace it is
        :return: plain text of several lines
        :rtype: str
        """
        lines = [
            self._describe_rate(terms),
            *self._describe_limits(terms),
            self._describe_deadline(terms),
            self._describe_example(terms, company),
        ]
        return "\n".join(lines)

    @api.model
    def _describe_rate(self, terms):
        base = (
            self.env._("the order total including taxes")
            if terms["base"] == "gross"
            else self.env._("the order total without taxes")
        )
        if terms["type"] == "flat":
            return self.env._(
                "Commission: %(percent)s %% of %(base)s, only if the order is yours.",
                percent=self._format_percent(terms["percent"]),
                base=base,
            )
        steps = "; ".join(
            self.env._(
                "%(percent)s %% from %(amount)s",
                percent=self._format_percent(percent),
                amount=self._format_amount(start, terms),
            )
            for start, percent in sorted(terms["brackets"])
        )
        if terms["type"] == "whole":
            return self.env._(
                "Commission on %(base)s, only if the order is yours: %(steps)s. The "
                "percentage that is reached holds for the whole amount.",
                base=base,
                steps=steps,
            )
        return self.env._(
            "Commission on %(base)s, only if the order is yours: %(steps)s. Each "
            "percentage holds for its part of the amount.",
            base=base,
            steps=steps,
        )

    @api.model
    def _describe_limits(self, terms):
        lines = []
        if terms["minimum"]:
            lines.append(
                self.env._(
                    "At least %(amount)s for an order.",
                    amount=self._format_amount(terms["minimum"], terms),
                )
            )
        if terms["maximum"]:
            lines.append(
                self.env._(
                    "At most %(amount)s for an order.",
                    amount=self._format_amount(terms["maximum"], terms),
                )
            )
        if terms["exclusions"]:
            lines.append(
                self.env._(
                    "Left out of the total: %(names)s.",
                    names=", ".join(terms["exclusions"]),
                )
            )
        return lines

    @api.model
    def _describe_deadline(self, terms):
        if terms["attribution_months"]:
            return self.env._(
                "It is owed for orders within %(months)s months after opening the "
                "contact, and declared within %(days)s days after the work is done.",
                months=terms["attribution_months"],
                days=terms["declare_days"],
            )
        return self.env._(
            "It is owed whenever the order comes, and declared within %(days)s days "
            "after the work is done.",
            days=terms["declare_days"],
        )

    @api.model
    def _describe_example(self, terms, company):
        amount, _percent = commission.compute(
            terms, EXAMPLE_AMOUNT, company.currency_id.rounding
        )
        return self.env._(
            "Example: an order of %(base)s owes %(amount)s; no order owes nothing.",
            base=self._format_amount(EXAMPLE_AMOUNT, terms),
            amount=self._format_amount(amount, terms),
        )

    @api.model
    def _format_amount(self, amount, terms):
        return formatLang(
            self.env, amount, currency_obj=self._get_terms_currency(terms)
        )

    @api.model
    def _format_percent(self, percent):
        text = formatLang(self.env, percent, digits=2)
        # 10, not 10.00: a price list is read aloud
        return float_repr(percent, 0) if percent == int(percent) else text

    @api.model
    def _get_terms_currency(self, terms):
        """Return the currency that the amounts of terms are in.

        :rtype: recordset of `res.currency`
        """
        return (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", terms["currency"])], limit=1)
        )
