import logging
import uuid
from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.http import request

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

from ..exceptions import Purged

_logger = logging.getLogger(__name__)

REQUESTS_PER_PAGE = 20
FORMS_PER_10_MINUTES = 60
MAX_FORM_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024
NOTICES = ("sent", "saved", "cancelled", "replied")
FILES = ("model_glb", "model_stl", "data_json", "data_xml")


class RfqPortal(PortalGuard, CustomerPortal):
    """The customer's requests for quotation: what was asked, and what came of it."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "rfq_request_count" in counters:
            values["rfq_request_count"] = self._count_rfqs()
        return values

    def _get_rfqs_domain(self):
        partner = request.env.user.partner_id.commercial_partner_id
        return [
            ("partner_id", "child_of", partner.id),
            ("purged_on", "=", False),
            # What was sent or saved. Our proposals are found with what they are for.
            *("|", ("submitted_on", "!=", False)),
            *("&", ("state", "=", "draft"), ("parent_id", "=", False)),
        ]

    def _count_rfqs(self):
        # sudo: employees may have no access; the domain has the visitor's own only
        rfqs_sudo = request.env["rfq.request"].sudo()
        return rfqs_sudo.search_count(self._get_rfqs_domain())

    @http.route(
        ["/my/rfqs", "/my/rfqs/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def rfq_list(self, page=1, **_params):
        """List the requests of the visitor's company, the newest first."""
        pager = portal_pager(
            url="/my/rfqs",
            total=self._count_rfqs(),
            page=clean_page(page),
            step=REQUESTS_PER_PAGE,
        )
        # sudo: see `_count_rfqs`, and the names of designs are not read by RPC
        rfqs_sudo = (
            request.env["rfq.request"]
            .sudo()
            .search(
                self._get_rfqs_domain(),
                limit=REQUESTS_PER_PAGE,
                offset=pager["offset"],
            )
        )
        return request.render(
            "rfq_configurator.portal_rfqs",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "rfq_requests",
                "rfqs": rfqs_sudo,
                "pager": pager,
            },
        )

    def _get_rfq(self, rfq_id, access_token):
        """Return a request that the visitor may see, as superuser, or none.

        :rtype: recordset
        """
        token = clean_token(access_token)
        if token and not request.env.user._is_internal():
            self._guard_refuse_guessing()
        # sudo: customers read no designs; whose request it is is checked below
        rfq_sudo = request.env["rfq.request"].sudo().browse(rfq_id).exists()
        if rfq_sudo and self._is_rfq_open(rfq_sudo, token):
            return rfq_sudo
        if access_token:
            self._guard_count_wrong_token()
        return rfq_sudo.browse()

    def _is_rfq_open(self, rfq_sudo, token):
        """Return whether the visitor may see a request: by its link, or by login.

        :rtype: bool
        """
        if token and rfq_sudo._is_own_link(token):
            return True
        user = request.env.user
        if user._is_internal():
            return rfq_sudo.sudo(False).has_access("read")
        return (
            not user._is_public()
            and rfq_sudo.partner_id.commercial_partner_id
            == user.partner_id.commercial_partner_id
        )

    @http.route(
        "/my/rfqs/<int:rfq_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def rfq_page(self, rfq_id, access_token=None, notice=None, **_params):
        """Show a request to its customer."""
        rfq_sudo = self._get_rfq(rfq_id, access_token)
        if not rfq_sudo:
            return request.redirect("/my")
        if rfq_sudo.purged_on:
            return self._render_gone(rfq_sudo.purged_on)
        return self._render_rfq(rfq_sudo, access_token, notice)

    def _render_gone(self, date):
        response = request.render(
            "rfq_configurator.portal_rfq_gone",
            {"page_name": "rfq_gone", "purged_on": date},
        )
        response.status_code = 410
        return response

    def _render_rfq(
        self, rfq_sudo, access_token, notice=None, problem=None, message=""
    ):
        token = clean_token(access_token)
        query = f"?{urlencode({'access_token': token})}" if token else ""
        model = rfq_sudo._get_model()
        if model and "file" in model:
            model["file"]["url"] += query
        download = rfq_sudo._get_download()
        values = {
            "page_name": "rfq_request",
            "rfq": rfq_sudo,
            "rows": [row for row in rfq_sudo._get_rows() if not row["internal"]],
            "shown_price": rfq_sudo._get_shown_price(),
            "model": model,
            "download": download and download + query,
            "files": [kind for kind in FILES if rfq_sudo[kind]],
            "quotations": rfq_sudo._get_offers(),
            "proposals": rfq_sudo.answer_ids.revision_id.filtered(
                lambda one: one.state == "draft"
            ),
            "conversation": rfq_sudo._get_conversation(),
            "notice": notice if notice in NOTICES else None,
            "problem": problem,
            "message": message,
            "form_key": str(uuid.uuid4()),
            "may_act": self._may_act_on_rfq(),
            "is_saved": rfq_sudo._is_saved(),
            "again_url": rfq_sudo._get_again_url(),
            "action_url": rfq_sudo.access_url,
            "query": query,
        }
        values = self._get_page_view_values(
            rfq_sudo, token, values, "my_rfqs_history", False
        )
        return request.render("rfq_configurator.portal_rfq", values)

    def _may_act_on_rfq(self):
        """Return whether the visitor is the customer. Employees act in the back office.

        :rtype: bool
        """
        return not request.env.user._is_internal()

    def _get_rfq_author(self, rfq_sudo):
        """Return who acts: the login, or the customer that the link was sent to."""
        if request.env.user._is_public():
            return rfq_sudo.partner_id
        return request.env.user.partner_id

    @http.route(
        "/my/rfqs/<int:rfq_id>/file/<string:kind>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def rfq_request_file(self, rfq_id, kind, access_token=None, **_params):
        """Send a file of a request; once it is removed, say so."""
        rfq_sudo = self._get_rfq(rfq_id, access_token)
        if not rfq_sudo:
            return request.redirect("/my")
        try:
            stream = (
                rfq_sudo._get_design_stream()
                if kind == "design"
                else rfq_sudo._get_file(kind)
            )
        except Purged as purged:
            return self._render_gone(purged.date)
        except MissingError as error:
            raise request.not_found() from error
        return stream.get_response(as_attachment=True)

    @http.route(
        "/my/rfqs/<int:rfq_id>/file/<int:attachment_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def rfq_conversation_file(
        self, rfq_id, attachment_id, access_token=None, **_params
    ):
        """Send a file of the conversation; once it is removed, say so."""
        rfq_sudo = self._get_rfq(rfq_id, access_token)
        if not rfq_sudo:
            return request.redirect("/my")
        if rfq_sudo.purged_on:
            return self._render_gone(rfq_sudo.purged_on)
        attachments = rfq_sudo._get_conversation().attachment_ids
        attachment = attachments.filtered(lambda one: one.id == attachment_id)
        if not attachment:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        return stream.get_response(as_attachment=True)

    @http.route(
        "/my/rfqs/<int:rfq_id>/reply",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_FORM_BYTES,
    )
    def rfq_reply(self, rfq_id, **params):
        """Take a message of the customer, with files."""

        def reply(rfq_sudo, author):
            files = request.httprequest.files.getlist("files")
            rfq_sudo._customer_reply(
                author,
                clean_text(params.get("message")),
                read_uploads(request.env, files),
                # Each writes the request, so that none is taken while it is removed.
                clean_key(params.get("idempotency_key")) or str(uuid.uuid4()),
            )

        return self._act_on_rfq(rfq_id, params, reply, "replied")

    @http.route(
        "/my/rfqs/<int:rfq_id>/accept",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def rfq_accept(self, rfq_id, **params):
        """Ask for a quotation of what the seller proposed."""

        def accept(rfq_sudo, _author):
            rfq_sudo._customer_accept_counter()

        return self._act_on_rfq(rfq_id, params, accept, "sent")

    @http.route(
        "/my/rfqs/<int:rfq_id>/cancel",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def rfq_cancel(self, rfq_id, **params):
        """Take a request back."""

        def cancel(rfq_sudo, author):
            rfq_sudo._customer_cancel(author)

        return self._act_on_rfq(rfq_id, params, cancel, "cancelled")

    def _act_on_rfq(self, rfq_id, params, step, notice):
        """Let the customer do something with a request; always ends on its page.

        :param dict params: what was sent
        :param step: function that does it, with the request and who acts
        :param str notice: what to say when it is done
        """
        access_token = params.get("access_token")
        rfq_sudo = self._get_rfq(rfq_id, access_token)
        if not rfq_sudo or not self._may_act_on_rfq():
            return request.redirect("/my")
        if rfq_sudo.purged_on:
            return self._render_gone(rfq_sudo.purged_on)
        try:
            self._count_form(rfq_sudo)
            with request.env.cr.savepoint():
                step(rfq_sudo, self._get_rfq_author(rfq_sudo))
        except UserError as error:
            return self._render_refused(rfq_sudo, params, str(error))
        except OSError as error:
            _logger.warning("Files of a customer can't be stored: %r", error)
            problem = request.env._(
                "Your files can't be stored at the moment. Please try again later, or "
                "send the message without them."
            )
            return self._render_refused(rfq_sudo, params, problem)
        query = {"notice": notice}
        if access_token and request.env.user._is_public():
            query["access_token"] = rfq_sudo.access_token
        return request.redirect(f"{rfq_sudo.access_url}?{urlencode(query)}")

    def _render_refused(self, rfq_sudo, params, problem):
        """Show a request again, with what was written and why it was not taken."""
        response = self._render_rfq(
            rfq_sudo,
            params.get("access_token"),
            problem=problem,
            message=clean_text(params.get("message")),
        )
        response.status_code = 422
        return response

    def _count_form(self, rfq_sudo):
        sender = f"{request.httprequest.remote_addr}|{rfq_sudo.id}"
        if self._guard_count("rfq_form", sender, seconds=600) > FORMS_PER_10_MINUTES:
            raise UserError(
                request.env._("Too many messages. Please try again in some minutes.")
            )
