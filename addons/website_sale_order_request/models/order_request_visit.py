from odoo import fields, models
from odoo.tools import SQL


class OrderRequestVisit(models.Model):
    """Who looked at a service in the shop, and whether that led to anything.

    One row for each visitor and service. Odoo's visitors, with their countries and
    addresses, are not for sellers; here they see what their figures count.
    """

    _name = "order.request.visit"
    _description = "Visitor of a Service"
    _auto = False
    _rec_name = "product_tmpl_id"
    _order = "last_visit desc, id desc"
    _depends = {
        "website.track": ["visitor_id", "product_id", "visit_datetime"],
        "website.visitor": ["partner_id", "website_id"],
        "website": ["company_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["order_request_user_id"],
        "sale.order": [
            "company_id",
            "partner_id",
            "website_visitor_id",
            "first_confirmed_on",
        ],
        "sale.order.line": ["order_id", "product_id"],
        "order.request": [
            "company_id",
            "partner_id",
            "website_visitor_id",
            "state",
            "submitted_on",
            "closed_on",
        ],
        "order.request.line": ["request_id", "product_id"],
    }

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template", string="Service", readonly=True
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Seller", readonly=True)
    visitor_number = fields.Integer(
        string="Visitor", readonly=True, aggregator="count_distinct"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        help="Known when the visitor was logged in.",
    )
    visit_count = fields.Integer(string="Visits", readonly=True)
    first_visit = fields.Datetime(readonly=True)
    last_visit = fields.Datetime(readonly=True)
    requested_on = fields.Datetime(string="Last Request", readonly=True)
    ordered_on = fields.Datetime(string="Last Order", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                visit.*,
                requested.requested_on,
                GREATEST(ordered.ordered_on, requested.accepted_on) AS ordered_on
            FROM (%s) AS visit
            LEFT JOIN LATERAL (%s) AS ordered ON TRUE
            LEFT JOIN LATERAL (%s) AS requested ON TRUE
            """,
            self._get_visits(),
            self._get_orders_of_visit(),
            self._get_requests_of_visit(),
        )

    def _get_visits(self):
        """Return the rows: visitors by service.

        :rtype: odoo.tools.SQL
        """
        return SQL(
            """
            SELECT
                MIN(track.id) AS id,
                website.company_id,
                product.product_tmpl_id,
                template.order_request_user_id AS user_id,
                visitor.id AS visitor_number,
                visitor.partner_id,
                COUNT(*) AS visit_count,
                MIN(track.visit_datetime) AS first_visit,
                MAX(track.visit_datetime) AS last_visit
            FROM website_track AS track
            JOIN website_visitor AS visitor ON visitor.id = track.visitor_id
            JOIN website ON website.id = visitor.website_id
            JOIN product_product AS product ON product.id = track.product_id
            JOIN product_template AS template ON template.id = product.product_tmpl_id
            GROUP BY visitor.id, website.id, product.product_tmpl_id, template.id
            """
        )

    def _get_orders_of_visit(self):
        """Return when the visitor last started an order of the service.

        :rtype: odoo.tools.SQL
        """
        return SQL(
            """
            SELECT MAX(sale_order.first_confirmed_on) AS ordered_on
            FROM sale_order
            JOIN sale_order_line AS line ON line.order_id = sale_order.id
            JOIN product_product AS product ON product.id = line.product_id
            WHERE (
                sale_order.website_visitor_id = visit.visitor_number
                OR sale_order.partner_id = visit.partner_id
            )
            AND sale_order.company_id = visit.company_id
            AND product.product_tmpl_id = visit.product_tmpl_id
            """
        )

    def _get_requests_of_visit(self):
        """Return when the visitor last asked for the service, and accepted an offer.

        :rtype: odoo.tools.SQL
        """
        return SQL(
            """
            SELECT
                MAX(request.submitted_on) AS requested_on,
                MAX(request.closed_on) FILTER (WHERE request.state = 'accepted')
                    AS accepted_on
            FROM order_request AS request
            JOIN order_request_line AS line ON line.request_id = request.id
            JOIN product_product AS product ON product.id = line.product_id
            WHERE (
                request.website_visitor_id = visit.visitor_number
                OR request.partner_id = visit.partner_id
            )
            AND request.company_id = visit.company_id
            AND product.product_tmpl_id = visit.product_tmpl_id
            """
        )
