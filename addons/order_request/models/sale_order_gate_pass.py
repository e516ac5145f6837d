import hashlib
from datetime import timedelta

from odoo import fields, models

from .order_request_clock import PAYING_STATES

PASS_MINUTES = 30


class SaleOrder(models.Model):
    """The pass: who began in time may finish after the gate has shut."""

    _inherit = "sale.order"

    def _grant_gate_pass(self):
        """Note that the gate let the order through with what is in it now.

        Who has begun to pay within the hours may finish after them, but not with
        another cart.
        """
        now = fields.Datetime.now()
        # sudo: customers cause it by signing or paying
        for order_sudo in self.sudo().filtered(lambda o: o._is_made_by_customer()):
            order_sudo.write(
                {
                    "gate_pass_on": now,
                    "gate_pass_fingerprint": order_sudo._get_gate_fingerprint(),
                    "gate_reason": order_sudo.gate_check["reason"],
                }
            )

    def _has_gate_pass(self):
        """Return whether the order was let through before, as it is (single record).

        :rtype: bool
        """
        self.ensure_one()
        if (
            not self.gate_pass_on
            or self.gate_pass_fingerprint != self._get_gate_fingerprint()
        ):
            return False
        if fields.Datetime.now() < self.gate_pass_on + timedelta(minutes=PASS_MINUTES):
            return True
        return any(tx.state in PAYING_STATES for tx in self.transaction_ids)

    def _get_gate_fingerprint(self):
        """Return what changes with the content of the order (single record).

        :rtype: str
        """
        content = sorted(
            (line.product_id.id, line.product_uom_qty)
            for line in self._get_gate_lines()
        )
        return hashlib.sha256(repr(content).encode()).hexdigest()[:32]
