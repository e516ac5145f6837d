import uuid

from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.base_offerdesk.locking import wait_for_rows

from .order_request import OPEN_STATES, UNANSWERED_STATES


class OrderRequest(models.Model):
    """What sellers do: ask, offer, refuse, take up again."""

    _inherit = "order.request"

    def action_ask(self):
        """Open the window in which the customer is asked something."""
        self._check_state(("submitted", "info_asked"))
        return self._open_wizard("order_request.order_request_ask_action")

    def action_offer(self):
        """Open the window with an offer made from the request."""
        self._check_state(OPEN_STATES)
        return self._open_wizard("order_request.order_request_offer_action")

    def action_refuse(self):
        """Open the window in which the request is refused."""
        self._check_state(OPEN_STATES)
        return self._open_wizard("order_request.order_request_refuse_action")

    def action_reopen(self):
        """Take up again what was refused or ran out.

        :raise UserError: when it is neither
        """
        self.check_access("write")
        for request in self:
            request._check_state(("refused", "expired"))
            policy = request._get_policy()
            now = fields.Datetime.now()
            request._advance(
                {
                    "state": "submitted",
                    "closed_on": False,
                    "refuse_reason_id": False,
                    "expires_on": fields.Datetime.add(
                        now, days=policy.request_expiry_days or 7
                    ),
                }
            )
            request.message_post(body=self.env._("Taken up again."))

    def _open_wizard(self, action_xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(action_xmlid)
        return {**action, "context": {"default_request_id": self.id}}

    def _ask(self, body):
        """Ask the customer something; the clock of the answer stops (single record).

        :param str body: plain text
        :raise UserError: when the request is not open
        """
        self.check_access("write")
        self._check_state(UNANSWERED_STATES)
        self._advance({"state": "info_asked"})
        self._mark_answered()
        self._close_activities()
        self._post_to_customer(body)

    def _offer(self, lines, expires_on, message, template=None):
        """Make a quotation of the request and send it (single record).

        There is no quotation before it is sent: customers could sign a draft. An
        earlier offer is cancelled.

        :param list lines: values of `sale.order.line`
        :param datetime expires_on: UTC; empty: valid without end
        :param str message: plain text for the customer, may be empty
        :param template: `sale.order.template`, may be empty
        :return: the quotation
        :rtype: recordset
        :raise UserError: when the request is not open, or an offer is being paid
        """
        self.check_access("write")
        self._check_state(OPEN_STATES)
        self._cancel_offer()
        order = self.env["sale.order"].create(self._prepare_offer_vals(lines, template))
        order.write(self._prepare_offer_terms(order, expires_on))
        order.action_quotation_sent()
        # The request's page links to it and must not write.
        order._portal_ensure_token()
        self._mark_answered()
        self._advance(
            {
                "state": "offered",
                "offer_id": order.id,
                "offered_on": fields.Datetime.now(),
                "offer_expires_on": expires_on,
                # An offer for some hours needs none.
                "is_offer_reminded": self._is_soon(expires_on),
            }
        )
        self._close_activities()
        if message:
            self._post_to_customer(message, notify=False)
        self._send_template("order_request.mail_template_offer", offer_message=message)
        return order

    def _prepare_offer_vals(self, lines, template):
        """Return the values of the quotation (single record).

        :rtype: dict
        """
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": (self.user_id or self.env.user).id,
            "order_request_id": self.id,
            "order_request_origin": "seller",
            "origin": self.name,
            **({"pricelist_id": self.pricelist_id.id} if self.pricelist_id else {}),
            "sale_order_template_id": template and template.id,
            "order_line": [Command.create(vals) for vals in lines],
        }

    def _prepare_offer_terms(self, order, expires_on):
        """Return how the offer can be taken, and until when (single record).

        Written after the quotation is there: its template would set another date.

        :rtype: dict
        """
        self.ensure_one()
        vals = {"validity_date": self._get_validity_date(expires_on)}
        # Somebody has to do something that counts as taking it.
        if not order.require_payment or not order.amount_total:
            vals["require_signature"] = True
        return vals

    def _get_validity_date(self, expires_on):
        if not expires_on:
            return False
        zone = self._get_policy().tz or self.env.user.tz or "UTC"
        local = fields.Datetime.context_timestamp(
            self.with_context(tz=zone), expires_on
        )
        return local.date()

    def _cancel_offer(self):
        """Cancel the offers that are still open (single record).

        :raise UserError: when one of them is being paid
        """
        self.ensure_one()
        self._wait_for_turn()
        # sudo: customers who withdraw can't write quotations
        orders_sudo = self.sudo().sale_order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
        )
        if orders_sudo and self._is_being_paid():
            raise UserError(
                self.env._(
                    "A payment for the offer is on its way. Please wait for it, or "
                    "have it refunded first."
                )
            )
        # The request goes on; what becomes of it, the step says that cancels.
        orders_sudo.with_context(order_request_goes_on=True)._action_cancel()
        # The next offer may be stored in the same breath; there is one open at a time.
        orders_sudo.flush_recordset(["state"])

    def _wait_for_turn(self):
        """Let steps change the request one after the other (single record).

        Who comes second waits here. Odoo then plays that step again, with what the
        first one left.
        """
        self.ensure_one()
        # The offer first, as signing does: else each could wait for the other.
        # sudo: customers who withdraw can't read quotations
        wait_for_rows(self.sudo().offer_id)
        wait_for_rows(self)

    def _refuse(self, reason, message):
        """Refuse the request (single record). No order ever existed for it, so that it
        counts in no rate of cancellations.

        :param reason: `order.request.reason`
        :param str message: plain text for the customer, may be empty
        :raise UserError: when the request is not open
        """
        self.check_access("write")
        self._check_state(OPEN_STATES)
        if reason.is_spam:
            # However late somebody looked at it: it needed no answer.
            self._advance({"response_state": "excluded"})
        else:
            self._mark_answered()
        self._advance({"refuse_reason_id": reason.id})
        self._close("refused")
        if not reason.is_spam:
            self._send_template(
                "order_request.mail_template_refused", refuse_message=message
            )
        if message:
            self._post_to_customer(message, notify=False)

    def _close(self, state):
        """End the request without an order (single record).

        :param str state: refused, expired or withdrawn
        """
        self.ensure_one()
        self._cancel_offer()
        vals = {"state": state, "closed_on": fields.Datetime.now()}
        if state != "expired":
            # Links in old mails end; who has a login sees the request still.
            vals["access_token"] = str(uuid.uuid4())
        self._advance(vals)
        self._close_activities()

    def _accept(self):
        """Note that the offer became an order."""
        for request in self:
            request._advance({"state": "accepted", "closed_on": fields.Datetime.now()})
            request._close_activities()

    def _close_activities(self):
        # sudo: the activities of whoever is in charge
        self.sudo().activity_unlink(["order_request.mail_activity_answer"])
