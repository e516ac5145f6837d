import logging
import uuid
from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import get_lang

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import (
    clean_key,
    clean_text,
    clean_token,
)
from odoo.addons.base_offerdesk.uploads import MAX_FILE_BYTES, MAX_FILES, read_uploads

from ..configurator_page import (
    PREFIX,
    ConfiguratorPage,
    format_number,
    list_problems,
    read_inputs,
    read_json,
    read_link,
)
from ..exceptions import StaleDesign
from ..filled_form import FilledForm

_logger = logging.getLogger(__name__)

# Designs whose personal links one session remembers.
MAX_REMEMBERED = 20
EVALUATIONS_PER_MINUTE = 240
MAX_JSON_BYTES = 256 * 1024
CONTACT = ("name", "email", "phone")
FORM_FIELDS = (
    "quantity",
    "requested_date",
    "target_price",
    "message",
    *(f"contact_{name}" for name in CONTACT),
)
MAX_FORM_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024


class RfqConfigurator(PortalGuard, http.Controller):
    """The page of a design: seen, configured, asked for."""

    # Who may see a design

    def _find_design(self, code):
        """Return a design that the visitor may see and their access, as superuser.

        :return: both, empty when there is no such design for the visitor
        :rtype: tuple[recordset, recordset]
        """
        return self._get_design(code, self._get_token(code))

    def _get_token(self, code):
        return request.session.get("rfq_tokens", {}).get(code)

    def _get_design(self, code, token):
        try:
            return request.env["rfq.design"]._get_for_visitor(code, token)
        except (AccessError, MissingError):
            return request.env["rfq.design"], request.env["rfq.design.access"]

    def _render_closed(self):
        """Say that there is no such design, whatever the reason is."""
        response = request.render("rfq_configurator.configurator_closed")
        response.status_code = 404
        return self._hide(response)

    def _hide(self, response, design_sudo=None):
        """Keep a page out of search engines, and its address out of other sites."""
        if not design_sudo or not self._is_for_everybody(design_sudo):
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def _is_for_everybody(self, _design_sudo):
        """Return whether search engines may have a design.

        :rtype: bool
        """
        return False

    # The page

    @http.route(
        "/rfq/d/<string:code>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def rfq_design(self, code, token=None, access_token=None, saved=None, **_params):
        """Show a design, as it is, as a link says, or as the customer saved it."""
        if token or access_token:
            return self._remember_token(code, token or access_token)
        design_sudo, access_sudo = self._find_design(code)
        if not design_sudo:
            return self._render_closed()
        access_sudo._note_visit()
        definition = design_sudo._get_definition()
        inputs = read_link(request.httprequest.args, definition["definition"])
        saved_sudo = request.env["rfq.request"]._find_saved(
            design_sudo, access_sudo, saved
        )
        form = self._get_first_form(definition, saved_sudo)
        return self._render_design(design_sudo, access_sudo, definition, inputs, form)

    def _remember_token(self, code, token):
        """Keep the token of a link in the session, and out of the address.

        Only who comes back has seen the design: programs that look at links in mails
        keep no session.
        """
        self._guard_refuse_guessing()
        token = clean_token(token)
        design_sudo, _access = self._get_design(code, token)
        if not design_sudo or not token:
            self._guard_count_wrong_token()
            return self._render_closed()
        tokens = {**request.session.get("rfq_tokens", {}), code: token}
        request.session["rfq_tokens"] = dict(list(tokens.items())[-MAX_REMEMBERED:])
        query = [
            (name, value)
            for name, value in request.httprequest.args.items(multi=True)
            if name.startswith(PREFIX)
        ]
        address = f"/rfq/d/{code}"
        return self._hide(
            request.redirect(f"{address}?{urlencode(query)}" if query else address)
        )

    def _render_design(self, design_sudo, access_sudo, definition, inputs, form):
        """Show the page of a configuration.

        :param dict form: what was sent beside the parameters, with its ``errors``
        """
        result = design_sudo._evaluate(inputs)
        lang = get_lang(request.env)
        page = ConfiguratorPage(
            definition["definition"], result, inputs, lang.decimal_point
        )
        values = {
            **self._prepare_design_values(design_sudo),
            "definition": definition,
            "download": design_sudo._get_download(definition),
            "result": result,
            "problems": list_problems(result) if form.get("is_checked") else [],
            "groups": page.groups(),
            "derived": page.derived(),
            "form": form,
            "needs_contact": self._needs_contact(access_sudo),
        }
        response = request.render("rfq_configurator.configurator", values)
        if form.get("errors"):
            response.status_code = 422
        return self._hide(response, design_sudo)

    def _prepare_design_values(self, design_sudo):
        """Return what the page shows of a design whatever was chosen.

        :rtype: dict
        """
        return {
            "page_name": "rfq_configurator",
            "design": design_sudo,
            "action_url": f"/rfq/d/{design_sudo.code}",
            "max_files": MAX_FILES,
            "max_megabytes": MAX_FILE_BYTES // 1024 // 1024,
        }

    def _needs_contact(self, access_sudo):
        """Return whether nobody knows yet who the visitor is."""
        return request.env.user._is_public() and not access_sudo

    def _get_first_form(self, definition, saved_sudo):
        """Return the form as it is before anybody fills it in.

        :param saved_sudo: what the customer goes on with, if anything
        :rtype: dict
        """
        form = {"quantity": definition["min_qty"], "idempotency_key": uuid.uuid4()}
        if saved_sudo:
            decimal_point = get_lang(request.env).decimal_point
            price = saved_sudo.target_price
            form |= {
                "saved": saved_sudo.id,
                "quantity": int(saved_sudo.quantity),
                "message": saved_sudo.message,
                "requested_date": saved_sudo.requested_date,
                "target_price": price and format_number(price, 2, decimal_point),
            }
        return form

    # What the page asks for

    @http.route(
        "/rfq/d/<string:code>/definition",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        readonly=True,
        max_content_length=MAX_JSON_BYTES,
    )
    def rfq_definition(self, code, **_params):
        """Return what the browser needs to show and to check a design."""
        # A personal link that was revoked lets nobody in, not even there.
        if not self._get_token(code):
            definition = request.env["rfq.design"]._get_open_definition(code)
            if definition:
                return definition
        design_sudo, _access = self._find_design(code)
        if not design_sudo:
            return {"error": request.env._("This design is not available.")}
        return design_sudo._get_definition()

    @http.route(
        "/rfq/d/<string:code>/evaluate",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_JSON_BYTES,
    )
    def rfq_evaluate(self, code, inputs=None, **_params):
        """Return what follows from a configuration."""
        design_sudo, _access = self._find_design(code)
        if not design_sudo:
            return {"error": request.env._("This design is not available.")}
        if self._guard_count("rfq_evaluate") > EVALUATIONS_PER_MINUTE:
            return {"error": request.env._("Please try again in a minute.")}
        definition = design_sudo._get_definition()["definition"]
        return design_sudo._evaluate(read_json(inputs, definition))

    @http.route(
        "/rfq/d/<string:code>/file/<string:fingerprint>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def rfq_file(self, code, fingerprint, **_params):
        """Send the model of a design that is always the same.

        The fingerprint is there for browsers alone, which keep what they have.
        """
        design_sudo, _access = self._find_design(code)
        if not design_sudo:
            return self._render_closed()
        return self._send_stream(design_sudo._get_model_stream, as_attachment=True)

    @http.route(
        "/rfq/d/<string:code>/picture/<string:fingerprint>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def rfq_picture(self, code, fingerprint, **_params):
        """Send the picture of a design, for pages without its model."""
        design_sudo, _access = self._find_design(code)
        if not design_sudo:
            return self._render_closed()
        return self._send_stream(design_sudo._get_picture_stream)

    def _send_stream(self, get_stream, **options):
        """Send a file that a design may not have."""
        try:
            return get_stream().get_response(**options)
        except MissingError as error:
            raise request.not_found() from error

    # Sending

    @http.route(
        "/rfq/d/<string:code>/submit",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
        max_content_length=MAX_FORM_BYTES,
    )
    def rfq_submit(self, code, **params):
        """Take a request for a quotation, or show again what is wrong with it."""
        design_sudo, access_sudo = self._find_design(code)
        if not design_sudo:
            return self._render_closed()
        definition = design_sudo._get_definition()
        inputs = read_inputs(request.httprequest.form, definition["definition"])
        saved_sudo = request.env["rfq.request"]._find_saved(
            design_sudo, access_sudo, params.get("saved")
        )
        form = {
            **{name: clean_text(params.get(name)) for name in FORM_FIELDS},
            "saved": saved_sudo.id,
            "idempotency_key": clean_key(params.get("idempotency_key")) or uuid.uuid4(),
            "version_sha": params.get("version_sha"),
            "errors": [],
            "is_checked": True,
        }
        if params.get("save") and not self._needs_contact(access_sudo):
            take, notice = self._save, "saved"
        elif not params.get("check") and not params.get("save"):
            take, notice = self._submit, "sent"
        else:
            take = None
        if take:
            rfq_sudo = self._try(
                take, design_sudo, access_sudo, inputs, form, saved_sudo
            )
            if rfq_sudo:
                return self._go_to_request(rfq_sudo, notice)
        return self._render_design(design_sudo, access_sudo, definition, inputs, form)

    def _try(self, take, design_sudo, access_sudo, inputs, form, saved_sudo):
        """Return the request that was sent or saved, or None and say in the form what
        is wrong.

        :param take: `_submit` or `_save`
        :rtype: recordset | None
        """
        limit = design_sudo.company_id.rfq_max_per_hour
        if limit and self._count_submission(access_sudo) > limit:
            form["errors"].append(
                request.env._("Too many requests. Please try again in an hour.")
            )
            return None
        try:
            return take(design_sudo, access_sudo, inputs, form, saved_sudo)
        except StaleDesign as stale:
            inputs.clear()
            inputs.update(stale.inputs)
            form["errors"].append(
                request.env._(
                    "The design was changed meanwhile. Please look at your "
                    "configuration and send it again."
                )
            )
        except UserError as error:
            form["errors"] += str(error).split("\n")
        except OSError as error:
            _logger.warning("Files of a visitor can't be stored: %r", error)
            form["errors"].append(
                request.env._(
                    "Your files can't be stored at the moment. Please try again later, "
                    "or send the form without them."
                )
            )
        return None

    def _submit(self, design_sudo, access_sudo, inputs, form, saved_sudo):
        files = []
        if design_sudo.allow_upload:
            files = request.httprequest.files.getlist("files")
        # Not by the route: what was entered stays, whatever the captcha says.
        request.env["ir.http"]._verify_request_recaptcha_token("rfq_submit")
        with request.env.cr.savepoint():
            return request.env["rfq.request"]._submit(
                self._get_filled(design_sudo, access_sudo, inputs, form),
                contact={name: form[f"contact_{name}"] for name in CONTACT},
                uploads=read_uploads(request.env, files),
                saved=saved_sudo,
            )

    def _save(self, design_sudo, access_sudo, inputs, form, saved_sudo):
        # No captcha: only those who are known save anything.
        with request.env.cr.savepoint():
            return request.env["rfq.request"]._save(
                self._get_filled(design_sudo, access_sudo, inputs, form), saved_sudo
            )

    def _get_filled(self, design_sudo, access_sudo, inputs, form):
        """Return what is taken of the form alike, whether it is sent or saved.

        :rtype: FilledForm
        """
        names = ("quantity", "message", "requested_date", "target_price", "version_sha")
        return FilledForm(
            design=design_sudo,
            access=access_sudo,
            inputs=inputs,
            idempotency_key=str(form["idempotency_key"]),
            **{name: form[name] for name in names},
        )

    def _count_submission(self, access_sudo):
        """Count an attempt by address and by personal link.

        :return: the larger number within an hour
        :rtype: int
        """
        counts = [self._guard_count("rfq_submit", seconds=3600)]
        if access_sudo:
            subject = f"access|{access_sudo.id}"
            counts.append(self._guard_count("rfq_submit", subject, seconds=3600))
        return max(counts)

    def _go_to_request(self, rfq_sudo, notice):
        """Lead to the page of a new request, which is the visitor's by its link."""
        query = {"notice": notice}
        if request.env.user._is_public():
            query["access_token"] = rfq_sudo.access_token
        return request.redirect(f"{rfq_sudo.access_url}?{urlencode(query)}")
