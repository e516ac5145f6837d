from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What an order costs the seller. No customer may know it."""

    _inherit = "sale.order"

    # Customers read and search their own orders by RPC, and the core hides neither of
    # the figures from them.
    margin = fields.Monetary(groups="crm_offer_calculation.group_see_cost")
    margin_percent = fields.Float(groups="crm_offer_calculation.group_see_cost")
    # The core searches orders by their lines without looking at the rights on fields
    # of lines: the cost of a line could be guessed by asking for orders.
    order_line = fields.One2many(bypass_search_access=False)
    amount_cost = fields.Monetary(
        string="Cost",
        compute="_compute_amount_cost",
        store=True,
        groups="crm_offer_calculation.group_see_cost",
        help="What the order costs you, without taxes.",
    )
    markup_percent = fields.Float(
        string="Markup (%)",
        compute="_compute_amount_cost",
        store=True,
        aggregator=None,
        groups="crm_offer_calculation.group_see_cost",
        help="The profit in relation to the cost. There is none where nothing costs "
        "anything.",
    )

    @api.depends("amount_untaxed", "margin")
    def _compute_amount_cost(self):
        for order in self:
            order.amount_cost = order.amount_untaxed - order.margin
            order.markup_percent = (
                order.amount_cost and order.margin / order.amount_cost
            )

    def action_set_prices(self):
        """Open the window that sets prices by margin, markup or total."""
        return self._open_calculation("sale.order.target", self.env._("Set Prices"))

    def action_refresh_costs(self):
        """Open the window that shows which costs changed."""
        return self._open_calculation(
            "sale.order.cost.refresh", self.env._("Refresh Costs")
        )

    def _open_calculation(self, model, name):
        self.ensure_one()
        self._check_calculation_open()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _check_calculation_open(self):
        """Refuse other prices and costs where the order is settled.

        :raise UserError: with the reason
        """
        for order in self:
            if order.state not in ("draft", "sent") or order.locked:
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed, locked or cancelled.", order=order.name
                    )
                )

    def _get_untaxed_at(self, prices):
        """Return the untaxed total of the order at other unit prices, as the core
        computes it: taxes within prices may be rounded for all lines together (single
        record).

        :param dict prices: order line → unit price; other lines keep theirs
        :rtype: float
        """
        self.ensure_one()
        taxes = self.env["account.tax"]
        base_lines = [
            line._prepare_base_line_for_taxes_computation(
                price_unit=prices.get(line, line.price_unit)
            )
            for line in self._get_priced_lines()
        ]
        base_lines += self._add_base_lines_for_early_payment_discount()
        taxes._add_tax_details_in_base_lines(base_lines, self.company_id)
        taxes._round_base_lines_tax_details(base_lines, self.company_id)
        totals = taxes._get_tax_totals_summary(
            base_lines, self.currency_id, self.company_id
        )
        return totals["base_amount_currency"]
