from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # sudo: customers, who can't read deals, write on the portal
        self.sudo().opportunity_id._followup_hear_letter(message)
        return result
