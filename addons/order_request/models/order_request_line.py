from odoo import api, fields, models


class OrderRequestLine(models.Model):
    _name = "order.request.line"
    _description = "Service of an Order Request"
    _order = "request_id, id"

    request_id = fields.Many2one(
        comodel_name="order.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Service",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("sale_ok", "=", True)],
    )
    name = fields.Text(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    quantity = fields.Float(
        default=1.0, required=True, digits="Product Unit of Measure"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    shown_price = fields.Monetary(
        help="The price for one that the customer saw, taxes as in the shop."
    )
    price_unit = fields.Float(
        string="Unit Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        help="The price of that moment, taxes as in orders. An offer begins with it.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    is_gated = fields.Boolean(string="Needs a Request")
    answer_ids = fields.One2many(
        comodel_name="order.request.answer", inverse_name="line_id"
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity must be more than zero."
    )

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            if not line.name:
                product = line.product_id.with_context(
                    lang=line.request_id.partner_id.lang
                )
                line.name = product.display_name

    @api.depends("product_id")
    def _compute_price_unit(self):
        for line in self:
            line.price_unit = line.product_id and (
                line.request_id._get_pricelist()._get_product_price(
                    line.product_id, line.quantity or 1.0, currency=line.currency_id
                )
            )

    def _prepare_offer_line(self):
        """Return the values of a line in the window of the offer (single record).

        :rtype: dict
        """
        self.ensure_one()
        return {
            "request_line_id": self.id,
            "product_id": self.product_id.id,
            "quantity": self.quantity,
        }


class OrderRequestAnswer(models.Model):
    """What a customer answered; the question is kept as it was asked."""

    _name = "order.request.answer"
    _description = "Answer to a Question about a Service"
    _order = "id"

    line_id = fields.Many2one(
        comodel_name="order.request.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    request_id = fields.Many2one(related="line_id.request_id", store=True, index=True)
    question = fields.Char(required=True)
    answer = fields.Text(required=True)
