from odoo import api, fields, models


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
