import uuid

from odoo import api, models
from odoo.tools import consteq


class SaleOrder(models.Model):
    """Who reaches the offer, and by which link."""

    _inherit = "sale.order"

    def _is_offer_open_to(self, user, token=None):
        """Return whether a user who may read the order may see its offer.

        Rules and tokens are checked before; here the company's choice counts whether
        a link is enough, and who the offer is limited to (single record).

        :param user: `res.users` record, the public user for a visitor
        :param str token: access token that the visitor came with
        :rtype: bool
        """
        self.ensure_one()
        if not self.offer_reply_enabled or user._is_internal():
            return True
        if self.company_id.offer_access_mode == "login":
            return not user._is_public() and self._is_offer_contact(user.partner_id)
        has_link = token and self.access_token and consteq(self.access_token, token)
        return bool(has_link) or self._is_offer_contact(user.partner_id)

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, hash=None, pid=None, token=None, **kwargs
    ):
        """Close the conversation together with the offer: it tells as much."""
        thread = super()._get_thread_with_access(
            thread_id, hash=hash, pid=pid, token=token, **kwargs
        )
        if not thread or not self.env.user.share:
            return thread
        # sudo: settings that customers can't read decide what they may see
        order_sudo = thread.sudo()
        is_linked = hash and pid and order_sudo.company_id.offer_access_mode == "link"
        if is_linked or order_sudo._is_offer_open_to(self.env.user, token):
            return thread
        return self.browse()

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
