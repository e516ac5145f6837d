from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What customers may sign and pay, and how much they have to."""

    _inherit = "sale.order"

    def _get_gate_error(self):
        """Return why the customer can't sign or pay now, or False (single record).

        :rtype: str | bool
        """
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            return False
        if self._is_gated():
            return self._describe_gate()
        if self._is_request_offer_over():
            return self.env._("This offer has expired. Please ask for a new one.")
        return False

    def _is_request_offer_over(self):
        """Return whether the offer to a request has ended (single record).

        Odoo knows the day only; an offer ends at a moment.

        :rtype: bool
        """
        request_sudo = self.sudo().order_request_id  # sudo: see `_is_gated`
        if not request_sudo or self._is_gate_open_to_user():
            return False
        ends = request_sudo.offer_expires_on
        return request_sudo.state != "offered" or bool(
            ends and ends < fields.Datetime.now()
        )

    def _compute_is_expired(self):
        result = super()._compute_is_expired()
        for order in self:
            request_sudo = order.sudo().order_request_id  # sudo: see `_is_gated`
            ends = request_sudo.offer_expires_on
            if ends and order.state in ("draft", "sent"):
                # Odoo compares days, those of London: hours too early or too late.
                order.is_expired = ends < fields.Datetime.now()
        return result

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._get_gate_error()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._get_gate_error()

    def _check_may_be_paid(self, amount):
        """Refuse a payment that would lead to nothing, or to an order too early
        (single record).

        :param float amount: what is to be paid, in the order's currency
        :raise UserError: with a sentence for the customer
        """
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            return
        if self._is_gate_open_to_user():
            # The payment may end when nobody is there.
            self._grant_gate_pass()
            return
        if error := self._get_gate_error():
            raise UserError(error)
        if not self._is_gate_subject():
            return
        order_sudo = self.sudo()  # sudo: see `_is_gated`
        # Carts are drafts; they have no end.
        if order_sudo.state == "sent" and order_sudo.is_expired:
            raise UserError(
                self.env._(
                    "This quotation is not valid any more. Please ask for a new one."
                )
            )
        if order_sudo.require_signature and not order_sudo.signature:
            raise UserError(self.env._("Please sign the order first."))
        if order_sudo._is_gate_amount_short(amount):
            raise UserError(self.env._("The amount is less than the order needs."))
        order_sudo._grant_gate_pass()

    def _is_gate_amount_short(self, amount=0.0):
        """Return whether payments do not cover what confirming needs (single record).

        Odoo takes any amount for an order that asks for no payment.

        :param float amount: what is about to be paid on top
        :rtype: bool
        """
        self.ensure_one()
        needed = (
            self._get_prepayment_required_amount()
            if self.require_payment
            else self.amount_total
        )
        paid = self.amount_paid + amount
        return self.currency_id.compare_amounts(paid, needed) < 0
