from odoo import fields, models


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
