from odoo import fields, models


class OrderRequestReason(models.Model):
    _name = "order.request.reason"
    _description = "Reason to Refuse an Order Request"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    message = fields.Text(
        string="Text to the Customer",
        translate=True,
        help="Suggested when a request is refused; can be changed each time.",
    )
    is_spam = fields.Boolean(
        string="Spam",
        help="Requests refused for this reason don't count in the response rate.",
    )
    active = fields.Boolean(default=True)
