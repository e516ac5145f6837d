from odoo import api, fields, models


class OrderRequestRefuse(models.TransientModel):
    _name = "order.request.refuse"
    _inherit = ["order.request.wizard"]
    _description = "Refuse a Request"

    reason_id = fields.Many2one(comodel_name="order.request.reason", required=True)
    message = fields.Text(
        string="Text to the Customer",
        compute="_compute_message",
        store=True,
        readonly=False,
    )

    @api.depends("reason_id", "request_id")
    def _compute_message(self):
        for refusal in self:
            lang = refusal.request_id.partner_id.lang
            refusal.message = refusal.reason_id.with_context(lang=lang).message

    def action_refuse(self):
        """Refuse the request; the customer is told politely."""
        self.ensure_one()
        self._check_unanswered()
        self.request_id._refuse(self.reason_id, self.message or "")
