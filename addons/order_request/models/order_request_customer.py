import psycopg2.errors

from odoo import Command, api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools.misc import mute_logger

from .order_request import OPEN_STATES


class OrderRequest(models.Model):
    """What customers do: send, answer, ask for changes, decline, withdraw.

    Every method here is private: customers reach them by our routes alone, after the
    request was checked to be theirs.
    """

    _inherit = "order.request"

    @api.model
    def _submit_from_customer(self, sent, partner, company, reason, origin):
        """Take a request that a customer filled in, once.

        :param sent: `order_request.customer_order.CustomerOrder`
        :param partner: `res.partner` of the customer
        :param company: `res.company` that sells
        :param str reason: why it is a request, one of `GATE_REASONS`
        :param str origin: portal or website
        :return: the request; the one of before when the form was sent twice
        :rtype: recordset
        """
        if request := self._find_sent(partner, sent.key):
            return request
        vals = self._prepare_customer_vals(sent, partner, company)
        try:
            # The savepoint's end writes what was computed, so it is muted as well.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                request = self._get_quiet(company).create({**vals, "origin": origin})
        except psycopg2.errors.UniqueViolation as error:
            # The same form at the same moment. It can't be seen in this transaction,
            # which is therefore played again.
            raise ConcurrencyError(self.env._("Sent at this moment")) from error
        request._submit(reason)
        request._attach(sent.files)
        return request

    @api.model
    def _get_quiet(self, company):
        """Return the model for creating: our own mails tell all that is to be told."""
        return self.with_company(company).with_context(
            mail_auto_subscribe_no_notify=True, mail_create_nosubscribe=True
        )

    @api.model
    def _find_sent(self, partner, key):
        return key and self.search(
            [
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("client_token", "=", key),
            ],
            limit=1,
        )

    @api.model
    def _prepare_customer_vals(self, sent, partner, company):
        """Return the values of a customer's request.

        :rtype: dict
        """
        sellers = [line.product.product_tmpl_id for line in sent.lines]
        seller = next(
            filter(
                None,
                (one._get_order_request_seller(company, partner) for one in sellers),
            ),
            self.env["res.users"],
        )
        pricelist = sent.pricelist or self.env["product.pricelist"]
        currency = pricelist.currency_id or company.currency_id
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "user_id": seller.id,
            "pricelist_id": pricelist.id,
            "brief": sent.brief,
            "desired_start": sent.desired_start,
            "client_token": sent.key,
            "line_ids": [
                Command.create(self._prepare_customer_line_vals(line, currency))
                for line in sent.lines
            ],
        }

    @api.model
    def _prepare_customer_line_vals(self, line, currency):
        """Return the values of a line of a customer's request.

        :param line: `order_request.customer_order.CustomerLine`
        :param currency: `res.currency` of its prices
        :rtype: dict
        """
        vals = {
            "product_id": line.product.id,
            "quantity": line.quantity,
            "shown_price": line.shown_price,
            "currency_id": currency.id,
            "is_gated": line.is_gated,
            "answer_ids": [
                Command.create({"question": question, "answer": answer})
                for question, answer in line.answers
            ],
        }
        if line.price_unit is not None:
            vals["price_unit"] = line.price_unit
        return vals

    def _attach(self, files):
        """Keep the customer's files with the request (single record).

        :param list files: (name, content) pairs, checked
        """
        self.ensure_one()
        if files:
            self._post(self.partner_id, self.env._("Files of the request"), files)

    def _customer_reply(self, author, body, files=(), key=None):
        """Take a message of the customer, once (single record).

        It answers the seller's question, if there is one. The clock does not start
        again: the first answer was given.

        :param author: `res.partner` who writes
        :param str body: plain text
        :param list files: (name, content) pairs, checked
        :param str key: names the form that was sent; the same one does nothing again
        :raise UserError: when the request is closed
        """
        message_id = self._get_form_message_id(key, body, files)
        if self._is_form_taken(key, message_id):
            return
        self._check_state((*OPEN_STATES, "accepted"))
        if self.state == "info_asked":
            self._advance({"state": "submitted"})
        self._post_from_customer(author, body, files, message_id)

    def _customer_ask_changes(self, author, body, key=None):
        """Take the wish for another offer, once; the present one is over (single
        record).

        :param author: `res.partner` who writes
        :param str body: plain text
        :param str key: see `_customer_reply`
        :raise UserError: when there is no open offer, or it is being paid
        """
        message_id = self._get_form_message_id(key, body)
        if self._is_form_taken(key, message_id):
            return
        self._check_state(("offered",))
        self._cancel_offer()
        self._advance({"state": "submitted", "offer_expires_on": False})
        self._post_from_customer(author, body, message_id=message_id)

    def _customer_withdraw(self, author, body="", key=None):
        """Take the request back, once; an offer is declined by that (single record).

        :param author: `res.partner` who does it
        :param str body: plain text, may be empty
        :param str key: see `_customer_reply`
        :raise UserError: when the request is closed, or its offer is being paid
        """
        message_id = self._get_form_message_id(key, body)
        if self._is_form_taken(key, message_id):
            return
        self._check_state(OPEN_STATES)
        self._exclude_from_response()
        is_decline = self.state == "offered"
        self._close("withdrawn")
        self._post_from_customer(
            author,
            body
            or (
                self.env._("The offer was declined.")
                if is_decline
                else self.env._("The request was withdrawn.")
            ),
            message_id=message_id,
        )
