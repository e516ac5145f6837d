from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        left_out = self.filtered(lambda line: line.state == "sale" and line.offer_qty)
        res = super().write(vals)
        # Odoo buys at confirmation only; a line that is taken later comes after it.
        # sudo: as Odoo does at confirmation, sellers need no right to buy
        left_out.filtered("product_uom_qty").sudo()._purchase_service_generation()
        return res

    def _purchase_service_generation(self):
        """Buy nothing for the lines that the customer did not take."""
        taken = self.filtered(lambda line: not line._is_offer_not_taken())
        return super(SaleOrderLine, taken)._purchase_service_generation()
