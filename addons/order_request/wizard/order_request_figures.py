import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, json_default

# A rate of few requests says nothing.
ENOUGH = 5
ANSWERED = ("on_time", "late")
COUNTED = (*ANSWERED, "missed")


class OrderRequestFigures(models.TransientModel):
    """How sellers do with requests. Each figure shows the rows that it counts."""

    _name = "order.request.figures"
    _description = "Figures of Order Requests"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Seller",
        domain=[("share", "=", False)],
        help="Empty: all sellers.",
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Service",
        domain=[("sale_ok", "=", True)],
        help="Empty: all services.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), days=90
        ),
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    counted = fields.Integer(string="Requests Counted", compute="_compute_figures")
    on_time = fields.Integer(string="Answered in Time", compute="_compute_figures")
    response_rate = fields.Float(compute="_compute_figures")
    answered = fields.Integer(compute="_compute_figures")
    median_hours = fields.Float(
        string="Median Time to Answer", compute="_compute_figures"
    )
    submitted = fields.Integer(string="Requests Sent", compute="_compute_figures")
    offered = fields.Integer(string="With an Offer", compute="_compute_figures")
    accepted = fields.Integer(string="Became Orders", compute="_compute_figures")
    conversion = fields.Float(compute="_compute_figures")
    offer_conversion = fields.Float(
        string="Offers Accepted", compute="_compute_figures"
    )
    started = fields.Integer(string="Orders Started", compute="_compute_figures")
    cancelled = fields.Integer(string="Orders Cancelled", compute="_compute_figures")
    cancellation_rate = fields.Float(compute="_compute_figures")
    is_enough = fields.Boolean(compute="_compute_figures")
    request_domain = fields.Char(compute="_compute_figures")
    order_domain = fields.Char(compute="_compute_figures")

    @api.depends("company_id", "user_id", "product_tmpl_id", "date_from", "date_to")
    def _compute_figures(self):
        for figures in self:
            figures.update(figures._get_figures())

    def _compute_display_name(self):
        for figures in self:
            figures.display_name = self.env._("Figures")

    def _get_figures(self):
        """Return all figures (single record).

        :return: field → value; rates go from 0 to 1
        :rtype: dict
        """
        self.ensure_one()
        values = {
            name: self.env[model].search_count(domain)
            for name, (model, domain) in self._get_rows().items()
        }
        return {
            **values,
            "response_rate": _rate(values["on_time"], values["counted"]),
            "median_hours": self._get_median_hours(),
            "conversion": _rate(values["accepted"], values["submitted"]),
            "offer_conversion": _rate(values["accepted"], values["offered"]),
            "cancellation_rate": _rate(values["cancelled"], values["started"]),
            "is_enough": values["counted"] >= ENOUGH,
            "request_domain": self._to_json(self._get_request_domain()),
            "order_domain": self._to_json(self._get_order_domain()),
        }

    def _get_rows(self):
        """Return what each number counts (single record).

        :return: field → (model, domain)
        :rtype: dict
        """
        requests, orders = self._get_request_domain(), self._get_order_domain()
        counted = requests & Domain("response_state", "in", COUNTED)
        on_time = requests & Domain("response_state", "=", "on_time")
        offered = requests & Domain("offered_on", "!=", False)
        accepted = requests & Domain("state", "=", "accepted")
        cancelled = orders & Domain("cancelled_on", "!=", False)
        return {
            "counted": ("order.request", counted),
            "on_time": ("order.request", on_time),
            "answered": ("order.request", self._get_answered_domain()),
            "submitted": ("order.request", requests),
            "offered": ("order.request", offered),
            "accepted": ("order.request", accepted),
            "started": ("sale.order", orders),
            "cancelled": ("sale.order", cancelled),
        }

    @api.model
    def _to_json(self, domain):
        return json.dumps(list(domain), default=json_default)

    def _get_request_domain(self):
        """Return the requests of the period (single record).

        :rtype: odoo.fields.Domain
        """
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "submitted_on", ">=", self.date_from
        )
        if self.date_to:
            domain &= Domain("submitted_on", "<", fields.Date.add(self.date_to, days=1))
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        if self.product_tmpl_id:
            domain &= Domain(
                "line_ids.product_id.product_tmpl_id", "=", self.product_tmpl_id.id
            )
        return domain

    def _get_answered_domain(self):
        return self._get_request_domain() & Domain("response_state", "in", ANSWERED)

    def _get_order_domain(self):
        """Return the orders that started in the period (single record).

        A request that was refused or withdrawn never started.

        :rtype: odoo.fields.Domain
        """
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "first_confirmed_on", ">=", self.date_from
        )
        if self.date_to:
            domain &= Domain(
                "first_confirmed_on", "<", fields.Date.add(self.date_to, days=1)
            )
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        if self.product_tmpl_id:
            domain &= Domain(
                "order_line.product_id.product_tmpl_id", "=", self.product_tmpl_id.id
            )
        return domain

    def _get_median_hours(self):
        """Return the median of the hours to the first answer (single record).

        One answer that took a month would spoil a mean.

        :rtype: float
        """
        query = self.env["order.request"]._search(self._get_answered_domain())
        [[median]] = self.env.execute_query(
            query.select(
                SQL(
                    "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)",
                    SQL.identifier("order_request", "response_hours"),
                )
            )
        )
        return median or 0.0

    def action_show_counted(self):
        """List the requests that the response rate counts."""
        return self._show_rows("counted")

    def action_show_on_time(self):
        """List the requests that were answered in time."""
        return self._show_rows("on_time")

    def action_show_answered(self):
        """List the requests whose answers the median is of."""
        return self._show_rows("answered")

    def action_show_submitted(self):
        """List the requests of the period."""
        return self._show_rows("submitted")

    def action_show_offered(self):
        """List the requests that got an offer."""
        return self._show_rows("offered")

    def action_show_accepted(self):
        """List the requests that became orders."""
        return self._show_rows("accepted")

    def action_show_started(self):
        """List the orders that started in the period."""
        return self._show_rows("started")

    def action_show_cancelled(self):
        """List the orders that were cancelled after they had started."""
        return self._show_rows("cancelled")

    def _show_rows(self, name):
        """Return the action that lists what a number counts (single record).

        :param str name: field
        :rtype: dict
        """
        self.ensure_one()
        model, domain = self._get_rows()[name]
        action = self.env["ir.actions.act_window"]._for_xml_id(self._get_action(model))
        return {
            **action,
            "name": self._fields[name]._description_string(self.env),
            "domain": list(domain),
            "views": sorted(action["views"], key=lambda view: view[1] != "list"),
            # No filter that is set at first: it would hide some.
            "context": {},
        }

    @api.model
    def _get_action(self, model):
        """Return the action that shows the rows of a model.

        :rtype: str
        """
        return {
            "order.request": "order_request.order_request_action_analysis",
            "sale.order": "sale.action_orders",
        }[model]


def _rate(part, whole):
    return part / whole if whole else 0.0
