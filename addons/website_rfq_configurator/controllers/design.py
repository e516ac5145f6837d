from odoo import http
from odoo.http import request
from odoo.tools.translate import LazyTranslate

from odoo.addons.base_offerdesk.form_values import clean_page
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.rfq_configurator.controllers.configurator import RfqConfigurator

_lt = LazyTranslate(__name__)

DESIGNS_PER_PAGE = 24


def _sitemap(env, _rule, query):
    """Yield the list and the designs on it."""
    website = env["website"].get_current_website()
    # sudo: visitors read no designs; the addresses of those that are listed are told
    designs_sudo = env["rfq.design"].sudo()
    listed_sudo = designs_sudo.search(designs_sudo._get_listed_domain(website))
    for location in ("/rfq", *listed_sudo.mapped("website_url")):
        if not query or query.lower() in location:
            yield {"loc": location}


class WebsiteDesigns(RfqConfigurator):
    """The list of designs on the website, and how it shows a design."""

    @http.route(
        ["/rfq", "/rfq/page/<int:page>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=_sitemap,
        list_as_website_content=_lt("Designs"),
        readonly=True,
    )
    def rfq_designs(self, page=1, **_params):
        """List the designs that are on this website."""
        # sudo: visitors read no designs; names and pictures of listed ones are shown
        designs_sudo = request.env["rfq.design"].sudo()
        domain = designs_sudo._get_listed_domain(request.website)
        pager = portal_pager(
            url="/rfq",
            total=designs_sudo.search_count(domain),
            page=clean_page(page),
            step=DESIGNS_PER_PAGE,
        )
        return request.render(
            "website_rfq_configurator.designs",
            {
                "designs": designs_sudo.search(
                    domain, limit=DESIGNS_PER_PAGE, offset=pager["offset"]
                ),
                "pager": pager,
            },
        )

    def _is_for_everybody(self, design_sudo):
        return bool(
            design_sudo.filtered_domain(design_sudo._get_listed_domain(request.website))
        )

    def _prepare_design_values(self, design_sudo):
        values = super()._prepare_design_values(design_sudo)
        return {**values, "main_object": design_sudo}
