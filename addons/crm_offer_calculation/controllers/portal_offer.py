from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Date
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import clean_int, clean_token
from odoo.addons.sale.controllers.portal import CustomerPortal

CHOICES_PER_10_MINUTES = 30


class VariantPortal(PortalGuard, CustomerPortal):
    """The page that compares variants, and what it leads to."""

    # === ACCESS ===

    def _get_offer(self, offer_id, access_token):
        """Return an offer that the visitor may see, as superuser, or None.

        :rtype: recordset | None
        """
        token = clean_token(access_token)
        if token and not request.env.user._is_internal():
            self._guard_refuse_guessing()
        # sudo: customers have no access by RPC; whose offer it is is checked below
        offer_sudo = request.env["crm.offer"].sudo().browse(offer_id).exists()
        if offer_sudo and self._is_offer_open(offer_sudo, token):
            return offer_sudo
        if access_token:
            self._guard_count_wrong_token()
        return None

    def _is_offer_open(self, offer_sudo, token):
        """Return whether the visitor may see an offer: by link, by login, or as an
        employee who may read it. What was not sent is for employees only.

        :rtype: bool
        """
        user = request.env.user
        if user._is_internal():
            return offer_sudo.sudo(False).has_access("read")
        if not offer_sudo._get_shown_variants():
            return False
        if token and offer_sudo.access_token:
            if consteq(offer_sudo.access_token, token):
                return True
        return (
            not user._is_public()
            and user.commercial_partner_id == offer_sudo.commercial_partner_id
        )

    def _get_person(self, document_sudo, params):
        """Return who the visitor is: by login, or by the link that was made for them.

        :param document_sudo: offer or order whose link it is
        :rtype: recordset of `res.partner`, empty when nobody knows
        """
        user = request.env.user
        if not user._is_public():
            return user.partner_id.sudo()  # sudo: their own name
        pid = clean_int(str(params.get("pid") or ""))
        sent_hash = clean_token(params.get("hash"))
        # sudo: the signature proves that the link was made for this contact
        partners_sudo = request.env["res.partner"].sudo()
        if not pid or not sent_hash or not document_sudo.access_token:
            return partners_sudo
        if not consteq(document_sudo._sign_token(pid), sent_hash):
            return partners_sudo
        return partners_sudo.browse(pid).exists()

    def _is_watched(self):
        """Return whether a visit counts: programs open links, too, and sellers look at
        what they sent.

        :rtype: bool
        """
        headers = request.httprequest.headers
        agent = headers.get("User-Agent", "")
        return (
            request.env.user.share
            and request.httprequest.method == "GET"
            # Every browser calls itself so. Scanners of mails that do, too, tell by
            # the second what they are.
            and agent.startswith("Mozilla/")
            and "(compatible;" not in agent
            and headers.get("Odoo-Link-Preview") != "True"
            and "prefetch" not in headers.get("Purpose", "")
            and "prefetch" not in headers.get("Sec-Purpose", "")
            and not request.env["ir.http"].is_a_bot()
        )

    # === PAGE ===

    @http.route(
        "/my/variants/<int:offer_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def offer_page(self, offer_id, access_token=None, notice=None, **params):
        """Show all variants side by side, or the only one by itself."""
        offer_sudo = self._get_offer(offer_id, access_token)
        if not offer_sudo:
            return request.redirect("/my")
        if len(offer_sudo.variant_ids) == 1:
            # There is nothing to compare.
            only_sudo = offer_sudo.variant_ids
            return request.redirect(self._get_order_url(only_sudo, offer_sudo, params))
        if self._is_watched():
            offer_sudo._record_view(self._get_person(offer_sudo, params))
        return self._render_offer(offer_sudo, access_token, params, notice)

    def _render_offer(self, offer_sudo, access_token, params, notice=None, problem=""):
        token = clean_token(access_token)
        is_internal = request.env.user._is_internal()
        variants_sudo = offer_sudo._get_shown_variants(with_drafts=is_internal)
        different, same = offer_sudo._prepare_comparison(variants_sudo)
        values = {
            "page_name": "crm_offer",
            "offer": offer_sudo,
            "variants": variants_sudo,
            "different": different,
            "same": same,
            "terms": offer_sudo._prepare_terms(variants_sudo),
            "cards_start": offer_sudo._get_cards_start(variants_sudo),
            "may_choose": not is_internal,
            "accepted": offer_sudo.accepted_variant_id,
            "variant_urls": {
                order: self._get_order_url(order, offer_sudo, params)
                for order in variants_sudo
            },
            "notice": notice if notice == "chosen" else None,
            "problem": problem,
            "res_company": offer_sudo.company_id,
            "action_url": f"{offer_sudo.access_url}/choose",
            "link_fields": self._get_link_fields(offer_sudo, token, params),
        }
        values = self._get_page_view_values(
            offer_sudo, token, values, "my_crm_offers_history", False
        )
        return request.render("crm_offer_calculation.portal_offer", values)

    def _get_link_fields(self, offer_sudo, token, params):
        """Return what a link carries, for the next step to carry it on.

        :rtype: dict
        """
        fields = {"access_token": token} if token else {}
        if request.env.user._is_public():
            if person := self._get_person(offer_sudo, params):
                fields.update(pid=person.id, hash=offer_sudo._sign_token(person.id))
        return fields

    def _get_order_url(self, order_sudo, offer_sudo, params):
        """Return the link to a variant, by which a contact is still who they are.

        :rtype: str
        """
        user = request.env.user
        is_own = user.commercial_partner_id == offer_sudo.commercial_partner_id
        if user._is_internal() or (not user._is_public() and is_own):
            return order_sudo.access_url
        person = self._get_person(offer_sudo, params)
        return order_sudo._get_share_url(pid=person.id)

    # === CHOOSING ===

    @http.route(
        "/my/variants/<int:offer_id>/choose",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def offer_choose(self, offer_id, access_token=None, variant=None, **params):
        """Take the customer's choice, and go on to sign or pay it."""
        offer_sudo = self._get_offer(offer_id, access_token)
        if not offer_sudo or request.env.user._is_internal():
            return request.redirect("/my")
        problem = None
        wanted = clean_int(variant)
        order_sudo = offer_sudo._get_shown_variants().filtered(
            lambda order: order.id == wanted
        )
        if self._has_chosen_often(offer_sudo):
            problem = request.env._("Please try again in some minutes.")
        elif not order_sudo:
            problem = offer_sudo._get_choice_problem(wanted)
        else:
            problem = self._choose(offer_sudo, order_sudo, params)
        if problem:
            response = self._render_offer(
                offer_sudo, access_token, params, problem=problem
            )
            response.status_code = 422
            return response
        if order_sudo._is_variant_to_finish():
            return request.redirect(self._get_order_url(order_sudo, offer_sudo, params))
        token = clean_token(access_token)
        query = self._get_link_fields(offer_sudo, token, params)
        query = urlencode({**query, "notice": "chosen"})
        return request.redirect(f"{offer_sudo.access_url}?{query}")

    def _choose(self, offer_sudo, order_sudo, params):
        """Have a variant chosen.

        :return: why it was not
        :rtype: str | None
        """
        try:
            with request.env.cr.savepoint():
                offer_sudo._customer_choose(
                    order_sudo, self._get_person(offer_sudo, params)
                )
        except UserError as error:
            return str(error)
        return None

    def _has_chosen_often(self, offer_sudo):
        sender = f"{request.httprequest.remote_addr}|{offer_sudo.id}"
        count = self._guard_count("crm_offer_choose", sender, seconds=600)
        return count > CHOICES_PER_10_MINUTES

    # === LIST ===

    def _prepare_quotations_domain(self, partner):
        """Leave one quotation of each offer: the offer is one thing to decide about."""
        domain = super()._prepare_quotations_domain(partner)
        return [*domain, ("id", "not in", self._get_other_variant_ids(partner))]

    def _get_other_variant_ids(self, partner):
        """Return the variants that the list leaves out: all but the cheapest of those
        that can be accepted.

        :param partner: `res.partner` record of the logged-in user
        :rtype: list
        """
        offers = self._get_sent_variants(
            [("partner_id", "child_of", partner.commercial_partner_id.id)]
        )
        return [
            order_sudo.id
            for orders_sudo in offers.values()
            for order_sudo in orders_sudo.sorted("amount_total")[1:]
        ]

    def _get_sent_variants(self, domain):
        """Return variants that customers can accept, as superuser.

        :param list domain: whose they are
        :return: `crm.offer` → `sale.order`
        :rtype: dict
        """
        # sudo: customers can't read which variant of what it is; whose they are is in
        # the domain
        orders_sudo = request.env["sale.order"].sudo()
        return orders_sudo.search(
            [*domain, ("crm_offer_id", "!=", False), ("state", "=", "sent")]
        ).grouped("crm_offer_id")

    def _prepare_sale_portal_rendering_values(self, **kwargs):
        values = super()._prepare_sale_portal_rendering_values(**kwargs)
        values["crm_offers"] = self._prepare_offer_rows(values["quotations"])
        return values

    def _prepare_offer_rows(self, orders):
        """Return what a list shows of whole offers, by ids of their variants.

        :param orders: `sale.order`, those of the list
        :rtype: dict
        """
        offers = orders.sudo().crm_offer_id  # sudo: see `_get_sent_variants`
        variants = self._get_sent_variants([("crm_offer_id", "in", offers.ids)])
        return {
            order_sudo.id: {
                "name": offer_sudo.name,
                "url": offer_sudo.access_url,
                "count": len(orders_sudo),
                "is_range": len(set(orders_sudo.mapped("amount_total"))) > 1,
            }
            for offer_sudo, orders_sudo in variants.items()
            if len(orders_sudo) > 1
            for order_sudo in orders_sudo
        }

    # === ROUTES OF ORDERS ===

    @http.route()
    def portal_order_page(self, order_id, access_token=None, **kw):
        order_sudo = self._get_variant(order_id, access_token)
        if order_sudo:
            if self._is_watched():
                kind = "pdf" if kw.get("report_type") == "pdf" else "view"
                order_sudo.crm_offer_id._record_view(
                    self._get_person(order_sudo, kw), order_sudo, kind
                )
            # The core would tell the seller that the customer looked, whoever it was.
            today = Date.today().isoformat()
            request.session[f"view_quote_{order_sudo.id}"] = today
        token = clean_token(access_token)
        return super().portal_order_page(order_id, access_token=token, **kw)

    @http.route()
    def portal_quote_accept(
        self, order_id, access_token=None, name=None, signature=None
    ):
        token = access_token or request.httprequest.args.get("access_token")
        token = clean_token(token)
        order_sudo = self._get_variant(order_id, token)
        if order_sudo:
            # Who signs second waits here, and reads why it was too late.
            order_sudo.crm_offer_id._lock()
            if error := order_sudo._get_variant_error():
                return {"error": error}
        result = super().portal_quote_accept(
            order_id, access_token=token, name=name, signature=signature
        )
        if order_sudo and "error" not in result:
            person = self._get_person(order_sudo, {})
            order_sudo.crm_offer_id._record_event("sign", person, order_sudo)
        return result

    @http.route()
    def portal_quote_decline(self, order_id, access_token=None, **kwargs):
        token = clean_token(access_token)
        response = super().portal_quote_decline(order_id, access_token=token, **kwargs)
        order_sudo = self._get_variant(order_id, token)
        if order_sudo and order_sudo.state == "cancel":
            order_sudo.variant_state = "rejected"
        return response

    def _get_page_view_values(
        self, document, access_token, values, session_history, no_breadcrumbs, **kwargs
    ):
        values = super()._get_page_view_values(
            document, access_token, values, session_history, no_breadcrumbs, **kwargs
        )
        if document._name == "sale.order" and document.crm_offer_id:
            offer_sudo = document.crm_offer_id
            is_lost = document.state == "cancel" and offer_sudo.accepted_variant_id
            if is_lost:
                values["crm_offer_accepted"] = offer_sudo.accepted_variant_id
            if is_lost or len(offer_sudo._get_shown_variants()) > 1:
                values["crm_offer"] = offer_sudo
                values["crm_offer_url"] = self._get_offer_url(document, kwargs)
        return values

    def _get_offer_url(self, order_sudo, params):
        """Return the link from a variant back to all of them.

        :rtype: str
        """
        offer_sudo = order_sudo.crm_offer_id
        if not request.env.user._is_public():
            return offer_sudo.get_portal_url()
        person = self._get_person(order_sudo, params)
        return offer_sudo._get_share_url(pid=person.id)

    def _get_variant(self, order_id, access_token):
        """Return a variant that the visitor may see, as superuser, or None.

        :rtype: recordset | None
        """
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=clean_token(access_token)
            )
        except (AccessError, MissingError):
            return None
        return order_sudo if order_sudo.crm_offer_id else None
