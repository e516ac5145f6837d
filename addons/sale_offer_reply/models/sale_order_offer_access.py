import uuid

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq

from odoo.addons.base_offerdesk.form_values import clean_token
from odoo.addons.portal.utils import validate_thread_with_hash_pid


class SaleOrder(models.Model):
    """Who reaches the offer, and by which link."""

    _inherit = "sale.order"

    # Odoo searches orders by their lines without the rules of lines: customers could
    # ask for a hidden line's name letter by letter.
    order_line = fields.One2many(bypass_search_access=False)

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
        # The core compares and converts what visitors send without looking at it.
        token, hash = clean_token(token), clean_token(hash)
        pid = pid if str(pid).isdecimal() else None
        thread = super()._get_thread_with_access(
            thread_id, hash=hash, pid=pid, token=token, **kwargs
        )
        if not thread or not self.env.user.share:
            return thread
        # sudo: settings that customers can't read decide what they may see
        order_sudo = thread.sudo()
        is_linked = (
            order_sudo.company_id.offer_access_mode == "link"
            and validate_thread_with_hash_pid(order_sudo, hash, pid)
        )
        if is_linked or order_sudo._is_offer_open_to(self.env.user, token):
            return thread
        return self.browse()

    def _read_group_groupby(self, alias, groupby_spec, query):
        # Odoo checks the rights on fields of every other type.
        field = self._fields.get(groupby_spec)
        if field and field.type == "many2many":
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

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

    def _is_offer_contact(self, partner):
        """Return whether the partner may see and answer the offer.

        :param partner: a `res.partner` record, may be empty
        :rtype: bool
        """
        self.ensure_one()
        if not partner:
            return False
        if (
            not self.offer_limit_to_contacts
            and partner.commercial_partner_id == self.partner_id.commercial_partner_id
        ):
            return True
        return partner in self._get_offer_customers()

    @api.model
    def _get_offer_portal_domain(self, partner):
        """Return the offers that a customer's contact person sees on the portal.

        :param partner: `res.partner` record of the logged-in user
        :rtype: odoo.fields.Domain
        """
        family = Domain("partner_id", "child_of", partner.commercial_partner_id.id)
        return (
            Domain("offer_reply_enabled", "=", True)
            & Domain("offer_status", "not in", ("draft", "cancelled"))
            & (
                (family & ~self._get_offer_hidden_domain(partner))
                | Domain("offer_contact_ids", "in", partner.id)
            )
        )

    @api.model
    def _get_offer_hidden_domain(self, partner):
        """Return the orders that are limited to contacts other than `partner`.

        :param partner: `res.partner` record
        :rtype: odoo.fields.Domain
        """
        return (
            Domain("offer_limit_to_contacts", "=", True)
            & Domain("offer_contact_ids", "not in", partner.id)
            & (
                Domain("offer_contact_ids", "!=", False)
                | Domain("partner_id", "!=", partner.id)
            )
        )
