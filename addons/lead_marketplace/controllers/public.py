from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.base_offerdesk.form_values import clean_int, clean_page
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .customer import MarketCustomer

PAGE_SIZE = 20
REVIEWS_ON_PAGE = 20
COUNT_LIMIT = 2000


class MarketPublic(MarketCustomer):
    """The list of workshops that everybody may see, the best ones first."""

    @http.route(
        ["/market/workshops", "/market/workshops/page/<int:page>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=True,
        readonly=True,
    )
    def market_workshops(self, page=1, category=None, region=None, **_params):
        """Show the workshops of the company."""
        company = request.env.company
        choices = self._market_choices(company)
        chosen = {
            "category": _pick(choices["categories"], category),
            "region": _pick(choices["regions"], region),
        }
        # sudo: visitors read no workshops; what is listed is limited by the domain
        Workshop = request.env["lead.market.workshop"].sudo()
        domain = self._market_listed_domain(company, chosen)
        pager = portal_pager(
            url="/market/workshops",
            url_args={name: record.id for name, record in chosen.items() if record},
            total=Workshop.search_count(domain, limit=COUNT_LIMIT),
            page=clean_page(page),
            step=PAGE_SIZE,
        )
        workshops = Workshop.search(
            domain, order="score desc, id", limit=PAGE_SIZE, offset=pager["offset"]
        )
        return request.render(
            "lead_marketplace.public_workshops",
            {
                **self._market_layout_values(company),
                **choices,
                "chosen": chosen,
                "workshops": workshops,
                "pager": pager,
                "page_name": "market_workshops",
            },
        )

    def _market_listed_domain(self, company, chosen):
        """Return which workshops everybody may see.

        :param company: `res.company` whose list it is
        :param dict chosen: ``category`` and ``region``, empty records for all
        :rtype: Domain
        """
        Workshop = request.env["lead.market.workshop"]
        domain = Workshop._get_public_domain() & Domain("company_id", "=", company.id)
        # A workshop that names none works in all.
        for name, record in (
            ("category_ids", chosen["category"]),
            ("region_ids", chosen["region"]),
        ):
            if record:
                domain &= Domain(name, "=", False) | Domain(name, "in", record.ids)
        return domain

    def _market_get_listed(self, slug):
        """Return a listed workshop, as superuser.

        :param str slug: last part of its address
        :raise NotFound: when there is none
        """
        _name, workshop_id = request.env["ir.http"]._unslug(slug)
        workshop_id = clean_int(str(workshop_id or ""))
        # sudo: visitors read no workshops; only listed ones are returned
        Workshop = request.env["lead.market.workshop"].sudo()
        found = Workshop.search(
            Domain("id", "=", workshop_id) & Workshop._get_public_domain()
        )
        if not found:
            raise NotFound()
        return found

    @http.route(
        "/market/workshop/<string:slug>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
        sitemap=False,
    )
    def market_workshop(self, slug, **_params):
        """Show a workshop with what its customers say."""
        workshop = self._market_get_listed(slug)
        # sudo: visitors read no reviews; the domain is that of the public ones
        Review = request.env["lead.market.review"].sudo()
        reviews = Review.search(
            Review._get_public_domain(workshop.partner_id)
            + [("company_id", "=", workshop.company_id.id)],
            limit=REVIEWS_ON_PAGE,
        )
        return request.render(
            "lead_marketplace.public_workshop",
            {
                **self._market_layout_values(workshop.company_id),
                "workshop": workshop,
                "reviews": reviews,
                "page_name": "market_workshop",
            },
        )

    @http.route(
        "/market/workshop/<int:workshop_id>/logo",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def market_workshop_logo(self, workshop_id, **_params):
        """Return the picture of a listed workshop."""
        workshop = self._market_get_listed(str(workshop_id))
        stream = request.env["ir.binary"]._get_image_stream_from(
            workshop.partner_id, "avatar_256"
        )
        return stream.get_response(max_age=3600)


def _pick(records, value):
    """Return the record that the address names, if there is such a choice."""
    return records.filtered(lambda record: record.id == clean_int(value or ""))
