import re
from datetime import UTC
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import format_amount, format_date

from odoo.addons.base_offerdesk.form_values import clean_int, clean_text

from ..models.lead_market_request import NUMBER_SIGNS, SEGMENTS
from .workshop import COUNT_LIMIT, MAX_SEARCH, MarketPortal

FEED = "/my/market/requests"
# What a card shows: read with the search, in one query.
CARD_FIELDS = [
    "number",
    "name",
    "state",
    "published_on",
    "company_id",
    "category_id",
    "region_id",
    "city",
    "segment",
    "budget",
    "contact_mode",
    "for_whom_shown",
    "description",
]
# Cards are tall: these are three screens of a desktop, five of a phone.
CARDS = 20
MIN_LETTERS = 3
NUMBER = re.compile(f"^[{NUMBER_SIGNS}]{{4,16}}$")
# More hits cost the reading of many rows, and nobody looks at so many.
SEARCH_COUNT_LIMIT = 100
THUMBNAIL, PICTURE = 320, 1600


class MarketFeedPortal(MarketPortal):
    """Published requests, and opening their contacts."""

    # === FEED ===

    @http.route(
        FEED, type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def market_requests(self, **params):
        """List what is published, newest first."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop, browse=True):
            return answer
        # The layout and the filters want two columns of them, not whole partners.
        partners = workshop.partner_id | workshop.company_id.partner_id
        partners.fetch(["user_id", "country_id"])
        criteria, hint = self._market_read_criteria(params)
        Request = request.env["lead.market.request"]
        domain = Request._get_feed_domain(workshop, criteria)
        page_domain = domain
        cursor = self._market_read_cursor(params.get("after"), 2)
        if cursor:
            page_domain = domain & Request._get_keyset_domain(
                self._market_to_moment(cursor[0]), cursor[1]
            )
        found = Request.search_fetch(page_domain, CARD_FIELDS, limit=CARDS + 1)
        page, older = self._market_page(
            found, lambda r: (self._market_to_int(r.published_on), r.id), CARDS
        )
        query = self._market_feed_query(criteria)
        # Read before the cards, which show their names.
        categories = request.env["lead.market.category"].search_fetch(
            [], ["name", "for_whom_label"]
        )
        regions = self._market_regions(workshop)
        return self._market_render(
            "lead_marketplace.portal_market_requests",
            workshop,
            {
                "cards": self._market_cards(
                    workshop, page, unopened=criteria["hide_opened"]
                ),
                "count": self._market_count(
                    Request,
                    domain,
                    SEARCH_COUNT_LIMIT if criteria["search"] else COUNT_LIMIT,
                ),
                "criteria": criteria,
                "hint": hint,
                "is_filtered": bool(query),
                "first_url": cursor and f"{FEED}?{urlencode(query)}",
                "older_url": older and f"{FEED}?{urlencode(query | {'after': older})}",
                "categories": categories,
                "regions": regions,
                "segments": Request._fields["segment"]._description_selection(
                    request.env
                ),
                "page_title": request.env._("Requests"),
                "market_tab": "requests",
            },
        )

    def _market_read_criteria(self, params):
        """Return the checked criteria of the feed, and a hint for the visitor.

        :rtype: tuple[dict, str]
        """
        search = clean_text(params.get("search"), multiline=False)[:MAX_SEARCH]
        hint = ""
        if search and len(re.findall(r"[^\W_]", search)) < MIN_LETTERS:
            hint = request.env._(
                "Please search for at least %(count)s letters.", count=MIN_LETTERS
            )
        segment = params.get("segment")
        return {
            "category": clean_int(params.get("category")),
            "region": clean_int(params.get("region")),
            "segment": segment if segment in dict(SEGMENTS) else "",
            "search": "" if hint else search,
            "hide_opened": params.get("opened") != "1",
            "fits": params.get("fits") == "1",
        }, hint

    def _market_feed_query(self, criteria):
        query = {
            name: criteria[name]
            for name in ("category", "region", "segment", "search")
            if criteria[name]
        }
        if not criteria["hide_opened"]:
            query["opened"] = "1"
        if criteria["fits"]:
            query["fits"] = "1"
        return query

    def _market_regions(self, workshop):
        """Return the regions to choose from: the workshop's, or the country's."""
        country = workshop.company_id.partner_id.country_id
        return workshop.region_ids or request.env["res.country.state"].search_fetch(
            [("country_id", "=", country.id)], ["name"]
        )

    def _market_cards(self, workshop, requests, unopened=False):
        """Return what the list shows of each request, in words.

        The number of queries does not depend on how many there are, and the template
        meets no record: what it asks of one costs more than all the rest of a card.

        :param workshop: the reader's workshop
        :param requests: `lead.market.request` records, read as the visitor
        :param bool unopened: whether the workshop has opened none of them for sure
        :rtype: list[dict]
        """
        env = request.env
        own = workshop._get_own_matches(requests)
        misfits = workshop._get_misfits(requests)
        photos = self._market_photos(requests)
        counts = None
        if workshop.company_id.market_show_opened_count:
            counts = requests._get_take_counts()
        takes = {} if unopened else self._market_take_ids(workshop, requests)
        days = self._market_days(requests)
        segments = dict(requests._fields["segment"]._description_selection(env))
        # With the visitor's language: once, not for each link.
        url = env["ir.http"]._url_for("/my/market/request")
        return [
            {
                "url": f"{url}/{record.number}",
                "number": record.number,
                "title": record.name,
                "day": days[record.id],
                "description": record.description,
                "category": record.category_id.name,
                "place": ", ".join(filter(None, (record.city, record.region_id.name))),
                "segment": segments.get(record.segment),
                "budget": record.budget
                and format_amount(env, record.budget, record.currency_id),
                "for_whom_label": record.category_id.for_whom_label,
                "for_whom": record.for_whom_shown,
                "email_only": record.contact_mode == "email_only",
                "opened": None if counts is None else counts.get(record.id, 0),
                "photo_ids": photos.get(record.id, []),
                "misfits": misfits[record.id],
                "is_own": record.id in own,
                "take_id": takes.get(record.id),
            }
            for record in requests
        ]

    def _market_take_ids(self, workshop, requests):
        """Return the ids of the workshop's takes of requests.

        :rtype: dict
        """
        takes = self._market_own("lead.market.take", workshop).search_fetch(
            [
                ("workshop_partner_id", "=", workshop.partner_id.id),
                ("request_id", "in", requests.ids),
            ],
            ["request_id"],
        )
        # sudo: only the ids, of requests that were read as the visitor
        return {take.sudo().request_id.id: take.id for take in takes}

    def _market_days(self, requests):
        """Return the day on which requests were published, in words.

        :rtype: dict
        """
        zone = request.env.tz
        days = {
            record.id: record.published_on.replace(tzinfo=UTC).astimezone(zone).date()
            for record in requests
        }
        # Putting a date into words is slow, and many requests share a day.
        words = {day: format_date(request.env, day) for day in set(days.values())}
        return {record_id: words[day] for record_id, day in days.items()}

    def _market_photos(self, requests):
        """Return the ids of the photos of requests that the visitor may read.

        :rtype: dict
        """
        # sudo: pictures follow the requests, which were read as the visitor
        groups = (
            request.env["ir.attachment"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "lead.market.request"),
                    ("res_id", "in", requests.ids),
                    ("mimetype", "=like", "image/%"),
                ],
                ["res_id"],
                ["id:array_agg"],
            )
        )
        return {res_id: sorted(ids) for res_id, ids in groups}

    # === CARD ===

    def _market_find_request(self, number):
        """Return the published request with a number, read as the visitor.

        :rtype: recordset
        """
        Request = request.env["lead.market.request"]
        if not NUMBER.match(number or ""):
            return Request
        return Request.search(
            [("number", "=", number), ("state", "=", "published")], limit=1
        )

    def _market_find_take(self, workshop, number):
        """Return the workshop's own take of a request, closed ones too."""
        if not NUMBER.match(number or ""):
            return request.env["lead.market.take"]
        # sudo: a closed request is not readable; the take is the workshop's own
        return (
            request.env["lead.market.take"]
            .sudo()
            .search(
                [
                    ("workshop_partner_id", "=", workshop.partner_id.id),
                    ("request_id.number", "=", number),
                ],
                limit=1,
            )
        )

    def _market_gone(self, workshop, number):
        """Answer for a request that can't be shown: own take, or the list."""
        if take_sudo := self._market_find_take(workshop, number):
            return self._market_go(take_sudo._get_page_url())
        self._market_notify(
            request.env._("This request is no longer available."), "warning"
        )
        return self._market_go(FEED)

    @http.route(
        "/my/market/request/<string:number>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_request(self, number, **_params):
        """Show a request, what opening it means, and whether it fits."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop, browse=True):
            return answer
        record = self._market_find_request(number)
        if not record:
            return self._market_gone(workshop, number)
        return self._market_render(
            "lead_marketplace.portal_market_request",
            workshop,
            {
                "record": record,
                "card": self._market_cards(workshop, record)[0],
                "duplicates": self._market_duplicates(workshop, record),
                **self._market_terms(workshop, record),
                "places": record.category_id.max_takers,
                "quota_left": workshop._get_quota_left(),
                "page_title": record.name or record.number,
                "market_tab": "requests",
            },
        )

    def _market_duplicates(self, workshop, record):
        """Return the workshop's takes for the same person, as superuser."""
        # sudo: the name is compared, and only the workshop's own takes are shown
        return (
            request.env["lead.market.take"]
            .sudo()
            ._find_same_person(workshop.partner_id, record.sudo().for_whom)
            .filtered(lambda take: take.request_id != record)
        )

    def _market_terms(self, workshop, record):
        """Return what an order would owe, as it would be frozen now.

        :rtype: dict
        """
        company = workshop.company_id
        # sudo: workshops don't read the rules; they are told the one for them
        Rule = request.env["lead.market.rule"].sudo()
        try:
            terms = Rule._find(workshop, record.sudo())._get_terms(company)
        except UserError as error:
            return {"terms": None, "terms_error": str(error)}
        return {
            "terms": terms,
            "terms_lines": Rule._describe_terms(terms, company).splitlines(),
            "consequence": self._market_consequence(Rule, terms),
            "terms_html": company.market_terms,
        }

    def _market_consequence(self, Rule, terms):
        """Return what opening leads to, in one sentence at the button."""
        if terms["type"] != "flat":
            return request.env._(
                "Opening is free. If this customer orders from you, you owe the "
                "commission above, whether or not they contacted you before."
            )
        return request.env._(
            "Opening is free. If this customer orders from you, you owe "
            "%(percent)s\N{NO-BREAK SPACE}%% of the order, whether or not they "
            "contacted you before.",
            percent=Rule._format_percent(terms["percent"]),
        )

    @http.route(
        "/my/market/request/<string:number>/open",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def market_open(self, number, **_params):
        """Open a contact; a second click leads to the same page."""
        workshop = self._market_workshop()
        if answer := self._market_refuse(workshop, browse=True):
            return answer
        record = self._market_find_request(number)
        if not record:
            return self._market_gone(workshop, number)
        Take = request.env["lead.market.take"]
        try:
            take_sudo = Take._open_contact(
                record, request.env.user, request.httprequest.remote_addr or ""
            )
        except UserError as error:
            self._market_notify(error, "warning")
            return self._market_go(f"/my/market/request/{record.number}")
        return self._market_go(take_sudo._get_page_url())

    @http.route(
        "/my/market/request/<string:number>/photo/<int:photo_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def market_request_photo(self, number, photo_id, size="", **_params):
        """Serve a photo to whoever may read the published request."""
        record = self._market_find_request(number)
        if not record or photo_id not in self._market_photos(record).get(record.id, []):
            raise NotFound()
        return self._market_send_photo(photo_id, size)

    def _market_send_photo(self, photo_id, size):
        """Serve a photo that the visitor may see.

        :param int photo_id: checked against its request
        :param str size: ``thumb``, or else the whole picture
        """
        width = THUMBNAIL if size == "thumb" else PICTURE
        # sudo: checked by the caller
        photo_sudo = request.env["ir.attachment"].sudo().browse(photo_id)
        return (
            request.env["ir.binary"]
            ._get_image_stream_from(photo_sudo, width=width, height=width)
            .get_response()
        )
