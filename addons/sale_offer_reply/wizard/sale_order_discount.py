from odoo import models


class SaleOrderDiscount(models.TransientModel):
    _inherit = "sale.order.discount"

    def _prepare_global_discount_so_lines(self, base_lines):
        """Keep the percentage, so that a reply can compute the discount anew."""
        vals_list = super()._prepare_global_discount_so_lines(base_lines)
        if self.discount_type == "so_discount":
            for vals in vals_list:
                vals["offer_discount_percent"] = self.discount_percentage * 100
        return vals_list
