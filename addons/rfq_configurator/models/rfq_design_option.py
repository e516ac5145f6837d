from odoo import fields, models


class RfqDesignOption(models.Model):
    _name = "rfq.design.option"
    _description = "Option of a Parameter"
    _rec_name = "label"
    _order = "sequence, id"

    parameter_id = fields.Many2one(
        comodel_name="rfq.design.parameter",
        required=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    label = fields.Char(required=True, translate=True)
    swatch = fields.Char(string="Colour", help="Like #c8a26a.")
    ptav_id = fields.Many2one(
        comodel_name="product.template.attribute.value",
        string="Attribute Value",
        help="What the option is on the product of the quotation.",
    )
