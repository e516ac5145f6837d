from odoo import fields, models


class OrderRequestAsk(models.TransientModel):
    _name = "order.request.ask"
    _inherit = ["order.request.wizard"]
    _description = "Ask the Customer about a Request"

    message = fields.Text(string="Question", required=True)

    def action_send(self):
        """Ask the customer; the time to answer stops."""
        self.ensure_one()
        self._check_unanswered()
        self.request_id._ask(self.message)
