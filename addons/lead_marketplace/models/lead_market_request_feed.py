from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

SEARCHED_FIELDS = ("name", "description", "city", "for_whom_shown")


class LeadMarketRequest(models.Model):
    """What a workshop sees of all requests: the feed, its filters and its pages."""

    _inherit = "lead.market.request"

    search_text = fields.Text(
        compute="_compute_search_text",
        store=True,
        index="trigram",
        help="All that the search of the feed looks in: one column, one index.",
    )

    _feed_idx = models.Index(
        "(company_id, published_on DESC, id DESC) WHERE state = 'published'"
    )
    _feed_category_idx = models.Index(
        "(category_id, region_id, published_on DESC, id DESC) WHERE state = 'published'"
    )

    @api.depends(*SEARCHED_FIELDS)
    def _compute_search_text(self):
        for request in self:
            texts = (request[name] for name in SEARCHED_FIELDS)
            request.search_text = "\n".join(text for text in texts if text)

    @api.model
    def _get_feed_domain(self, workshop, criteria):
        """Return which published requests a workshop sees.

        :param workshop: `lead.market.workshop` of the reader
        :param dict criteria: ``category``, ``region``, ``segment``, ``search``,
            ``fits`` and ``hide_opened``, all optional and already checked
        :rtype: Domain
        """
        domain = Domain("state", "=", "published") & Domain(
            "company_id", "=", workshop.company_id.id
        )
        for key, name in (
            ("category", "category_id"),
            ("region", "region_id"),
            ("segment", "segment"),
        ):
            if criteria.get(key):
                domain &= Domain(name, "=", criteria[key])
        if criteria.get("search"):
            domain &= self._get_search_domain(criteria["search"])
        if criteria.get("fits"):
            domain &= workshop._get_fit_domain()
        if criteria.get("hide_opened", True):
            domain &= Domain.custom(
                to_sql=lambda _model, alias, _query: self._sql_not_taken(
                    alias, workshop.partner_id.id
                )
            )
        return domain

    @api.model
    def _get_search_domain(self, text):
        return Domain("search_text", "ilike", text) | Domain(
            "number", "=", text.strip().upper()
        )

    @api.model
    def _sql_not_taken(self, alias, partner_id):
        # NOT IN would read all own takes first.
        return SQL(
            "NOT EXISTS (SELECT 1 FROM lead_market_take t WHERE t.request_id = %s "
            "AND t.workshop_partner_id = %s)",
            SQL.identifier(alias, "id"),
            partner_id,
        )

    @api.model
    def _get_keyset_domain(self, published_on, request_id):
        """Return what comes after a request in the order of the feed.

        Written so that PostgreSQL starts in the index where the page starts; the
        textbook form with OR reads everything before it.

        :rtype: Domain
        """
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s, %s) < (%s, %s)",
                SQL.identifier(alias, "published_on"),
                SQL.identifier(alias, "id"),
                published_on,
                request_id,
            )
        )
