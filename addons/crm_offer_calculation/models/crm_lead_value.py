from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL


class Calculation(NamedTuple):
    """What the offers of a deal say that it is worth."""

    currency: models.BaseModel
    amount: float  # in that currency
    revenue: float  # in the currency of the deal's company
    cost: float  # likewise


class CrmLead(models.Model):
    """What a deal is worth, and what it costs.

    Value and cost are columns that the offers fill. Where offers are switched off they
    keep what was in them and are entered by hand.
    """

    _inherit = "crm.lead"

    expected_revenue = fields.Monetary(
        compute="_compute_expected_revenue", store=True, readonly=False
    )
    expected_cost = fields.Monetary(
        compute="_compute_expected_revenue",
        store=True,
        readonly=False,
        tracking=True,
        currency_field="company_currency",
        groups="crm_offer_calculation.group_see_cost",
    )
    expected_margin = fields.Monetary(
        compute="_compute_expected_margin",
        store=True,
        currency_field="company_currency",
        groups="crm_offer_calculation.group_see_cost",
    )
    expected_margin_percent = fields.Float(
        string="Expected Margin (%)",
        compute="_compute_expected_margin",
        store=True,
        aggregator=None,
        groups="crm_offer_calculation.group_see_cost",
    )
    deal_currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_deal_currency_id",
        store=True,
        readonly=False,
        help="The currency that the deal is talked about in.",
    )
    deal_amount = fields.Monetary(
        compute="_compute_deal_amount",
        inverse="_inverse_deal_amount",
        store=True,
        currency_field="deal_currency_id",
        help="The value of the deal in its own currency.",
    )
    is_value_calculated = fields.Boolean(
        compute="_compute_is_value_calculated",
        help="Whether offers tell the value of the deal.",
    )
    calculated_revenue = fields.Monetary(
        compute="_compute_is_value_calculated",
        currency_field="company_currency",
        help="The value of the deal by its offers.",
    )

    @api.depends(
        "offer_ids.variant_ids.amount_untaxed",
        "offer_ids.variant_ids.amount_cost",
        "offer_ids.variant_ids.currency_id",
        "offer_ids.variant_ids.state",
        "offer_ids.variant_ids.variant_probability",
        "offer_ids.main_variant_id",
    )
    def _compute_expected_revenue(self):
        calculations = self._get_driving_calculations()
        for lead in self:
            calculation = calculations.get(lead._origin)
            if calculation:
                lead.expected_revenue = calculation.revenue
                lead.expected_cost = calculation.cost
            else:
                lead.expected_revenue = lead.expected_revenue
                lead.expected_cost = lead.expected_cost

    @api.depends("expected_revenue", "expected_cost")
    def _compute_expected_margin(self):
        for lead in self:
            lead.expected_margin = lead.expected_revenue - lead.expected_cost
            lead.expected_margin_percent = (
                lead.expected_revenue and lead.expected_margin / lead.expected_revenue
            )

    @api.depends(
        "company_id",
        "offer_ids.variant_ids.currency_id",
        "offer_ids.variant_ids.state",
        "offer_ids.main_variant_id",
    )
    def _compute_deal_currency_id(self):
        calculations = self._get_driving_calculations()
        for lead in self:
            if calculation := calculations.get(lead._origin):
                lead.deal_currency_id = calculation.currency
            elif not lead.deal_currency_id:
                lead.deal_currency_id = lead.company_currency

    @api.depends("expected_revenue", "deal_currency_id")
    def _compute_deal_amount(self):
        calculations = self._get_driving_calculations()
        for lead in self:
            if calculation := calculations.get(lead._origin):
                lead.deal_amount = calculation.amount
            elif not lead._is_deal_amount_kept():
                lead.deal_amount = lead._convert_value(
                    lead.expected_revenue, lead.company_currency, lead.deal_currency_id
                )

    def _inverse_deal_amount(self):
        for lead in self:
            if not lead._is_deal_amount_kept():
                lead.expected_revenue = lead._convert_value(
                    lead.deal_amount, lead.deal_currency_id, lead.company_currency
                )

    @api.depends("expected_revenue", "use_calculation", "team_id.value_policy")
    def _compute_is_value_calculated(self):
        calculations = self._get_calculations()
        for lead in self:
            calculation = calculations.get(lead._origin)
            lead.is_value_calculated = bool(calculation) and lead._is_value_driven()
            lead.calculated_revenue = (
                calculation.revenue if calculation and lead.use_calculation else 0
            )

    @api.onchange("deal_amount")
    def _onchange_deal_amount(self):
        self._inverse_deal_amount()

    def _read_group_select(self, aggregate_spec, query):
        """Tell the margin of many deals by the sums of value and cost, which PostgreSQL
        has anyway: it sorts all deals when it is to add up many columns at once."""
        if aggregate_spec != "expected_margin:sum":
            return super()._read_group_select(aggregate_spec, query)
        # Who may see the cost may see the margin.
        return SQL(
            "%s - %s",
            super()._read_group_select("expected_revenue:sum", query),
            super()._read_group_select("expected_cost:sum", query),
        )

    def action_apply_calculation(self):
        """Take over the value that the offers tell, after it was entered by hand."""
        self._check_calculation()
        # sudo: the cost goes with the value, whether the user may see it or not
        self.check_access("write")
        for lead_sudo, calculation in self.sudo()._get_calculations().items():
            lead_sudo.write(
                {
                    "expected_revenue": calculation.revenue,
                    "expected_cost": calculation.cost,
                    "deal_currency_id": calculation.currency.id,
                }
            )

    def _is_deal_amount_kept(self):
        """Return whether value and amount say the same: then neither is converted
        again, which would lose cents (single record).

        :rtype: bool
        """
        self.ensure_one()
        value = self._convert_value(
            self.deal_amount, self.deal_currency_id, self.company_currency
        )
        return self.company_currency.compare_amounts(value, self.expected_revenue) == 0

    def _convert_value(self, amount, currency, to_currency):
        if not currency or not to_currency:
            return amount
        company = self.company_id or self.env.company
        return currency._convert(
            amount or 0, to_currency, company, fields.Date.context_today(self)
        )

    def _is_value_driven(self):
        """Return whether offers fill the value of the deal (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.use_calculation and self.team_id.value_policy != "manual"

    def _get_driving_calculations(self):
        """Return the calculations of the deals whose value offers fill.

        :return: lead → `Calculation`
        :rtype: dict
        """
        return self.filtered(lambda lead: lead._is_value_driven())._get_calculations()

    def _get_calculations(self):
        """Return what the offers of deals say.

        Variants are searched instead of read from the deal: who looked at a deal
        before may not see all of them, and caches don't know that.

        :return: lead → `Calculation`, without the deals that have no open offer
        :rtype: dict
        """
        # sudo: the value counts all variants, whosever they are
        variants_sudo = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("crm_offer_id.lead_id", "in", self.ids),
                    ("state", "!=", "cancel"),
                ],
                order="id",
            )
        )
        by_lead = variants_sudo.grouped(lambda order: order.crm_offer_id.lead_id)
        return {
            lead: lead._calculate(variants)
            for lead, variants in ((one, by_lead.get(one)) for one in self._origin)
            if variants
        }

    def _calculate(self, variants):
        """Return what variants make up the value, and how much (single record).

        :param variants: `sale.order`, none of them cancelled
        :rtype: Calculation
        """
        self.ensure_one()
        shares = self._get_shares(variants)
        company_currency = self.company_currency

        def total(name, currency):
            return sum(
                share
                * order._convert_variant_amount(
                    order._get_variant_amounts()[name], currency
                )
                for order, share in shares
            )

        currencies = {order.currency_id for order, _share in shares}
        currency = currencies.pop() if len(currencies) == 1 else company_currency
        return Calculation(
            currency=currency,
            amount=total("amount_untaxed", currency),
            revenue=total("amount_untaxed", company_currency),
            cost=total("amount_cost", company_currency),
        )

    def _get_shares(self, variants):
        """Return which variants count, and by how much (single record).

        What is accepted counts alone. Before, it is up to the team's policy.

        :return: list of (order, share)
        """
        accepted = variants.filtered(lambda order: order.state == "sale")
        if accepted:
            return [(order, 1) for order in accepted]
        latest = max(variants.crm_offer_id, key=lambda offer: offer.id)
        variants = variants.filtered(lambda order: order.crm_offer_id == latest)
        policy = self.team_id.value_policy or "main"
        if policy == "weighted" and any(variants.mapped("variant_probability")):
            return [(order, order.variant_probability / 100) for order in variants]
        if policy in ("lowest", "highest"):
            choose = min if policy == "lowest" else max
            currency = self.company_currency
            chosen = choose(
                variants,
                key=lambda order: order._convert_variant_amount(
                    order._get_variant_amounts()["amount_untaxed"], currency
                ),
            )
            return [(chosen, 1)]
        main = variants & latest.main_variant_id
        return [(main or variants[0], 1)]

    def _merge_opportunity(self, *args, **kwargs):
        lead = super()._merge_opportunity(*args, **kwargs)
        # The core takes the value of one of the deals, whatever the offers say now.
        # sudo: the cost goes with the value, whether the user may see it or not
        lead.sudo()._compute_expected_revenue()
        return lead

    def _update_revenues_from_so(self, order):
        # The core only ever raises the value, to any quotation that is confirmed.
        if order.crm_offer_id:
            return None
        return super()._update_revenues_from_so(order)
