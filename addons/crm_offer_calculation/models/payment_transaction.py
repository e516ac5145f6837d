from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """Leave out variants that lost; raising here would lose the payment."""
        # sudo: payments are processed as whoever pays
        orders_sudo = self.sale_order_ids.sudo()
        orders_sudo.crm_offer_id._lock()
        for tx in self:
            for order_sudo in tx.sale_order_ids.sudo().filtered("crm_offer_id"):
                order_sudo.crm_offer_id._record_event("pay", tx.partner_id, order_sudo)
        late = self.filtered(
            lambda tx: any(order._get_variant_error() for order in tx.sale_order_ids)
        )
        for order_sudo in late.sale_order_ids.sudo():  # sudo: see above
            order_sudo.crm_offer_id._warn_of_payment(order_sudo)
        return super(PaymentTransaction, self - late)._check_amount_and_confirm_order()
