from odoo import api, models

# Nothing is bought by these.
OTHER_OPERATIONS = ("refund", "validation")


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        # Every way to pay goes through here: the portal, the shop, payment links.
        for transaction in transactions:
            if transaction.operation not in OTHER_OPERATIONS:
                for order in transaction.sale_order_ids:
                    order._check_may_be_paid(transaction.amount)
        return transactions

    def _check_amount_and_confirm_order(self):
        """Leave out what may not start; raising here would lose the payment."""
        short = self.filtered(lambda tx: tx._is_short_for_gate())
        # sudo: payments are processed as whoever pays
        short.sale_order_ids.sudo()._hold("amount")
        return super(PaymentTransaction, self - short)._check_amount_and_confirm_order()

    def _is_short_for_gate(self):
        """Return whether less came than an order under a policy needs (single record).

        The cart may have grown since the payment began.

        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sale_order_ids.sudo()  # sudo: see above
        return (
            len(order_sudo) == 1
            and order_sudo.state in ("draft", "sent")
            and order_sudo._is_gate_subject()
            and order_sudo._is_gate_amount_short()
        )
