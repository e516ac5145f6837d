from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.base_offerdesk.form_values import clean_token
from odoo.addons.crm_offer_calculation.controllers.portal_offer import VariantPortal
from odoo.addons.sale_offer_reply.controllers.portal import OfferPortal

# Which variant stands for its offer in the list: what the customer has to finish,
# before what waits, before what was refused.
ROW_ORDER = ("to_sign", "to_check", "unsure", "waiting", "no")


class VariantReplyPortal(VariantPortal, OfferPortal):
    # === ACCESS ===

    def _is_offer_open(self, offer_sudo, token):
        """Obey who its variants are limited to, and whether their links are enough."""
        user = request.env.user
        if not super()._is_offer_open(offer_sudo, token):
            return self._is_offer_for_guest(offer_sudo)
        if user._is_internal():
            return True
        has_link = bool(token) and consteq(offer_sudo.access_token or "", token)
        # Who has the link to all of them has that to each, made already or not.
        return all(
            order_sudo._is_offer_open_to(
                user, has_link and order_sudo._portal_ensure_token()
            )
            for order_sudo in offer_sudo._get_shown_variants()
        )

    def _is_offer_for_guest(self, offer_sudo):
        """Return whether somebody of another company may answer all variants, who finds
        them in the list after a login.

        :rtype: bool
        """
        variants_sudo = offer_sudo._get_shown_variants()
        partner = request.env.user.partner_id
        return bool(variants_sudo) and all(
            order_sudo.offer_reply_enabled and partner in order_sudo.offer_contact_ids
            for order_sudo in variants_sudo
        )

    @http.route()
    def offer_page(self, offer_id, access_token=None, notice=None, **params):
        if request.env.user._is_public() and (
            login_url := self._get_variants_login_url(offer_id, access_token, params)
        ):
            return request.redirect(login_url)
        return super().offer_page(
            offer_id, access_token=access_token, notice=notice, **params
        )

    def _get_variants_login_url(self, offer_id, access_token, params):
        """Return where a visitor with a good link to all variants logs in, if that is
        needed, and comes back from.

        :rtype: str | None
        """
        token = clean_token(access_token)
        if not token:
            return None
        self._guard_refuse_guessing()
        # sudo: a visitor reads no offer; the token is compared below
        offer_sudo = request.env["crm.offer"].sudo().browse(offer_id).exists()
        if not offer_sudo or not consteq(offer_sudo.access_token or "", token):
            return None
        asking_sudo = offer_sudo._get_shown_variants().filtered(
            lambda order: (
                order.offer_reply_enabled
                and order.company_id.offer_access_mode == "login"
            )
        )
        if not asking_sudo:
            return None
        person_sudo = self._get_person(offer_sudo, params).filtered(
            lambda partner: (
                partner.active
                and all(order._is_offer_contact(partner) for order in asking_sudo)
            )
        )
        return self._offer_prepare_login_url(offer_sudo.access_url, person_sudo)

    # === LIST ===

    def _get_offer_list_domain(self, filterby="all"):
        """Leave one variant of each offer: the offer is one thing to decide about."""
        domain = super()._get_offer_list_domain(filterby)
        others = [
            order_sudo.id
            for orders_sudo in self._get_sent_variants(domain).values()
            for order_sudo in orders_sudo.sorted(
                lambda order: (
                    ROW_ORDER.index(order.offer_status),
                    order.variant_state != "preferred",
                    order.amount_total,
                )
            )[1:]
        ]
        return domain & Domain("id", "not in", others)

    @http.route()
    def portal_my_offers(self, page=1, filterby="all", **params):
        response = super().portal_my_offers(page=page, filterby=filterby, **params)
        orders = request.env["sale.order"].concat(
            *response.qcontext["offers_by_company"].values()
        )
        # What the customer has begun to decide about is listed by itself.
        response.qcontext["crm_offers"] = self._prepare_offer_rows(
            orders.filtered(lambda order: order.offer_status == "waiting")
        )
        return response
