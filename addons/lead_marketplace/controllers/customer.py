import uuid
from urllib.parse import urlencode

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.base_offerdesk.controllers.guard import PortalGuard
from odoo.addons.base_offerdesk.form_values import clean_text, clean_token
from odoo.addons.base_offerdesk.uploads import MAX_FILE_BYTES, MAX_FILES, read_uploads

from ..customer_request import (
    MAX_DESCRIPTION,
    MAX_LINE,
    MAX_REVIEW,
    MIN_REVIEW,
    CustomerRequest,
)
from .customer_form import (
    ANSWERS,
    DRAFT,
    parse_outcome,
    parse_request,
    parse_review,
    read_draft,
)

FORMS_PER_HOUR = 30
POSTS_PER_10_MINUTES = 60
MAX_FORM_BYTES = MAX_FILES * MAX_FILE_BYTES + 1024 * 1024


def _is_known_link(_controller, _rule, args):
    """Return whether a page can be read from a replica.

    A link that leads nowhere is counted, and counting writes.
    """
    env = request.env(user=SUPERUSER_ID)
    token = clean_token(request.httprequest.args.get("access_token"))
    return bool(env["lead.market.request"]._find_by_link(args["number"], token))


class MarketCustomer(PortalGuard, http.Controller):
    """The pages of customers: the form, and the request that came out of it."""

    # === FORM ===

    @http.route(
        "/market/request",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=True,
        readonly=True,
    )
    def market_request_form(self, **params):
        """Show the empty form; a category in the address is chosen already."""
        draft = {
            "category_id": clean_text(params.get("category"), multiline=False)[:10],
            "contact_mode": "phone_email",
            "idempotency_key": str(uuid.uuid4()),
        }
        return self._market_render_form(request.env.company, draft, {})

    @http.route(
        "/market/request",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        captcha="lead_market_request",
        max_content_length=MAX_FORM_BYTES,
    )
    def market_request_send(self, **_params):
        """Take a request; answers with the customer's page, or the form again."""
        form = request.httprequest.form
        company = request.env.company
        sent, errors = parse_request(request.env, form, self._market_choices(company))
        try:
            sent.files = read_uploads(
                request.env,
                request.httprequest.files.getlist("photos"),
                pictures_only=True,
            )
        except UserError as error:
            errors["photos"] = str(error)
        if self._guard_count("market_request", seconds=3600) > FORMS_PER_HOUR:
            errors["form"] = request.env._(
                "Too many requests came from your network. Please try again in an "
                "hour, or write to us."
            )
        if errors:
            draft = {
                **read_draft(form, DRAFT),
                "idempotency_key": sent.key or str(uuid.uuid4()),
                "had_photos": any(
                    file.filename for file in request.httprequest.files.values()
                ),
            }
            return self._market_render_form(company, draft, errors)
        # sudo: visitors create nothing themselves; every answer was checked
        lead_sudo = request.env["crm.lead"].sudo()._market_submit(company, sent)
        return self._market_go(
            lead_sudo.market_request_id, lead_sudo.market_token, "received"
        )

    def _market_render_form(self, company, draft, errors):
        choices = self._market_choices(company)
        category = choices["categories"].filtered(
            lambda c: str(c.id) == draft.get("category_id")
        )
        if not category and len(choices["categories"]) == 1:
            category = choices["categories"]
        response = request.render(
            "lead_marketplace.customer_request_form",
            {
                **self._market_form_values(company, draft, errors, choices),
                "for_whom_label": category.for_whom_label,
                "category": category,
                # sudo: the company's own text for everybody who asks
                "consent_text": company.sudo()._get_market_consent(),
            },
        )
        if errors:
            response.status_code = 422
        return response

    def _market_form_values(self, company, draft, errors, choices):
        return {
            **self._market_layout_values(company),
            **choices,
            "draft": draft,
            "errors": errors,
            # sudo: the currency of the form, which is no secret
            "currency": company.sudo().currency_id,
            "max_files": MAX_FILES,
            "max_megabytes": MAX_FILE_BYTES // 1024 // 1024,
            "max_description": MAX_DESCRIPTION,
            "max_line": MAX_LINE,
        }

    def _market_choices(self, company):
        """Return what can be chosen on the form.

        :param company: `res.company` whose form it is
        :return: ``categories`` and ``regions`` as records, ``segments`` as a dict
        :rtype: dict
        """
        # sudo: visitors read no models; these are the names on the form
        env = request.env(su=True)
        segments = env["lead.market.request"]._fields["segment"]
        return {
            "categories": env["lead.market.category"].search(
                [("company_id", "in", [company.id, False])]
            ),
            "regions": env["res.country.state"].search(
                # sudo: visitors read no companies; only the country is used
                [("country_id", "=", company.sudo().country_id.id)],
                order="name, id",
            ),
            "segments": dict(segments._description_selection(request.env)),
        }

    def _market_layout_values(self, company):
        """Return what every page of customers shows: above all, whom to ask.

        :rtype: dict
        """
        # sudo: visitors read no companies; the page shows whom to ask
        company_sudo = company.sudo()
        return {
            "no_breadcrumbs": True,
            "page_name": "market_customer",
            "market_company": company_sudo,
            "market_operator": company_sudo._get_market_operator(),
        }

    # === PAGE ===

    @http.route(
        "/market/request/<string:number>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=_is_known_link,
        sitemap=False,
    )
    def market_request_page(self, number, access_token=None, **params):
        """Show a request to its customer."""
        request_sudo = self._market_find(number, access_token)
        if not request_sudo:
            return self._market_unknown()
        return self._market_render_page(
            request_sudo, clean_token(access_token), notice=params.get("notice")
        )

    def _market_find(self, number, access_token):
        """Return the request of a link, as superuser; wrong links are counted.

        :rtype: recordset of `lead.market.request`
        """
        self._guard_refuse_guessing()
        found = request.env["lead.market.request"]._find_by_link(
            number[:MAX_LINE], clean_token(access_token)
        )
        if not found:
            self._guard_count_wrong_token()
        return found

    def _market_unknown(self):
        """Answer alike for numbers that exist and for those that don't."""
        response = request.render(
            "lead_marketplace.customer_request_unknown",
            self._market_layout_values(request.env.company),
        )
        response.status_code = 404
        return self._market_private(response)

    def _market_render_page(
        self, request_sudo, token, notice=None, draft=None, errors=None, part=None
    ):
        company = request_sudo.company_id
        lead_sudo = request_sudo.lead_ids[:1]
        response = request.render(
            "lead_marketplace.customer_request_page",
            {
                **self._market_form_values(
                    company,
                    draft or self._market_draft(request_sudo),
                    errors or {},
                    self._market_choices(company),
                ),
                "market_request": request_sudo,
                "lead": lead_sudo,
                "takes": request_sudo.take_ids.sorted("opened_on"),
                "steps": request_sudo._get_customer_steps(),
                "reviews": self._market_reviews(request_sudo),
                "for_whom_label": request_sudo._get_for_whom_label(),
                "needs_consent": not lead_sudo.market_consent_date,
                "consent_text": company._get_market_consent(),
                "notice": notice,
                "part": part,
                "query": f"?{urlencode({'access_token': token})}",
                "min_review": MIN_REVIEW,
                "max_review": MAX_REVIEW,
            },
        )
        if errors:
            response.status_code = 422
        return self._market_private(response)

    def _market_reviews(self, request_sudo):
        # sudo: the reviews that this very customer wrote
        reviews = request.env["lead.market.review"].sudo()
        found = reviews.search([("take_id", "in", request_sudo.take_ids.ids)])
        return {review.take_id.id: review for review in found}

    def _market_draft(self, request_sudo):
        """Return the present answers, as the form shows them.

        :rtype: dict
        """
        lead_sudo = request_sudo.lead_ids[:1]
        budget = request_sudo.budget
        return {
            "category_id": str(request_sudo.category_id.id or ""),
            "description": request_sudo.description or "",
            "for_whom": request_sudo.for_whom or "",
            "for_whom_not_stated": "1" if request_sudo.for_whom_not_stated else "",
            "region_id": str(request_sudo.region_id.id or ""),
            "city": request_sudo.city or "",
            "segment": request_sudo.segment or "",
            "budget": f"{budget:g}" if budget == int(budget) else f"{budget:.2f}",
            "name": lead_sudo.contact_name or "",
            "email": lead_sudo.email_normalized or lead_sudo.email_from or "",
            "phone": lead_sudo.phone or "",
            "contact_mode": request_sudo.contact_mode,
        }

    def _market_private(self, response):
        """Keep a page with a token in its address out of caches and other sites."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def _market_go(self, request_sudo, token, notice):
        query = urlencode({"access_token": token, "notice": notice})
        # Without an anchor browsers would go to the form that was sent.
        return request.redirect(
            f"/market/request/{request_sudo.number}?{query}#o_market_notice", code=303
        )

    # === WHAT CUSTOMERS DO ===

    def _market_post(self, number, access_token, part, parse, act):
        """Run what one of the page's forms asks for.

        :param str part: name of the form, to show its mistakes there
        :param parse: function of the request; returns what was sent, and messages
        :param act: function of the request and of what was sent; returns a notice
        """
        request_sudo = self._market_find(number, access_token)
        if not request_sudo:
            return self._market_unknown()
        token = clean_token(access_token)
        form = request.httprequest.form
        sent, errors = parse(request_sudo)
        sender = f"{request.httprequest.remote_addr}|{request_sudo.id}"
        if self._guard_count("market_post", sender, 600) > POSTS_PER_10_MINUTES:
            errors["form"] = request.env._(
                "Too many changes. Please try again in some minutes."
            )
        if not errors:
            try:
                with request.env.cr.savepoint():
                    # sudo: customers have no user; the link was checked
                    notice = act(request_sudo.with_user(SUPERUSER_ID), sent)
                return self._market_go(request_sudo, token, notice)
            except (UserError, ValidationError) as error:
                errors["form"] = str(error)
        draft = self._market_draft(request_sudo) | read_draft(
            form, DRAFT if part == "correct" else ANSWERS
        )
        return self._market_render_page(
            request_sudo, token, draft=draft, errors=errors, part=part
        )

    @http.route(
        "/market/request/<string:number>/correct",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def market_request_correct(self, number, access_token=None, **_params):
        """Change a request."""

        def parse(request_sudo):
            choices = self._market_choices(request_sudo.company_id)
            if request_sudo.published_on:
                choices["categories"] = request_sudo.category_id.browse()
            return parse_request(
                request.env,
                request.httprequest.form,
                choices,
                needs_consent=not request_sudo.lead_ids[:1].market_consent_date,
            )

        def act(request_sudo, sent):
            request_sudo._customer_correct(sent)
            return "corrected"

        return self._market_post(number, access_token, "correct", parse, act)

    @http.route(
        "/market/request/<string:number>/withdraw",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def market_request_withdraw(self, number, access_token=None, **_params):
        """Take a request back."""

        def act(request_sudo, _sent):
            request_sudo._customer_withdraw()
            return "withdrawn"

        return self._market_post(
            number,
            access_token,
            "withdraw",
            lambda _request_sudo: (CustomerRequest(), {}),
            act,
        )

    @http.route(
        "/market/request/<string:number>/done",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def market_request_done(self, number, access_token=None, **_params):
        """Take note of who did the work."""

        def parse(request_sudo):
            return parse_outcome(
                request.env, request.httprequest.form, request_sudo.take_ids
            )

        def act(request_sudo, sent):
            request_sudo._customer_done(**sent)
            return "done" if sent["who"] == "workshop" else "noted"

        return self._market_post(number, access_token, "done", parse, act)

    @http.route(
        "/market/request/<string:number>/review",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def market_request_review(self, number, access_token=None, **_params):
        """Take a review of a workshop that opened the contact."""

        def parse(request_sudo):
            return parse_review(
                request.env,
                request.httprequest.form,
                request_sudo._get_reviewable_takes(),
            )

        def act(request_sudo, sent):
            request_sudo.env["lead.market.review"]._submit(**sent)
            return "reviewed"

        return self._market_post(number, access_token, "review", parse, act)
