import psycopg2.errors
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import html_escape
from odoo.tools.mail import plaintext2html
from odoo.tools.misc import format_date, mute_logger


class SaleOrder(models.Model):
    """Orders that customers place on the portal, where the gate lets them."""

    _inherit = "sale.order"

    order_request_client_token = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_system",
        help="Marks one filled-in form, so that sending it twice does nothing.",
    )

    _order_request_client_token_uniq = models.UniqueIndex(
        "(partner_id, order_request_client_token) "
        "WHERE order_request_client_token IS NOT NULL",
        "This order was sent already.",
    )

    @api.model
    def _order_from_customer(self, sent, partner, company):
        """Take an order that a customer filled in, once. It starts when it is signed
        or paid.

        :param sent: `order_request.customer_order.CustomerOrder`
        :param partner: `res.partner` of the customer
        :param company: `res.company` that sells
        :return: the order; the one of before when the form was sent twice
        :rtype: recordset
        """
        if order := self._find_sent(partner, sent.key):
            return order
        vals = self._prepare_customer_order_vals(sent, partner, company)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                order = self.with_company(company).create(vals)
        except psycopg2.errors.UniqueViolation as error:
            # See `order.request._submit_from_customer`.
            raise ConcurrencyError(self.env._("Sent at this moment")) from error
        # Somebody has to do something that counts as ordering.
        if not order.require_payment or not order.amount_total:
            order.require_signature = True
        order.action_quotation_sent()
        order._grant_gate_pass()
        order._post_customer_words(sent, partner)
        return order

    @api.model
    def _find_sent(self, partner, key):
        return key and self.search(
            [
                ("partner_id", "=", partner.id),
                ("order_request_client_token", "=", key),
            ],
            limit=1,
        )

    @api.model
    def _prepare_customer_order_vals(self, sent, partner, company):
        """Return the values of a customer's order.

        :rtype: dict
        """
        line = sent.lines[0]
        seller = line.product.product_tmpl_id._get_order_request_seller(
            company, partner
        )
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "user_id": seller.id,
            "order_request_origin": "customer",
            "order_request_client_token": sent.key,
            "order_line": [
                Command.create(
                    {"product_id": line.product.id, "product_uom_qty": line.quantity}
                )
                for line in sent.lines
            ],
        }

    def _post_customer_words(self, sent, partner):
        """Keep what the customer wrote with the order (single record)."""
        self.ensure_one()
        parts = []
        if sent.brief:
            parts.append(plaintext2html(sent.brief))
        if sent.desired_start:
            start = format_date(self.env, sent.desired_start)
            parts.append(html_escape(self.env._("Wished start: %(date)s", date=start)))
        for line in sent.lines:
            parts += [
                Markup("<b>%s</b><br/>%s") % (question, plaintext2html(answer))
                for question, answer in line.answers
            ]
        if parts or sent.files:
            self.message_post(
                author_id=partner.id,
                body=Markup("<br/>").join(parts),
                attachments=sent.files,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
