from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderRequestOffer(models.TransientModel):
    _name = "order.request.offer"
    _inherit = ["order.request.wizard"]
    _description = "Answer a Request with an Offer"

    company_id = fields.Many2one(related="request_id.company_id")
    line_ids = fields.One2many(
        comodel_name="order.request.offer.line",
        inverse_name="offer_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    sale_order_template_id = fields.Many2one(
        comodel_name="sale.order.template",
        string="Quotation Template",
        check_company=True,
        help="Adds its terms, and its lines below those of the request.",
    )
    expires_on = fields.Datetime(
        string="Valid until",
        compute="_compute_expires_on",
        store=True,
        readonly=False,
        help="Empty: the customer may take the offer whenever they like.",
    )
    message = fields.Text(string="Message to the Customer")
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )

    @api.depends("request_id")
    def _compute_line_ids(self):
        for offer in self:
            offer.line_ids = [
                fields.Command.create(line._prepare_offer_line())
                for line in offer.request_id.line_ids
            ]

    @api.depends("request_id")
    def _compute_currency_id(self):
        for offer in self:
            pricelist = offer.request_id._get_pricelist()
            offer.currency_id = pricelist.currency_id or offer.company_id.currency_id

    @api.depends("request_id")
    def _compute_expires_on(self):
        for offer in self:
            policy = offer.request_id._get_policy()
            offer.expires_on = policy.offer_valid_days and self._get_end_of_day(
                policy.tz, policy.offer_valid_days
            )

    @api.model
    def _get_end_of_day(self, tz, days):
        """Return midnight at the end of a day to come, by the seller's clock.

        :param str tz: time zone
        :param int days: how many days from now
        :return: UTC
        :rtype: datetime
        """
        zone = pytz.timezone(tz or "UTC")
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        end = zone.localize(
            datetime.combine(today + timedelta(days=days + 1), time.min)
        ) - timedelta(minutes=1)
        return end.astimezone(pytz.utc).replace(tzinfo=None)

    def action_send(self):
        """Send the offer, and show it.

        :raise UserError: when it is empty or has expired already
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("An offer needs at least one line."))
        if self.expires_on and self.expires_on <= fields.Datetime.now():
            raise UserError(self.env._("The offer would have expired already."))
        self._check_unanswered()
        self.request_id._offer(
            [line._prepare_order_line() for line in self.line_ids],
            self.expires_on,
            self.message,
            template=self.sale_order_template_id,
        )
        return {"type": "ir.actions.act_window_close"}


class OrderRequestOfferLine(models.TransientModel):
    _name = "order.request.offer.line"
    _description = "Line of an Offer to a Request"

    offer_id = fields.Many2one(
        comodel_name="order.request.offer", required=True, ondelete="cascade"
    )
    request_line_id = fields.Many2one(
        comodel_name="order.request.line", ondelete="cascade"
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Service",
        required=True,
        domain=[("sale_ok", "=", True)],
    )
    name = fields.Text(
        string="Description",
        compute="_compute_from_product",
        store=True,
        readonly=False,
    )
    quantity = fields.Float(default=1.0, digits="Product Unit of Measure")
    currency_id = fields.Many2one(related="offer_id.currency_id")
    price_unit = fields.Float(
        compute="_compute_from_product",
        store=True,
        readonly=False,
        digits="Product Price",
        string="Unit Price",
    )

    @api.depends("product_id")
    def _compute_from_product(self):
        for line in self:
            customer = line.offer_id.request_id.partner_id
            product = line.product_id.with_context(lang=customer.lang)
            line.name = product.get_product_multiline_description_sale()
            line.price_unit = line._get_price()

    def _get_price(self):
        """Return the customer's price for one: what they were shown when they asked,
        for anything else what it costs now (single record).

        :rtype: float
        """
        self.ensure_one()
        asked, currency = self.request_line_id, self.offer_id.currency_id
        if asked.product_id == self.product_id and asked.currency_id == currency:
            return asked.price_unit
        if not self.product_id:
            return 0.0
        return self.offer_id.request_id._get_pricelist()._get_product_price(
            self.product_id, self.quantity or 1.0, currency=currency
        )

    def _prepare_order_line(self):
        """Return the values of the quotation's line (single record).

        :rtype: dict
        """
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_qty": self.quantity,
            "price_unit": self.price_unit,
            # Odoo would take off the pricelist's once more.
            "discount": 0.0,
        }
