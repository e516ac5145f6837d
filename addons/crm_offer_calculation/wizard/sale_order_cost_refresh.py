from odoo import Command, api, fields, models
from odoo.tools import float_compare


class SaleOrderCostRefresh(models.TransientModel):
    _name = "sale.order.cost.refresh"
    _description = "Present Costs of an Order"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        comodel_name="sale.order.cost.refresh.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        compute_sudo=False,  # who may not see costs learns none here
        store=True,
        readonly=False,
    )

    @api.depends("order_id")
    def _compute_line_ids(self):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for wizard in self:
            changes = [
                (line, line._get_present_cost())
                for line in wizard.order_id.order_line
                if line.product_id and not line.display_type
            ]
            wizard.line_ids = [
                Command.create(
                    {
                        "order_line_id": line.id,
                        "old_cost": line.purchase_price,
                        "new_cost": cost,
                    }
                )
                for line, cost in changes
                if float_compare(line.purchase_price, cost, precision_digits=digits)
            ]

    def action_apply(self):
        """Write the costs that were shown, and not taken off the list."""
        self.ensure_one()
        self.order_id._check_calculation_open()
        for line in self.line_ids:
            if line.order_line_id.order_id == self.order_id:
                line.order_line_id.purchase_price = line.new_cost
        return {"type": "ir.actions.act_window_close"}


class SaleOrderCostRefreshLine(models.TransientModel):
    _name = "sale.order.cost.refresh.line"
    _description = "Present Cost of an Order Line"

    wizard_id = fields.Many2one(
        comodel_name="sale.order.cost.refresh",
        required=True,
        ondelete="cascade",
        index=True,
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", required=True, ondelete="cascade"
    )
    old_cost = fields.Float(string="Cost so far", min_display_digits="Product Price")
    new_cost = fields.Float(string="Cost now", min_display_digits="Product Price")
