from odoo import fields, models


class RfqAnswer(models.Model):
    """What a seller answered to a request."""

    _name = "rfq.answer"
    _description = "Answer to a Request for Quotation"
    _rec_name = "kind"
    _order = "date desc, id desc"

    request_id = fields.Many2one(
        comodel_name="rfq.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    kind = fields.Selection(
        selection=[
            ("quotation", "Quotation"),
            ("question", "Question"),
            ("counter", "Other configuration"),
            ("reject", "Rejection"),
        ],
        required=True,
        readonly=True,
    )
    body = fields.Text(string="Words to the Customer", readonly=True)
    sale_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Quotation",
        readonly=True,
        index="btree_not_null",
    )
    revision_id = fields.Many2one(
        comodel_name="rfq.request",
        string="Proposed Configuration",
        readonly=True,
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Seller",
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Datetime(readonly=True, default=fields.Datetime.now)
    sent_on = fields.Datetime(readonly=True)
