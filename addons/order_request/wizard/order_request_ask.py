from odoo import fields, models


class OrderRequestAsk(models.TransientModel):
    _name = "order.request.ask"
    _description = "Ask the Customer about a Request"

    request_id = fields.Many2one(comodel_name="order.request", required=True)
    message = fields.Text(string="Question", required=True)

    def action_send(self):
        """Ask the customer; the time to answer stops."""
        self.ensure_one()
        self.request_id._ask(self.message)
