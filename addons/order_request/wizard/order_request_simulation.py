from odoo import api, fields, models
from odoo.fields import Domain


class OrderRequestSimulation(models.TransientModel):
    _name = "order.request.simulation"
    _description = "Who Would Have to Ask First?"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    at = fields.Datetime(required=True, default=lambda self: fields.Datetime.now())
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        help="Empty: somebody new.",
    )
    product_tmpl_ids = fields.Many2many(
        comodel_name="product.template",
        string="Services",
        domain=[("sale_ok", "=", True)],
        help="Empty: the services on the portal.",
    )
    result = fields.Html(compute="_compute_result")

    @api.depends("company_id", "at", "partner_id", "product_tmpl_ids")
    @api.depends_context("lang", "tz")
    def _compute_result(self):
        for simulation in self:
            simulation.result = self.env["ir.qweb"]._render(
                "order_request.simulation_result", {"rows": simulation._get_rows()}
            )

    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._("Who Has to Ask?")

    def _get_rows(self):
        """Return what each service would answer (single record).

        :return: dicts with ``service``, ``policy``, ``outcome`` and ``text``
        :rtype: list
        """
        self.ensure_one()
        if not self.at:
            return []
        labels = dict(
            self.env["order.request"]
            ._fields["gate_reason"]
            ._description_selection(self.env)
        )
        rows = []
        for product in self._get_services():
            policy = product._get_order_request_policy(self.company_id, self.partner_id)
            result = policy._evaluate(self.partner_id, product, self.at)
            rows.append(
                {
                    "service": product.display_name,
                    "policy": policy.display_name if policy else "",
                    "outcome": result.outcome,
                    "reason": labels[result.reason],
                    "until": result.until
                    and self.env["order.request"]._format_moment(
                        result.until, policy.tz
                    ),
                }
            )
        return rows

    def _get_services(self):
        if self.product_tmpl_ids:
            return self.product_tmpl_ids._origin
        return self.env["product.template"].search(
            Domain(
                self.env["product.template"]._get_order_request_domain(self.company_id)
            ),
            limit=40,
        )
