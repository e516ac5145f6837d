from odoo import fields, models


class OrderRequestQuestion(models.Model):
    _name = "order.request.question"
    _description = "Question about a Service"
    _order = "sequence, id"

    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Service",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Question", required=True, translate=True)
    is_required = fields.Boolean(string="Required", default=True)
