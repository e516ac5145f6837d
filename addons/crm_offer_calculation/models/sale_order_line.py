from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare
from odoo.tools.sql import column_exists, create_column


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # What is precomputed is read as whoever creates the line: those who may not see
    # costs could create none.
    margin = fields.Float(
        groups="crm_offer_calculation.group_see_cost", precompute=False
    )
    margin_percent = fields.Float(
        groups="crm_offer_calculation.group_see_cost", precompute=False
    )
    purchase_price = fields.Float(
        groups="crm_offer_calculation.group_see_cost", precompute=False
    )

    markup_percent = fields.Float(
        string="Markup",
        compute="_compute_markup_percent",
        inverse="_inverse_markup_percent",
        compute_sudo=False,
        aggregator=None,
        groups="crm_offer_calculation.group_see_cost",
        help="Profit in relation to the cost. Setting it sets the price.",
    )
    cost_date = fields.Date(
        compute="_compute_cost_date",
        store=True,
        groups="crm_offer_calculation.group_see_cost",
        help="Since when the line has this cost.",
    )
    cost_manual = fields.Boolean(
        string="Cost by Hand",
        compute="_compute_cost_manual",
        store=True,
        groups="crm_offer_calculation.group_see_cost",
        help="The cost is not that of the product: somebody entered it. It stays when "
        "costs are refreshed, unless you want it replaced.",
    )

    def _auto_init(self):
        """Leave empty what nobody knows of lines that were there before."""
        for name, kind in (("cost_date", "date"), ("cost_manual", "bool")):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    @api.depends("name")
    @api.depends_context("in_order")
    def _compute_display_name(self):
        """Where all lines are of one order, its number is left out, and what the line
        is called stands first."""
        result = super()._compute_display_name()
        if self.env.context.get("in_order"):
            for line in self.filtered("name"):
                line.display_name = line.name.splitlines()[0]
        return result

    @api.depends("price_subtotal", "purchase_price", "product_uom_qty")
    def _compute_markup_percent(self):
        for line in self:
            line.markup_percent = line._get_markup()

    def _inverse_markup_percent(self):
        for line in self:
            # Forms send what they show, of lines as well that have no price of their
            # own, as those of optional products.
            if not float_compare(line.markup_percent, line._get_markup(), 6):
                continue
            line.order_id._check_calculation_open()
            if not line._is_price_free() or not line.purchase_price:
                raise UserError(
                    self.env._(
                        "The price of %(line)s does not follow from its cost.",
                        line=line.name,
                    )
                )
            cost = line.purchase_price * line.product_uom_qty
            line.price_unit = line._get_price_for_net(cost * (1 + line.markup_percent))

    @api.depends("purchase_price")
    def _compute_cost_date(self):
        for line in self:
            line.cost_date = line.purchase_price and fields.Date.context_today(line)

    @api.depends("purchase_price")
    def _compute_cost_manual(self):
        """What the product costs is compared at the moment when the cost is written."""
        for line in self:
            # A line in a form has no cost yet that somebody would have written.
            line.cost_manual = bool(line.id) and (line._get_changed_cost() is not None)

    def _get_markup(self):
        """Return the profit in relation to the cost (single record).

        :rtype: float
        """
        self.ensure_one()
        cost = self.purchase_price * self.product_uom_qty
        return cost and (self.price_subtotal - cost) / cost

    def _is_price_free(self):
        """Return whether the seller sets the price of a line (single record): it does
        not follow from other lines, and something is sold at it.

        :rtype: bool
        """
        self.ensure_one()
        has_rewards = "is_reward_line" in self._fields
        return bool(
            self.product_id
            and not self.display_type
            and not self.is_downpayment
            and not self.combo_item_id
            and self.product_type != "combo"
            and not self._is_delivery()
            and not self._is_discount_line()
            and not (has_rewards and self.is_reward_line)
            and self.product_uom_qty > 0
            and self.discount < 100
        )

    def _get_price_for_net(self, net):
        """Return the unit price at which the line comes to a net amount (single
        record).

        Taxes that are part of the price are added by the core's engine.

        :param float net: amount of the line without taxes, after its discount
        :rtype: float
        """
        self.ensure_one()
        price = net / self.product_uom_qty / (1 - self.discount / 100)
        details = self.tax_ids._get_tax_details(
            price,
            1.0,
            rounding_method="round_globally",
            product=self.product_id,
            product_uom=self.product_uom_id,
            special_mode="total_excluded",
        )
        price += sum(
            tax_data["tax_amount"]
            for tax_data in details["taxes_data"]
            if tax_data["tax"].price_include
        )
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return round(price, digits)

    def _get_net_at(self, price_unit):
        """Return the net amount of the line at a unit price (single record).

        :rtype: float
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        base_line = self._prepare_base_line_for_taxes_computation(price_unit=price_unit)
        taxes = self.env["account.tax"]
        taxes._add_tax_details_in_base_line(base_line, company)
        taxes._round_base_lines_tax_details([base_line], company)
        return base_line["tax_details"]["total_excluded_currency"]

    def _get_changed_cost(self):
        """Return the cost that a new line would have now, None where this one has it
        (single record).

        :rtype: float | None
        """
        self.ensure_one()
        if not self.product_id or self.display_type:
            return None
        line = self.new(origin=self)
        line._compute_purchase_price()
        digits = self.env["decimal.precision"].precision_get("Product Price")
        cost = line.purchase_price
        if not float_compare(self.purchase_price, cost, precision_digits=digits):
            return None
        return cost
