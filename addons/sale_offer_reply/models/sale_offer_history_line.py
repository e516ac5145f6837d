from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_order_line import OFFER_ANSWERS


class SaleOfferHistoryLine(models.Model):
    _name = "sale.offer.history.line"
    _description = "Offer History Line"
    _order = "history_id desc, sequence, id"

    history_id = fields.Many2one(
        "sale.offer.history", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    sale_line_id = fields.Many2one(
        "sale.order.line", ondelete="set null", index="btree_not_null"
    )
    display_type = fields.Selection(
        [
            ("line_section", "Section"),
            ("line_subsection", "Subsection"),
            ("line_note", "Note"),
        ]
    )
    currency_id = fields.Many2one(related="history_id.currency_id")
    name = fields.Text(required=True)
    product_ref = fields.Char(string="Reference")
    quantity = fields.Float(digits="Product Unit")
    uom_name = fields.Char(string="Unit")
    price_unit = fields.Float(digits="Product Price")
    discount = fields.Float(digits="Discount")
    tax_labels = fields.Char(string="Taxes")
    # Not Monetary: to round what is rounded already, Odoo would make a record in memory
    # for each amount, which takes as long as all the rest of freezing a line.
    subtotal = fields.Float()
    total = fields.Float()
    is_side_line = fields.Boolean(help="Delivery, discount or reward: not answered.")
    is_detail = fields.Boolean(help="Part of a combo, answered with it.")
    terms_html = fields.Html(string="Terms")
    answer = fields.Selection(OFFER_ANSWERS)
    answer_by = fields.Char(string="Answered by")
    answer_date = fields.Datetime(string="Answered on")
    comment = fields.Text()

    def write(self, vals):
        if vals:
            raise UserError(self.env._("The history of an offer can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The history of an offer can't be deleted."))
