from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import clean_page
from odoo.addons.base_offerdesk.uploads import MAX_FILE_BYTES, MAX_FILES
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .service_form import new_form_key, parse_service_form, read_draft

SERVICES_PER_PAGE = 20
FORMS_PER_HOUR = 30
MAX_FORM_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024


class ServicePortal(PortalGuard, CustomerPortal):
    """Services that customers order or ask for, without a web shop."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "order_request_service_count" in counters:
            values["order_request_service_count"] = self._count_services()
        return values

    def _count_services(self):
        # sudo: customers read no products; only published ones are counted
        products_sudo = request.env["product.template"].sudo()
        return products_sudo.search_count(self._get_service_domain())

    def _get_service_domain(self):
        products = request.env["product.template"]
        return products._get_order_request_domain(request.env.company)

    @http.route(
        ["/my/services", "/my/services/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def order_request_services(self, page=1, **_params):
        """List the services that customers can order."""
        pager = portal_pager(
            url="/my/services",
            total=self._count_services(),
            page=clean_page(page),
            step=SERVICES_PER_PAGE,
        )
        # sudo: customers read no products; a few fields of published ones are shown
        services_sudo = (
            request.env["product.template"]
            .sudo()
            .search(
                self._get_service_domain(),
                order="name, id",
                limit=SERVICES_PER_PAGE,
                offset=pager["offset"],
            )
        )
        return request.render(
            "order_request.portal_services",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "order_request_services",
                "services": services_sudo,
                "prices": self._get_prices(services_sudo),
                "pager": pager,
            },
        )

    def _get_service(self, service_id):
        """Return a published service, as superuser.

        :raise NotFound: when there is none that customers of the company see
        """
        domain = [("id", "=", service_id), *self._get_service_domain()]
        # sudo: customers read no products; the domain lets published ones through only
        service_sudo = request.env["product.template"].sudo().search(domain)
        if not service_sudo.product_variant_ids:
            raise NotFound()
        return service_sudo

    def _get_pricelist(self):
        """Return the visitor's pricelist, as superuser.

        :rtype: recordset of `product.pricelist`
        """
        # sudo: pricelists are not for customers to read, their prices are
        return request.env.user.partner_id.sudo().property_product_pricelist

    def _get_prices(self, services_sudo):
        """Return the visitor's price of each service, in words.

        :rtype: dict
        """
        pricelist_sudo = self._get_pricelist()
        currency = pricelist_sudo.currency_id or request.env.company.currency_id
        prices = pricelist_sudo._get_products_price(
            services_sudo, 1.0, currency=currency
        )
        partner = request.env.user.partner_id
        # sudo: fiscal positions and taxes are not for customers to read
        position_sudo = (
            request.env["account.fiscal.position"].sudo()._get_fiscal_position(partner)
        )
        return {
            service_sudo.id: self._describe_price(
                service_sudo, prices[service_sudo.id], currency, position_sudo
            )
            for service_sudo in services_sudo
        }

    def _describe_price(self, service_sudo, price, currency, position_sudo):
        """Return a price in words, and what it is with taxes that come on top.

        :rtype: str
        """
        taxes_sudo = position_sudo.map_tax(
            service_sudo.taxes_id._filter_taxes_by_company(request.env.company)
        )
        total = taxes_sudo.compute_all(price, currency)["total_included"]
        if not currency.compare_amounts(total, price):
            return currency.format(price)
        return request.env._(
            "%(price)s (%(total)s incl. taxes)",
            price=currency.format(price),
            total=currency.format(total),
        )

    @http.route(
        "/my/services/<int:service_id>/image",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def order_request_service_image(self, service_id, **_params):
        """Send the picture of a published service."""
        service_sudo = self._get_service(service_id)
        stream = request.env["ir.binary"]._get_image_stream_from(
            service_sudo, "image_512"
        )
        return stream.get_response()

    @http.route(
        "/my/services/<int:service_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def order_request_service(self, service_id, **_params):
        """Show a service, and whether it is an order or a request now."""
        service_sudo = self._get_service(service_id)
        draft = {"quantity": "1", "idempotency_key": new_form_key()}
        return self._render_service(service_sudo, draft, {})

    @http.route(
        "/my/services/<int:service_id>/order",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FORM_BYTES,
    )
    def order_request_order(self, service_id, mode="order", **_params):
        """Take an order or a request; leads to its page, or shows the form again."""
        service_sudo = self._get_service(service_id)
        form, files = request.httprequest.form, request.httprequest.files
        sent, errors = parse_service_form(
            request.env,
            form,
            files.getlist("files"),
            service_sudo,
            is_request=mode == "request",
        )
        result = self._evaluate(service_sudo)
        if result.outcome == "closed" or (
            mode != "request" and result.outcome == "request"
        ):
            errors["gate"] = request.env._(
                "This changed while you were on the page. What you entered is kept."
            )
        if self._guard_count("order_request", seconds=3600) > FORMS_PER_HOUR:
            errors["form"] = request.env._(
                "Too many requests came from your network. Please try again in an hour."
            )
        if errors:
            draft = read_draft(form, files, service_sudo)
            return self._render_service(service_sudo, draft, errors)
        self._set_prices(sent)
        if mode == "request":
            return self._send_request(sent, result)
        return self._place_order(sent)

    def _evaluate(self, service_sudo):
        """Ask the gate about the visitor and a service.

        :rtype: gate.Result
        """
        partner = request.env.user.partner_id
        policy = service_sudo._get_order_request_policy(request.env.company, partner)
        return policy._evaluate(partner, service_sudo)

    def _set_prices(self, sent):
        """Keep the prices that the visitor saw."""
        sent.pricelist = self._get_pricelist()
        for line in sent.lines:
            line.shown_price = sent.pricelist._get_product_price(
                line.product, line.quantity
            )

    def _render_service(self, service_sudo, draft, errors):
        result = self._evaluate(service_sudo)
        policy = service_sudo._get_order_request_policy(
            request.env.company, request.env.user.partner_id
        )
        response = request.render(
            "order_request.portal_service",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "order_request_service",
                "service": service_sudo,
                "price": self._get_prices(service_sudo).get(service_sudo.id),
                "result": result,
                "gate_text": request.env["order.request"]._describe_gate(
                    result, policy.tz or "UTC"
                ),
                "away_message": result.reason == "away" and policy._get_away_message(),
                "answer_hours": policy.answer_hours,
                "draft": draft,
                "errors": errors,
                "max_files": MAX_FILES,
                "max_megabytes": MAX_FILE_BYTES // 1024 // 1024,
            },
        )
        if errors:
            response.status_code = 422
        return response

    def _send_request(self, sent, result):
        reason = "voluntary" if result.outcome == "direct" else result.reason
        # sudo: customers create nothing themselves; every answer was checked
        request_sudo = (
            request.env["order.request"]
            .sudo()
            ._submit_from_customer(
                sent,
                request.env.user.partner_id,
                request.env.company,
                reason,
                "portal",
            )
        )
        return request.redirect(f"{request_sudo.access_url}?notice=sent")

    def _place_order(self, sent):
        # sudo: customers create nothing themselves; the gate let them through
        order_sudo = (
            request.env["sale.order"]
            .sudo()
            ._order_from_customer(
                sent, request.env.user.partner_id, request.env.company
            )
        )
        return request.redirect(order_sudo.get_portal_url())
