from odoo import fields, models
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
    visitors_without_order = fields.Integer(
        string="Visits without Order",
        compute="_compute_figures",
        help="Visitors who neither ordered the service nor asked for it.",
    )
    visit_conversion = fields.Float(
        string="Conversion of Visits", compute="_compute_figures"
    )

    def _get_figures(self):
        figures = super()._get_figures()
        count = self.env["order.request.visit"].search_count
        visitors = count(self._get_visit_domain())
        ordered = count(self._get_visit_domain() & self._get_since("ordered_on"))
        return {
            **figures,
            "visits_from": self._get_visits_from(),
            "visitors": visitors,
            "visitors_ordered": ordered,
            "visitors_without_order": count(self._get_visit_without_order_domain()),
            "visit_conversion": ordered / visitors if visitors else 0.0,
        }

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
        return self._show_visits(
            self._get_visit_domain(), self.env._("Visitors of the period")
        )

    def action_show_visitors_without_order(self):
        """List the visitors who neither ordered nor asked."""
        return self._show_visits(
            self._get_visit_without_order_domain(), self.env._("Visits without order")
        )

    def _show_visits(self, domain, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "website_sale_order_request.order_request_visit_action"
        )
        return {**action, "name": name, "domain": list(domain)}
