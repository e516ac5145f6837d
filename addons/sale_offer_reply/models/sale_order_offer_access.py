import uuid

from odoo import models


class SaleOrder(models.Model):
    """Who reaches the offer by a link."""

    _inherit = "sale.order"

    def action_offer_revoke_links(self):
        """Make every link to the orders useless that was sent so far.

        Personal links are signed with the same token, so they end with it.
        """
        self.check_access("write")
        for order in self:
            order.access_token = str(uuid.uuid4())
            order.message_post(
                body=self.env._(
                    "All links to this order were revoked. Send it again to give the "
                    "customer a new one."
                )
            )
