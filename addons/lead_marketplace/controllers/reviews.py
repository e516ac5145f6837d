from odoo import http
from odoo.http import request

from odoo.addons.base_offerdesk.form_values import clean_text

from ..models.lead_market_review import MOST_REPLY
from .workshop import MarketPortal

MOST_REVIEWS = 200


class MarketReviews(MarketPortal):
    """What customers say about the workshop, and its own word on it."""

    @http.route(
        "/my/market/reviews",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_reviews(self, **_params):
        """Show the published reviews of the visitor's workshop."""
        workshop = self._market_workshop()
        if refused := self._market_refuse(workshop):
            return refused
        reviews = self._market_own("lead.market.review", workshop).search(
            self._market_review_domain(workshop), limit=MOST_REVIEWS
        )
        return self._market_render(
            "lead_marketplace.portal_market_reviews",
            workshop,
            {
                "reviews": reviews,
                "max_reply": MOST_REPLY,
                "page_title": request.env._("Reviews"),
                "market_tab": "reviews",
            },
        )

    def _market_review_domain(self, workshop):
        return [
            ("workshop_partner_id", "=", workshop.partner_id.id),
            ("company_id", "=", workshop.company_id.id),
            ("state", "=", "published"),
        ]

    @http.route(
        "/my/market/review/<int:review_id>/reply",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def market_review_reply(self, review_id, reply=None, **_params):
        """Store the workshop's word on a review."""
        workshop = self._market_workshop()
        if refused := self._market_refuse(workshop):
            return refused
        # sudo: workshops write nothing directly; the review is the workshop's own
        review_sudo = (
            request.env["lead.market.review"]
            .sudo()
            .search(
                [("id", "=", review_id), *self._market_review_domain(workshop)], limit=1
            )
        )
        if not review_sudo or not workshop._may_browse():
            return self._market_go("/my/market/reviews")
        text = clean_text(reply)
        if len(text) > MOST_REPLY:
            self._market_notify(
                request.env._("At most %(max)s characters.", max=MOST_REPLY), "danger"
            )
            return self._market_go("/my/market/reviews")
        review_sudo._set_reply(text)
        self._market_notify(request.env._("Your reply is saved."))
        return self._market_go("/my/market/reviews")

    @http.route(
        "/my/market/notices",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def market_notices(self, **_params):
        """Show which mails the workshop gets."""
        workshop = self._market_workshop()
        if refused := self._market_refuse(workshop):
            return refused
        return self._market_render(
            "lead_marketplace.portal_market_notices",
            workshop,
            {"page_title": request.env._("Mails"), "market_tab": "notices"},
        )

    @http.route(
        "/my/market/notices", type="http", auth="user", methods=["POST"], website=True
    )
    def market_notices_save(self, **params):
        """Switch the daily and the weekly mail on or off."""
        workshop = self._market_workshop()
        if refused := self._market_refuse(workshop):
            return refused
        for name in ("wants_digest", "wants_weekly"):
            workshop[name] = params.get(name) == "1"
        self._market_notify(request.env._("Saved."))
        return self._market_go("/my/market/notices")
