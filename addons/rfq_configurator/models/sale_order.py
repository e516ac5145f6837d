from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rfq_request_count = fields.Integer(
        string="Requests for Quotation",
        compute="_compute_rfq_request_count",
        groups="base.group_user",
    )

    @api.depends("order_line.rfq_request_id")
    def _compute_rfq_request_count(self):
        for order in self:
            order.rfq_request_count = len(order.order_line.rfq_request_id)

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # sudo: customers cause it by signing, and requests may be other sellers'
            self.sudo().order_line.rfq_request_id._follow_orders()
        return result

    def action_view_rfq_requests(self):
        """Open the requests that the order answers (single record)."""
        self.ensure_one()
        requests = self.order_line.rfq_request_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rfq_configurator.rfq_request_action"
        )
        if len(requests) == 1:
            return {**action, "views": [(False, "form")], "res_id": requests.id}
        return {**action, "domain": [("id", "in", requests.ids)], "context": {}}
