from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _offer_post_rendered(self, *args, **kwargs):
        """Confirmations and reminders go out by themselves: nobody has written."""
        order = self.with_context(mail_is_automatic=True)
        return super(SaleOrder, order)._offer_post_rendered(*args, **kwargs)
