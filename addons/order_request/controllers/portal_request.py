import uuid
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import (
    clean_key,
    clean_page,
    clean_text,
    clean_token,
)
from odoo.addons.base_offerdesk.uploads import MAX_FILE_BYTES, MAX_FILES, read_uploads
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..customer_order import MAX_MESSAGE
from ..models.order_request import OPEN_STATES

REQUESTS_PER_PAGE = 20
POSTS_PER_10_MINUTES = 60
MAX_FORM_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024
NOTICES = ("sent", "replied", "changes", "withdrawn")
FORMS = ("reply", "changes", "withdraw")


def _is_without_token(_controller, _rule, _args):
    """Return whether a page can be read from a replica: counting wrong links writes."""
    return "access_token" not in request.httprequest.args


class RequestPortal(PortalGuard, CustomerPortal):
    """The customer's requests: what was asked, said, offered, and what to do next."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "order_request_count" in counters:
            values["order_request_count"] = self._count_requests()
        return values

    def _get_requests_domain(self):
        partner = request.env.user.partner_id.commercial_partner_id
        return [
            ("commercial_partner_id", "=", partner.id),
            ("submitted_on", "!=", False),
        ]

    def _count_requests(self):
        # sudo: customers have no access by RPC; the domain has theirs only
        requests_sudo = request.env["order.request"].sudo()
        return requests_sudo.search_count(self._get_requests_domain())

    @http.route(
        ["/my/requests", "/my/requests/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def order_request_list(self, page=1, **_params):
        """List the requests of the visitor's company, the newest first."""
        pager = portal_pager(
            url="/my/requests",
            total=self._count_requests(),
            page=clean_page(page),
            step=REQUESTS_PER_PAGE,
        )
        # sudo: see `_count_requests`
        requests_sudo = (
            request.env["order.request"]
            .sudo()
            .search(
                self._get_requests_domain(),
                order="submitted_on desc, id desc",
                limit=REQUESTS_PER_PAGE,
                offset=pager["offset"],
            )
        )
        return request.render(
            "order_request.portal_requests",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "order_requests",
                "requests": requests_sudo,
                "pager": pager,
            },
        )

    def _get_request(self, request_id, access_token):
        """Return a request that the visitor may see, as superuser, or None.

        :rtype: recordset | None
        """
        token = clean_token(access_token)
        if token and not request.env.user._is_internal():
            self._guard_refuse_guessing()
        # sudo: customers have no access by RPC; whose request it is is checked below
        request_sudo = request.env["order.request"].sudo().browse(request_id).exists()
        if request_sudo.submitted_on and self._is_open_to_visitor(request_sudo, token):
            return request_sudo
        if access_token:
            self._guard_count_wrong_token()
        return None

    def _is_open_to_visitor(self, request_sudo, token):
        """Return whether the visitor may see a request: by link, by login, or as an
        employee who may read it.

        :rtype: bool
        """
        user = request.env.user
        if token and consteq(request_sudo.access_token, token):
            return True
        if user._is_internal():
            return request_sudo.sudo(False).has_access("read")
        return (
            not user._is_public()
            and user.commercial_partner_id == request_sudo.commercial_partner_id
        )

    @http.route(
        "/my/requests/<int:request_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=_is_without_token,
    )
    def order_request_page(self, request_id, access_token=None, notice=None, **kw):
        """Show a request to its customer."""
        request_sudo = self._get_request(request_id, access_token)
        if not request_sudo:
            return request.redirect("/my")
        return self._render_request(request_sudo, access_token, notice)

    def _render_request(self, request_sudo, access_token, notice=None, draft=None):
        token = clean_token(access_token)
        offer_sudo = request_sudo.offer_id
        values = {
            "page_name": "order_request",
            "order_request": request_sudo,
            "offer": offer_sudo
            if request_sudo.state in ("offered", "accepted")
            else None,
            "offer_error": offer_sudo and offer_sudo._get_gate_error(),
            "conversation": request_sudo._get_conversation(),
            "may_act": self._may_act(request_sudo),
            "is_open": request_sudo.state in OPEN_STATES,
            "seller_tz": request_sudo._get_policy().tz or "UTC",
            "notice": notice if self._is_notice_true(request_sudo, notice) else None,
            "draft": draft or {},
            "form_keys": {form: str(uuid.uuid4()) for form in FORMS},
            "action_url": request_sudo.access_url,
            "query": f"?{urlencode({'access_token': token})}" if token else "",
            "max_files": MAX_FILES,
            "max_megabytes": MAX_FILE_BYTES // 1024 // 1024,
        }
        values = self._get_page_view_values(
            request_sudo, token, values, "my_order_requests_history", False
        )
        return request.render("order_request.portal_request", values)

    def _is_notice_true(self, request_sudo, notice):
        """Return whether a notice in the address still says how it is: customers come
        back by an address that they kept.

        :rtype: bool
        """
        if notice == "sent":
            return request_sudo.state == "submitted"
        return notice in NOTICES

    @http.route(
        "/my/requests/<int:request_id>/file/<int:attachment_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=_is_without_token,
    )
    def order_request_file(self, request_id, attachment_id, access_token=None, **_kw):
        """Send a file of the conversation."""
        request_sudo = self._get_request(request_id, access_token)
        if not request_sudo:
            return request.redirect("/my")
        attachments = request_sudo._get_conversation().attachment_ids
        attachment = attachments.filtered(lambda one: one.id == attachment_id)
        if not attachment:
            raise NotFound()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        return stream.get_response(as_attachment=True)

    def _may_act(self, request_sudo):
        """Return whether the visitor is the customer. Employees act in the back office.

        :rtype: bool
        """
        user = request.env.user
        return (
            not user._is_internal()
            or user.commercial_partner_id == request_sudo.commercial_partner_id
        )

    def _get_author(self, request_sudo):
        """Return who writes: the login, or the customer that the link was sent to."""
        if request.env.user._is_public():
            return request_sudo.partner_id
        return request.env.user.partner_id

    @http.route(
        "/my/requests/<int:request_id>/reply",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FORM_BYTES,
    )
    def order_request_reply(self, request_id, **params):
        """Take a message of the customer, with files."""

        def reply(request_sudo, author, text, key):
            files = read_uploads(
                request.env, request.httprequest.files.getlist("files")
            )
            request_sudo._customer_reply(author, text, files, key)

        return self._act(request_id, params, reply, "replied")

    @http.route(
        "/my/requests/<int:request_id>/changes",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def order_request_changes(self, request_id, **params):
        """Take the wish for another offer."""

        def ask(request_sudo, author, text, key):
            request_sudo._customer_ask_changes(author, text, key)

        return self._act(request_id, params, ask, "changes")

    @http.route(
        "/my/requests/<int:request_id>/withdraw",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def order_request_withdraw(self, request_id, **params):
        """Take the request back, or decline its offer."""

        def withdraw(request_sudo, author, text, key):
            request_sudo._customer_withdraw(author, text, key)

        return self._act(request_id, params, withdraw, "withdrawn", needs_text=False)

    def _act(self, request_id, params, step, done, needs_text=True):
        """Let the customer do something with a request; always ends on its page.

        :param dict params: what was sent: ``access_token``, ``message`` and
            ``idempotency_key``
        :param step: function that does it, with the request, the author, the text and
            the key of the form
        :param str done: notice that says so
        :param bool needs_text: whether an empty message is refused
        """
        access_token = params.get("access_token")
        request_sudo = self._get_request(request_id, access_token)
        if not request_sudo or not self._may_act(request_sudo):
            return request.redirect("/my")
        text = clean_text(params.get("message"))
        key = clean_key(params.get("idempotency_key"))
        if problem := self._check_message(request_sudo, text, needs_text):
            return self._show_problem(request_sudo, access_token, text, problem)
        request_sudo._expire_if_due()
        try:
            with request.env.cr.savepoint():
                step(request_sudo, self._get_author(request_sudo), text, key)
        except UserError as error:
            return self._show_problem(request_sudo, access_token, text, str(error))
        return self._go(request_sudo, access_token, done)

    def _check_message(self, request_sudo, text, needs_text):
        """Return what is wrong with a message, or None.

        :rtype: str | None
        """
        sender = f"{request.httprequest.remote_addr}|{request_sudo.id}"
        count = self._guard_count("order_request_post", sender, seconds=600)
        if count > POSTS_PER_10_MINUTES:
            return request.env._("Too many messages. Please try again in some minutes.")
        if needs_text and not text:
            return request.env._("Please write a message.")
        if len(text) > MAX_MESSAGE:
            return request.env._(
                "Please write at most %(max)s characters.", max=MAX_MESSAGE
            )
        return None

    def _show_problem(self, request_sudo, access_token, text, problem):
        """Show the page with what is wrong; what was written stays in its field."""
        response = self._render_request(
            request_sudo, access_token, draft={"message": text, "problem": problem}
        )
        response.status_code = 422
        return response

    def _go(self, request_sudo, access_token, notice):
        """Lead to the request's page; a link that was renewed leads there still."""
        query = {"notice": notice}
        if access_token and request.env.user._is_public():
            query["access_token"] = request_sudo.access_token
        return request.redirect(f"{request_sudo.access_url}?{urlencode(query)}")
