from urllib.parse import urlencode

from odoo import http
from odoo.http import request
from odoo.tools import single_email_re

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import clean_key, clean_text
from odoo.addons.base_offerdesk.uploads import MAX_FILE_BYTES, MAX_FILES
from odoo.addons.order_request.controllers.portal_service import (
    FORMS_PER_HOUR,
    MAX_FORM_BYTES,
)
from odoo.addons.order_request.controllers.service_form import (
    new_form_key,
    parse_answers,
    parse_wishes,
    read_draft,
)
from odoo.addons.website_sale.controllers.main import WebsiteSale

# What a visitor says about themselves, and how long it may be.
CONTACT_FIELDS = {"name": 128, "email": 254, "phone": 64}


class ShopRequest(PortalGuard, WebsiteSale):
    """The form in which a gated cart, or a part of it, becomes a request."""

    @http.route(
        "/shop/request",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def shop_request(self, **_params):
        """Show what needs a request, why, and the form."""
        if redirection := self._leave_request(request.cart):
            return redirection
        return self._render_request_form({"idempotency_key": new_form_key()}, {})

    @http.route(
        "/shop/request",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        captcha="website_sale_order_request",
        max_content_length=MAX_FORM_BYTES,
    )
    def shop_request_send(self, scope="all", **_params):
        """Take the request; leads to its page, or shows the form again."""
        order_sudo, form = request.cart, request.httprequest.form
        if sent_before := self._find_sent_before(order_sudo, form):
            return self._go_to_request(sent_before)
        if redirection := self._leave_request(order_sudo):
            return redirection
        errors = {}
        everything = scope != "gated" or not order_sudo._may_order_rest()
        contact = self._parse_contact(order_sudo, form, errors)
        answers = {
            product: parse_answers(request.env, form, product, errors)
            for product in self._get_asked_products(order_sudo)
        }
        files = request.httprequest.files.getlist("files")
        sent = parse_wishes(request.env, form, files, errors)
        if self._guard_count("order_request", seconds=3600) > FORMS_PER_HOUR:
            errors["form"] = request.env._(
                "Too many requests came from your network. Please try again in an hour."
            )
        if errors:
            return self._render_request_form(self._read_draft(order_sudo), errors)
        if contact:
            self._introduce_visitor(order_sudo, contact)
        return self._go_to_request(
            order_sudo._send_as_request(sent, answers, everything)
        )

    def _find_sent_before(self, order_sudo, form):
        """Return the request of a form that was sent twice: the first one took away
        what the second is about.

        :rtype: recordset of `order.request` | None
        """
        if not order_sudo or order_sudo._is_anonymous_cart():
            return None
        # sudo: customers have no access by RPC; the form is known by its secret key
        requests_sudo = request.env["order.request"].sudo()
        return requests_sudo._find_sent(
            order_sudo.partner_id, clean_key(form.get("idempotency_key"))
        )

    def _leave_request(self, order_sudo):
        """Return a redirection when there is nothing to ask for, else None."""
        if not request.website.has_ecommerce_access():
            return request.redirect("/web/login")
        if redirection := self._check_cart(order_sudo):
            return redirection
        if not order_sudo._is_gated():
            return request.redirect("/shop/checkout?try_skip_step=true")
        if order_sudo._is_shop_closed():
            return request.redirect("/shop/cart")
        return None

    def _get_asked_products(self, order_sudo):
        """Return the services whose questions are asked.

        :rtype: recordset of `product.template`
        """
        return order_sudo._get_request_lines().product_id.product_tmpl_id

    def _parse_contact(self, order_sudo, form, errors):
        """Read who a visitor is; customers that the cart knows are not asked.

        :rtype: dict
        """
        if not order_sudo._is_anonymous_cart():
            return {}
        contact = {
            name: clean_text(form.get(name), multiline=False) for name in CONTACT_FIELDS
        }
        for name, longest in CONTACT_FIELDS.items():
            if len(contact[name]) > longest:
                errors[name] = request.env._(
                    "Please write at most %(max)s characters.", max=longest
                )
        if not contact["name"]:
            errors["name"] = request.env._("Please tell us your name.")
        if not single_email_re.match(contact["email"]):
            errors["email"] = request.env._("Please enter a valid e-mail address.")
        return contact

    def _introduce_visitor(self, order_sudo, contact):
        """Make the visitor a contact as the shop does, and the cart theirs.

        Nobody is looked up by e-mail: a visitor who types the address of a customer is
        not that customer.
        """
        partner_sudo = self._create_new_address(
            contact,
            address_type="billing",
            use_delivery_as_billing=False,
            order_sudo=order_sudo,
        )
        order_sudo._update_address(
            partner_sudo.id, ["partner_id", "partner_invoice_id", "partner_shipping_id"]
        )
        order_sudo.message_unsubscribe(order_sudo.website_id.partner_id.ids)

    def _read_draft(self, order_sudo):
        """Return what was entered, to be shown again.

        :rtype: dict
        """
        form = request.httprequest.form
        products = self._get_asked_products(order_sudo)
        draft = read_draft(form, request.httprequest.files, products)
        for name, longest in CONTACT_FIELDS.items():
            draft[name] = clean_text(form.get(name), multiline=False)[:longest]
        draft["scope"] = form.get("scope")
        return draft

    def _render_request_form(self, draft, errors):
        order_sudo = request.cart
        lines = order_sudo._get_request_lines()
        response = request.render(
            "website_sale_order_request.shop_request",
            {
                "website_sale_order": order_sudo,
                "lines": lines,
                "rest": order_sudo._get_gate_lines() - lines,
                "may_order_rest": order_sudo._may_order_rest(),
                "products": self._get_asked_products(order_sudo),
                "gate_text": order_sudo._get_shop_gate_text(),
                "away_message": order_sudo._get_shop_away_message(),
                "answer_hours": max(
                    order_sudo._get_request_policies().mapped("answer_hours")
                ),
                "is_visitor": order_sudo._is_anonymous_cart(),
                "draft": draft,
                "errors": errors,
                "max_files": MAX_FILES,
                "max_megabytes": MAX_FILE_BYTES // 1024 // 1024,
            },
        )
        if errors:
            response.status_code = 422
        return response

    def _go_to_request(self, request_sudo):
        """Lead to the request's page; visitors get there by its link."""
        query = {"notice": "sent"}
        if request.env.user._is_public():
            query["access_token"] = request_sudo.access_token
        return request.redirect(f"{request_sudo.access_url}?{urlencode(query)}")
