from odoo import fields, models


class SaleOfferDecline(models.TransientModel):
    _name = "sale.offer.decline"
    _description = "Mark an Offer as Declined"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_decline(self):
        self.ensure_one()
        self.order_id._offer_decline(self.reason)
        return {"type": "ir.actions.act_window_close"}
