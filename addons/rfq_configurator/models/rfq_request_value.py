from odoo import fields, models


class RfqRequestValue(models.Model):
    """What a customer read when the request was sent, for lists and for searching."""

    _name = "rfq.request.value"
    _description = "Value of a Request"
    _rec_name = "label"
    _order = "sequence, id"

    request_id = fields.Many2one(
        comodel_name="rfq.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    group = fields.Char(readonly=True)
    label = fields.Char(string="Parameter", required=True, readonly=True)
    text = fields.Char(string="Value", readonly=True)
    unit = fields.Char(readonly=True)
    default_text = fields.Char(string="Default", readonly=True)
    is_modified = fields.Boolean(string="Changed", readonly=True)
    is_derived = fields.Boolean(string="Calculated", readonly=True)
