from urllib.parse import urlencode

from werkzeug.exceptions import NotFound, TooManyRequests

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import (
    FormError,
    clean_int,
    clean_key,
    clean_page,
    clean_text,
    clean_token,
)
from odoo.addons.base_offerdesk.uploads import MAX_FILE_BYTES, MAX_FILES, read_uploads
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.sale.controllers.portal import CustomerPortal

from ..offer_reply import MAX_FEEDBACK, MAX_NAME, OfferIdentity, OfferReplyError
from .offer_form import parse_reply, parse_seen, reply_draft

POSTS_PER_10_MINUTES = 60
MAX_FEEDBACK_REQUEST = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024
DOCUMENT_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class OfferPortal(PortalGuard, CustomerPortal):
    # === ACCESS ===

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Guard every portal route of orders, Odoo's own too.

        Wrong tokens are counted by address, and an offer that asks for a login is not
        opened by its link alone.
        """
        if model_name != "sale.order":
            return super()._document_check_access(
                model_name, document_id, access_token=access_token
            )
        token = clean_token(access_token)
        if token and not request.env.user._is_internal():
            self._guard_refuse_guessing()
        try:
            order_sudo = super()._document_check_access(
                model_name, document_id, access_token=access_token
            )
        except (AccessError, MissingError):
            if access_token:
                self._guard_count_wrong_token()
            raise
        if not order_sudo._is_offer_open_to(request.env.user, token):
            raise AccessError(request.env._("Please log in to see this offer."))
        return order_sudo

    def _offer_get_order(self, order_id, access_token=None):
        """Return the order of an offer route, as superuser, or None.

        :rtype: recordset | None
        """
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return None
        return order_sudo if order_sudo.offer_reply_enabled else None

    def _offer_get_identity(self, order_sudo, params):
        """Return who the visitor is and how we know.

        :param order_sudo: order that the visitor may see
        :param params: mapping of the request's fields
        :rtype: OfferIdentity
        """
        user = request.env.user
        origin = {
            "ip": request.httprequest.remote_addr or "",
            "user_agent": clean_text(
                request.httprequest.headers.get("User-Agent", ""), multiline=False
            ),
        }
        if not user._is_public():
            # sudo: portal users can't read every field of their own partner
            partner_sudo = user.partner_id.sudo()
            return OfferIdentity(
                partner=partner_sudo,
                user=user,
                verified="login",
                on_behalf=user._is_internal()
                and not order_sudo._is_offer_contact(partner_sudo),
                **origin,
            )
        if partner_sudo := self._offer_get_linked_partner(order_sudo, params):
            return OfferIdentity(partner=partner_sudo, verified="hash", **origin)
        return OfferIdentity(
            name=clean_text(params.get("name"), multiline=False)[:MAX_NAME],
            email=clean_text(params.get("email"), multiline=False)[:MAX_NAME],
            **origin,
        )

    def _offer_get_linked_partner(self, order_sudo, params):
        """Return the contact person whose personal link was used, if it is genuine.

        :rtype: recordset of `res.partner` | None
        """
        pid = clean_int(str(params.get("pid") or ""))
        sent_hash = params.get("hash")
        if not pid or not isinstance(sent_hash, str) or not sent_hash.isascii():
            return None
        if not order_sudo.access_token or not consteq(
            sent_hash, order_sudo._sign_token(pid)
        ):
            return None
        # sudo: the signature proves that the link was made for this contact
        partner_sudo = request.env["res.partner"].sudo().browse(pid).exists()
        if not partner_sudo.active or not order_sudo._is_offer_contact(partner_sudo):
            return None
        return partner_sudo

    def _offer_may_answer(self, order_sudo, identity):
        """Return whether this person may answer.

        Employees need the right to change the order: they answer for the customer.

        :rtype: bool
        """
        if not identity.on_behalf:
            return True
        user = identity.user
        return user.has_group(
            "sales_team.group_sale_salesman"
        ) and order_sudo.with_user(user).has_access("write")

    # === PAGE ===

    @http.route()
    def portal_order_page(self, order_id, access_token=None, **kw):
        if request.env.user._is_public() and (
            login_url := self._offer_get_login_url(order_id, access_token, kw)
        ):
            return request.redirect(login_url)
        return super().portal_order_page(order_id, access_token=access_token, **kw)

    def _offer_get_login_url(self, order_id, access_token, params):
        """Return where a visitor with a good link logs in, if that is needed.

        Somebody who comes by a personal link and has no password yet chooses one.

        :rtype: str | None
        """
        token = clean_token(access_token)
        if not token:
            return None
        self._guard_refuse_guessing()
        # sudo: a visitor reads no order; the token is compared below
        order_sudo = request.env["sale.order"].sudo().browse(order_id).exists()
        if (
            not order_sudo
            or not order_sudo.offer_reply_enabled
            or order_sudo.company_id.offer_access_mode != "login"
            or not order_sudo.access_token
            or not consteq(order_sudo.access_token, token)
        ):
            return None
        return self._offer_prepare_login_url(
            order_sudo.access_url, self._offer_get_linked_partner(order_sudo, params)
        )

    def _offer_prepare_login_url(self, target, partner_sudo):
        """Return where somebody logs in who came by a good link.

        :param str target: what the link led to
        :param partner_sudo: whose personal link it is; None or empty when nobody knows
        :rtype: str
        """
        # Who had a login that was taken away must not choose a new password.
        users_sudo = (
            (partner_sudo or request.env["res.partner"])
            .with_context(active_test=False)
            .user_ids
        )
        if partner_sudo and not users_sudo:
            return partner_sudo.with_context(
                signup_valid=True, relative_url=True
            )._get_signup_url_for_action(url=target)[partner_sudo.id]
        query = {"redirect": target}
        if users_sudo.filtered("active"):
            query["login"] = users_sudo.filtered("active")[0].login
        return f"/web/login?{urlencode(query)}"

    def _get_page_view_values(
        self, document, access_token, values, session_history, no_breadcrumbs, **kwargs
    ):
        values = super()._get_page_view_values(
            document, access_token, values, session_history, no_breadcrumbs, **kwargs
        )
        if document._name == "sale.order" and document.offer_reply_enabled:
            order_sudo = document.with_context(offer_page=True)
            identity = self._offer_get_identity(order_sudo, kwargs)
            values["sale_order"] = order_sudo
            values["offer"] = order_sudo._prepare_offer_page_values(
                identity, request.session.get(self._offer_draft_key(order_sudo))
            ) | {
                "may_answer": self._offer_may_answer(order_sudo, identity),
                "notice": kwargs.get("offer"),
                "link": self._offer_get_link({**kwargs, "access_token": access_token}),
                "url": f"{order_sudo.access_url}/offer",
            }
            values["offer"]["query"] = (
                "?" + urlencode(values["offer"]["link"])
                if values["offer"]["link"]
                else ""
            )
        return values

    def _offer_draft_key(self, order_sudo):
        return f"offer_reply_{order_sudo.id}"

    def _offer_get_link(self, params):
        """Return the parts of the visitor's link that the next page needs too.

        :param params: mapping of the request's fields
        :rtype: dict
        """
        return {
            name: params[name]
            for name in ("access_token", "pid", "hash")
            if isinstance(params.get(name), str) and params[name].isascii()
        }

    def _offer_page_url(self, order_sudo, params, notice=None, anchor=None):
        """Return the URL of the offer's page, keeping the visitor's link.

        :rtype: str
        """
        query = self._offer_get_link(params)
        if notice:
            query["offer"] = notice
        url = order_sudo.access_url
        if query:
            url += f"?{urlencode(query)}"
        return f"{url}#{anchor}" if anchor else url

    # === REPLY ===

    @http.route(
        "/my/orders/<int:order_id>/offer/reply",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def offer_reply(self, order_id, access_token=None, **params):
        """Take the customer's reply; always ends in a redirect to a page."""
        order_sudo = self._offer_get_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        params["access_token"] = clean_token(access_token)
        form = request.httprequest.form
        identity = self._offer_get_identity(order_sudo, params)
        try:
            reply = parse_reply(form)
            self._offer_check_sender(order_sudo, identity)
        except FormError:
            return request.redirect(
                self._offer_page_url(order_sudo, params, "invalid", "o_offer_reply")
            )
        except OfferReplyError as error:
            return self._offer_refuse(order_sudo, params, reply, error)
        try:
            with request.env.cr.savepoint():
                order_sudo._offer_reply(reply, identity)
        except OfferReplyError as error:
            if error.code != "done":
                return self._offer_refuse(order_sudo, params, reply, error)
        request.session.pop(self._offer_draft_key(order_sudo), None)
        return request.redirect(
            self._offer_page_url(order_sudo, params, "sent", "o_offer_notice")
        )

    def _offer_check_sender(self, order_sudo, identity):
        """Check that the visitor may answer and is known by some name.

        :raise OfferReplyError: with a sentence for the visitor
        """
        if not self._offer_may_answer(order_sudo, identity):
            raise OfferReplyError(
                "closed",
                [
                    request.env._(
                        "You may see this offer, but not answer it for the customer."
                    )
                ],
            )
        if not identity.partner and not identity.name:
            raise OfferReplyError("invalid", [request.env._("Please enter your name.")])
        sender = f"{request.httprequest.remote_addr}|{order_sudo.id}"
        if self._guard_count("offer_post", sender, seconds=600) > POSTS_PER_10_MINUTES:
            raise OfferReplyError(
                "closed",
                [request.env._("Too many messages. Please try again in some minutes.")],
            )

    def _offer_refuse(self, order_sudo, params, reply, error):
        """Keep what the customer entered and show it again with what is wrong."""
        seen = parse_seen(request.httprequest.form.get("seen"))
        request.session[self._offer_draft_key(order_sudo)] = reply_draft(
            reply, seen, error
        )
        return request.redirect(
            self._offer_page_url(order_sudo, params, error.code, "o_offer_notice")
        )

    @http.route(
        "/my/orders/<int:order_id>/offer/totals",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def offer_totals(self, order_id, access_token=None, answers=None):
        """Return what a choice of answers adds up to, taxes as on the order.

        :param dict answers: line id → answer
        :return: ``totals``, see `_format_offer_totals`, or ``error``
        :rtype: dict
        """
        try:
            order_sudo = self._offer_get_order(order_id, access_token)
        except TooManyRequests as error:
            # JSON-RPC would tell visitors where in the code it happened.
            return {"error": error.description}
        if not order_sudo or not isinstance(answers, dict):
            return {"error": request.env._("This offer can't be shown.")}
        allowed = order_sudo._get_offer_allowed_answers()
        chosen = {
            clean_int(line_id): answer
            for line_id, answer in answers.items()
            if isinstance(answer, str) and answer in allowed
        }
        settled = {
            line.id: line.offer_answer
            for line in order_sudo._get_offer_lines()
            - order_sudo._get_offer_pending_lines()
        }
        totals = order_sudo._get_offer_totals(chosen | settled)
        return {"totals": order_sudo._format_offer_totals(totals)}

    # === FEEDBACK ===

    @http.route(
        "/my/orders/<int:order_id>/offer/feedback",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def offer_feedback_page(self, order_id, access_token=None, **params):
        """Show the feedback window as a page of its own."""
        order_sudo = self._offer_get_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        params["access_token"] = clean_token(access_token)
        values = self._get_page_view_values(
            order_sudo,
            params["access_token"],
            {"sale_order": order_sudo, "page_name": "quote"},
            "my_quotations_history",
            False,
            pid=params.get("pid"),
            hash=params.get("hash"),
        )
        line_id = clean_int(params.get("line_id"))
        values["offer"]["feedback_line"] = order_sudo._get_offer_lines().filtered(
            lambda line: line.id == line_id
        )
        values["feedback_draft"] = request.session.get(
            f"offer_feedback_{order_sudo.id}", {}
        )
        return request.render("sale_offer_reply.offer_feedback_page", values)

    @http.route(
        "/my/orders/<int:order_id>/offer/feedback",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FEEDBACK_REQUEST,
    )
    def offer_feedback(self, order_id, access_token=None, **params):
        """Store a remark on the offer; always ends in a redirect to a page."""
        order_sudo = self._offer_get_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        params["access_token"] = clean_token(access_token)
        identity = self._offer_get_identity(order_sudo, params)
        draft_key = f"offer_feedback_{order_sudo.id}"
        try:
            remark = self._offer_read_feedback(order_sudo, identity, params)
            with request.env.cr.savepoint():
                order_sudo._offer_post_feedback(identity=identity, **remark)
        except UserError as error:
            request.session[draft_key] = {
                "error": str(error),
                "body": clean_text(params.get("body"))[: 2 * MAX_FEEDBACK],
                "line_id": clean_int(params.get("line_id")),
                "name": identity.name,
                "email": identity.email,
            }
            return request.redirect(
                self._offer_feedback_url(order_sudo, params) + "#o_offer_feedback"
            )
        request.session.pop(draft_key, None)
        return request.redirect(
            self._offer_page_url(order_sudo, params, "feedback", "o_offer_notice")
        )

    def _offer_feedback_url(self, order_sudo, params):
        query = self._offer_get_link(params) | {"line_id": params.get("line_id") or ""}
        return f"{order_sudo.access_url}/offer/feedback?{urlencode(query)}"

    def _offer_read_feedback(self, order_sudo, identity, params):
        """Return the checked fields of the feedback form.

        :rtype: dict
        :raise UserError: with a sentence for the visitor
        """
        body = clean_text(params.get("body"))
        key = clean_key(params.get("idempotency_key"))
        line_id = params.get("line_id")
        line = order_sudo._get_offer_lines().filtered(
            lambda line: line.id == clean_int(line_id)
        )
        if not key or (line_id and not line):
            raise UserError(
                request.env._("This page is out of date. Please check and send again.")
            )
        self._offer_check_sender(order_sudo, identity)
        if not body:
            raise UserError(request.env._("Please write what you want to tell us."))
        if len(body) > MAX_FEEDBACK:
            raise UserError(
                request.env._(
                    "Your feedback is too long: %(length)s characters, at most %(max)s "
                    "are possible.",
                    length=len(body),
                    max=MAX_FEEDBACK,
                )
            )
        files = request.httprequest.files.getlist("attachments")
        return {
            "body": body,
            "line": line,
            "key": key,
            "attachments": read_uploads(request.env, files),
        }

    # === DOCUMENTS ===

    @http.route(
        "/my/orders/<int:order_id>/offer/history/<int:history_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def offer_history(self, order_id, history_id, access_token=None, **_params):
        """Serve the document of a version; as a page while the PDF is not ready."""
        order_sudo = self._offer_get_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        history_sudo = order_sudo.env["sale.offer.history"].browse(history_id).exists()
        if not history_sudo or history_sudo.order_id != order_sudo:
            raise NotFound()
        if history_sudo.kind == "declined" and not request.env.user._is_internal():
            # The manager's reason is an internal note.
            raise NotFound()
        if history_sudo.pdf:
            stream = request.env["ir.binary"]._get_stream_from(
                history_sudo, "pdf", filename=history_sudo.pdf_filename
            )
            return stream.get_response(as_attachment=True)
        return request.make_response(
            history_sudo._render_html(),
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", DOCUMENT_CSP),
            ],
        )

    @http.route(
        "/my/orders/<int:order_id>/offer/attachment/<int:attachment_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def offer_attachment(self, order_id, attachment_id, access_token=None, **_params):
        """Serve a file of the feedback as long as the visitor may see the offer.

        Odoo's own links to files go on working when the link to the offer does not.
        """
        order_sudo = self._offer_get_order(order_id, access_token)
        if not order_sudo:
            return request.redirect("/my")
        attachment_sudo = order_sudo._get_offer_feedback(
            limit=None
        ).attachment_ids.filtered(lambda file: file.id == attachment_id)
        if not attachment_sudo:
            raise NotFound()
        return (
            request.env["ir.binary"]
            ._get_stream_from(attachment_sudo)
            .get_response(as_attachment=True)
        )

    # Wrong tokens are counted, which a read-only request can't do. A function, since
    # Odoo warns of a plain False where its own route says True.
    @http.route(readonly=lambda self, _rule, _args: False)
    def portal_quote_document(self, order_id, document_id, access_token=None):
        return super().portal_quote_document(order_id, document_id, access_token)

    # === LIST ===

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "offer_count" in counters:
            values["offer_count"] = (
                request.env["sale.order"]
                # sudo: offers of every seller company; the domain holds the customer
                .sudo()
                .search_count(self._get_offer_list_domain("waiting"))
            )
        return values

    def _prepare_quotations_domain(self, partner):
        domain = super()._prepare_quotations_domain(partner)
        return [*domain, *self._get_offer_shown_domain(partner)]

    def _prepare_orders_domain(self, partner):
        domain = super()._prepare_orders_domain(partner)
        return [*domain, *self._get_offer_shown_domain(partner)]

    def _get_offer_shown_domain(self, partner):
        """Return what leaves out the offers that are limited to other contacts.

        :param partner: `res.partner` record of the logged-in user
        :rtype: list
        """
        # sudo: who an offer is limited to is not the customers' business; only the ids
        # of orders to leave out are used, as a subquery
        Order = request.env["sale.order"].sudo()
        hidden = Order._search(
            Domain("partner_id", "child_of", partner.commercial_partner_id.id)
            & Order._get_offer_hidden_domain(partner)
        )
        return [("id", "not in", hidden)]

    def _get_offer_list_filters(self):
        """Return the choices of the list of offers.

        :rtype: dict
        """
        return {
            "all": {"label": request.env._("All"), "statuses": None},
            "waiting": {
                "label": request.env._("To answer"),
                "statuses": ("waiting", "unsure"),
            },
            "accepted": {
                "label": request.env._("Accepted"),
                "statuses": ("to_check", "to_sign", "accepted"),
            },
            "closed": {
                "label": request.env._("Declined"),
                "statuses": ("no", "declined"),
            },
        }

    def _get_offer_list_domain(self, filterby="all"):
        Order = request.env["sale.order"]
        domain = Order._get_offer_portal_domain(request.env.user.partner_id)
        statuses = self._get_offer_list_filters()[filterby]["statuses"]
        if statuses:
            domain &= Domain("offer_status", "in", statuses)
        return domain

    @http.route(
        ["/my/offers", "/my/offers/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_offers(self, page=1, filterby="all", **_params):
        """List the customer's offers, grouped by the company that made them."""
        filters = self._get_offer_list_filters()
        filterby = filterby if filterby in filters else "all"
        domain = self._get_offer_list_domain(filterby)
        # sudo: a customer of one company does not see the offers of its sisters by the
        # rules; the domain holds exactly this customer's
        Order = request.env["sale.order"].sudo()
        pager_values = portal_pager(
            url="/my/offers",
            total=Order.search_count(domain),
            page=clean_page(page),
            step=self._items_per_page,
            url_args={"filterby": filterby},
        )
        orders_sudo = Order.search(
            domain,
            order="company_id, date_order desc, id desc",
            limit=self._items_per_page,
            offset=pager_values["offset"],
        )
        values = self._prepare_portal_layout_values()
        values.update(
            {
                "page_name": "offers",
                "default_url": "/my/offers",
                "offers_by_company": orders_sudo.grouped("company_id"),
                "pager": pager_values,
                "searchbar_filters": filters,
                "filterby": filterby,
                "statuses": self._get_offer_list_statuses(),
            }
        )
        return request.render("sale_offer_reply.portal_my_offers", values)

    def _get_offer_list_statuses(self):
        """Return how the list shows each status to the customer: text and colour.

        :rtype: dict
        """
        env = request.env
        return {
            "waiting": (env._("Waiting for your answer"), "open"),
            "unsure": (env._("You are unsure"), "unsure"),
            "to_sign": (env._("Accepted, to be signed or paid"), "unsure"),
            "to_check": (env._("Accepted, we check it"), "yes"),
            "accepted": (env._("Accepted"), "yes"),
            "no": (env._("You said no"), "no"),
            "declined": (env._("Declined"), "no"),
        }

    @http.route(
        "/my/offers/banner/<int:company_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def offer_banner(self, company_id, **_params):
        """Serve the image of a company from which the customer has an offer."""
        domain = self._get_offer_list_domain() & Domain("company_id", "=", company_id)
        # sudo: see portal_my_offers; customers can't read other companies
        order_sudo = request.env["sale.order"].sudo().search(domain, limit=1)
        company_sudo = order_sudo.company_id
        if not company_sudo.offer_portal_image:
            raise NotFound()
        return (
            request.env["ir.binary"]
            ._get_image_stream_from(company_sudo, "offer_portal_image")
            .get_response()
        )
