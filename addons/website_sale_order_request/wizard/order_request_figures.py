from odoo import api, fields, models
from odoo.fields import Domain


class OrderRequestFigures(models.TransientModel):
    _inherit = "order.request.figures"

    visits_from = fields.Date(
        string="Visits since",
        compute="_compute_figures",
        help="Odoo forgets visitors who were not logged in and do not come back, after "
        "60 days unless the system parameter website.visitor.live.days says otherwise. "
        "Older visits are left out: what is left of them would make the rate too high.",
    )
    visitors = fields.Integer(
        compute="_compute_figures",
        help="Who looked at a service, once for each service, by the last visit.",
    )
    visitors_ordered = fields.Integer(
        string="Visitors with an Order",
        compute="_compute_figures",
        help="They ordered, or accepted the offer that they asked for.",
    )
    visitors_requested = fields.Integer(
        string="Visitors with a Request",
        compute="_compute_figures",
        help="They asked for the service, whatever became of it.",
    )
    visitors_without_order = fields.Integer(
        string="Visits without Order",
        compute="_compute_figures",
        help="Visitors who neither ordered the service nor asked for it.",
    )
    visit_conversion = fields.Float(
        string="Conversion of Visits", compute="_compute_figures"
    )

    visit_domain = fields.Char(compute="_compute_figures")

    def _get_figures(self):
        values = super()._get_figures()
        visitors, ordered = values["visitors"], values["visitors_ordered"]
        return {
            **values,
            "visits_from": self._get_visits_from(),
            "visit_conversion": ordered / visitors if visitors else 0.0,
            "visit_domain": self._to_json(self._get_visit_domain()),
        }

    def _get_rows(self):
        visits = self._get_visit_domain()
        ordered = visits & self._get_since("ordered_on")
        requested = visits & self._get_since("requested_on")
        without_order = self._get_visit_without_order_domain()
        return {
            **super()._get_rows(),
            "visitors": ("order.request.visit", visits),
            "visitors_ordered": ("order.request.visit", ordered),
            "visitors_requested": ("order.request.visit", requested),
            "visitors_without_order": ("order.request.visit", without_order),
        }

    @api.model
    def _get_action(self, model):
        if model == "order.request.visit":
            return "website_sale_order_request.order_request_visit_action"
        return super()._get_action(model)

    def _get_visits_from(self):
        """Return the first day whose visits are all still known (single record).

        :rtype: datetime.date
        """
        # sudo: a system parameter, which sellers can't read
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        days = int(parameters_sudo.get_param("website.visitor.live.days", 60))
        known_from = fields.Date.subtract(fields.Date.context_today(self), days=days)
        return max(self.date_from, known_from) if self.date_from else known_from

    def _get_visit_domain(self):
        """Return the visitors of the period (single record).

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "last_visit", ">=", self._get_visits_from()
        )
        if self.date_to:
            domain &= Domain("last_visit", "<", fields.Date.add(self.date_to, days=1))
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        if self.product_tmpl_id:
            domain &= Domain("product_tmpl_id", "=", self.product_tmpl_id.id)
        return domain

    def _get_since(self, name):
        """Return the condition that something happened since the period began; what
        it led to may come after its end (single record).

        :param str name: field of `order.request.visit`
        :rtype: odoo.fields.Domain
        """
        return Domain(name, ">=", self._get_visits_from())

    def _get_visit_without_order_domain(self):
        domain = self._get_visit_domain()
        for name in ("ordered_on", "requested_on"):
            # Not `~`: nothing at all is no moment that is before the period.
            before = Domain(name, "<", self._get_visits_from())
            domain &= Domain(name, "=", False) | before
        return domain

    def action_show_visitors(self):
        """List the visitors of the period."""
        return self._show_rows("visitors")

    def action_show_visitors_ordered(self):
        """List the visitors who ordered."""
        return self._show_rows("visitors_ordered")

    def action_show_visitors_requested(self):
        """List the visitors who asked for the service."""
        return self._show_rows("visitors_requested")

    def action_show_visitors_without_order(self):
        """List the visitors who neither ordered nor asked."""
        return self._show_rows("visitors_without_order")
