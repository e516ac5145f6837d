from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

# Where taxes are part of the price, a cent of it is less than a cent of the total.
MOST_CORRECTIONS = 3


class SaleOrderTarget(models.TransientModel):
    """Nothing here is computed as superuser: who may not see costs learns none."""

    _name = "sale.order.target"
    _description = "Prices by Margin, Markup or Total"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    target = fields.Selection(
        selection=[
            ("margin", "Margin"),
            ("markup", "Markup"),
            ("net", "Net total"),
        ],
        required=True,
        default="margin",
    )
    percent = fields.Float(
        string="Percentage",
        compute="_compute_percent",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    amount = fields.Monetary(
        string="Net Total",
        compute="_compute_percent",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    order_line_ids = fields.Many2many(
        comodel_name="sale.order.line",
        string="Lines",
        compute="_compute_order_line_ids",
        store=True,
        readonly=False,
        domain="[('order_id', '=', order_id), ('display_type', '=', False)]",
        help="Only the prices of these lines change.",
    )
    line_ids = fields.One2many(
        comodel_name="sale.order.target.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    problem = fields.Char(compute="_compute_line_ids", compute_sudo=False, store=True)
    new_net = fields.Monetary(
        string="New Net Total",
        compute="_compute_new_net",
        compute_sudo=False,
        store=True,
    )
    new_margin = fields.Monetary(
        string="New Profit", compute="_compute_new_net", compute_sudo=False, store=True
    )
    new_margin_percent = fields.Float(
        string="New Margin (%)",
        compute="_compute_new_net",
        compute_sudo=False,
        store=True,
    )

    @api.depends("order_id", "target")
    def _compute_percent(self):
        """Start from what the order has now."""
        for wizard in self:
            order = wizard.order_id
            is_markup = wizard.target == "markup"
            share = order.markup_percent if is_markup else order.margin_percent
            wizard.percent = 100 * share
            wizard.amount = order.amount_untaxed

    @api.depends("order_id")
    def _compute_order_line_ids(self):
        for wizard in self:
            wizard.order_line_ids = wizard.order_id.order_line.filtered(
                lambda line: line._is_price_free()
            )

    @api.depends("order_id", "order_line_ids", "target", "percent", "amount")
    def _compute_line_ids(self):
        for wizard in self:
            try:
                prices = wizard._get_prices()
                wizard.problem = False
            except AccessError:
                raise
            except UserError as error:
                prices = {}
                wizard.problem = str(error)
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "order_line_id": line.id,
                            "price_unit": line.price_unit,
                            "new_price_unit": price,
                            "new_net": line._get_net_at(price),
                        }
                    )
                    for line, price in prices.items()
                ),
            ]

    @api.depends("line_ids", "order_id")
    def _compute_new_net(self):
        for wizard in self:
            order = wizard.order_id._origin
            wizard.new_net = order._get_untaxed_at(
                {
                    line.order_line_id._origin: line.new_price_unit
                    for line in wizard.line_ids
                }
            )
            wizard.new_margin = wizard.new_net - order.amount_cost
            wizard.new_margin_percent = (
                wizard.new_net and wizard.new_margin / wizard.new_net
            )

    def action_apply(self):
        """Write the prices."""
        self.ensure_one()
        self.order_id._check_calculation_open()
        for line, price in self._get_prices().items():
            line.price_unit = price
        return {"type": "ir.actions.act_window_close"}

    def _get_prices(self):
        """Return the unit prices that reach the target (single record).

        What rounding of prices and of taxes leaves over goes to the largest line.

        :return: order line → price
        :rtype: dict
        :raise UserError: when no price can reach it
        """
        self.ensure_one()
        targets = self._get_targets()
        prices = {line: line._get_price_for_net(net) for line, net in targets.items()}
        if not targets:
            return prices
        largest = max(targets, key=targets.get)
        wanted = self._get_wanted_total(targets)
        for _attempt in range(MOST_CORRECTIONS):
            rest = wanted - self.order_id._get_untaxed_at(prices)
            if self.order_id.currency_id.is_zero(rest):
                break
            step = largest._get_price_for_net(targets[largest] + rest)
            step -= largest._get_price_for_net(targets[largest])
            prices[largest] += step
        return prices

    def _get_wanted_total(self, targets):
        """Return what the order is to come to (single record).

        :param dict targets: order line → net amount
        :rtype: float
        """
        if self.target == "net":
            return self.amount
        present = sum(line.price_subtotal for line in targets)
        others = self.order_id.amount_untaxed - present
        return others + self.order_id.currency_id.round(sum(targets.values()))

    def _get_targets(self):
        """Return what each line should come to (single record).

        :return: order line → net amount
        :rtype: dict
        """
        lines = self.order_line_ids._origin.filtered(
            lambda line: line.order_id == self.order_id._origin
            and line._is_price_free()
        )
        if self.target == "net":
            factor = self._get_net_factor(lines)
            return {line: line.price_subtotal * factor for line in lines}
        factor = self._get_cost_factor()
        return {
            line: line.purchase_price * line.product_uom_qty * factor
            for line in lines
            if line.purchase_price
        }

    def _get_net_factor(self, lines):
        """Return by what the present amounts are multiplied to reach a total.

        :rtype: float
        """
        if not self.amount:
            raise UserError(self.env._("Please enter the net total that you want."))
        present = sum(lines.mapped("price_subtotal"))
        wanted = self.amount - (self.order_id.amount_untaxed - present)
        if not present or present < 0:
            raise UserError(
                self.env._("The lines have no price yet that could be raised.")
            )
        if wanted < 0:
            raise UserError(
                self.env._("The other lines alone come to more than this total.")
            )
        return wanted / present

    def _get_cost_factor(self):
        """Return by what costs are multiplied to reach a margin or markup.

        :rtype: float
        """
        share = self.percent / 100
        if self.target == "markup":
            if share < -1:
                raise UserError(self.env._("A markup can't be below -100 %."))
            return 1 + share
        if share >= 1:
            raise UserError(self.env._("A margin is always below 100 %."))
        return 1 / (1 - share)


class SaleOrderTargetLine(models.TransientModel):
    _name = "sale.order.target.line"
    _description = "Price by Margin, Markup or Total"

    wizard_id = fields.Many2one(
        comodel_name="sale.order.target", required=True, ondelete="cascade", index=True
    )
    order_line_id = fields.Many2one(comodel_name="sale.order.line", ondelete="cascade")
    name = fields.Text(related="order_line_id.name")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    price_unit = fields.Float(string="Price", min_display_digits="Product Price")
    new_price_unit = fields.Float(
        string="New Price", min_display_digits="Product Price"
    )
    new_net = fields.Monetary()
