from odoo import Command, api, fields, models


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
        for wizard in self:
            costs = {
                line: line._get_changed_cost() for line in wizard.order_id.order_line
            }
            wizard.line_ids = [
                Command.create(
                    {
                        "order_line_id": line.id,
                        "old_cost": line.purchase_price,
                        "new_cost": cost,
                        "is_manual": line.cost_manual,
                        "is_taken": not line.cost_manual,
                    }
                )
                for line, cost in costs.items()
                if cost is not None
            ]

    def action_apply(self):
        """Write the costs that were shown and ticked."""
        self.ensure_one()
        self.order_id._check_calculation_open()
        for line in self.line_ids.filtered("is_taken"):
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
    name = fields.Text(related="order_line_id.name")
    old_cost = fields.Float(string="Cost so far", min_display_digits="Product Price")
    new_cost = fields.Float(string="Cost now", min_display_digits="Product Price")
    is_manual = fields.Boolean(
        string="By Hand", help="Somebody entered the cost so far."
    )
    is_taken = fields.Boolean(string="Replace")
