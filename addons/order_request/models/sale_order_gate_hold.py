import functools

from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What is held: the customer is through with it, the seller has to decide."""

    _inherit = "sale.order"

    def _register_hook(self):
        super()._register_hook()
        _hold_before_confirming(self.env.registry[self._name])

    def _hold(self, reason=None):
        """Keep orders for the seller to decide, and tell both sides.

        :param str reason: one of `GATE_REASONS`; the policy's answer by default
        """
        # sudo: customers and payments cause it
        for order_sudo in self.sudo().filtered(lambda order: not order.gate_held_on):
            order_sudo.write(
                {
                    "gate_held_on": fields.Datetime.now(),
                    "gate_reason": reason or order_sudo._get_hold_reason(),
                }
            )
            order_sudo._tell_of_hold()

    def _tell_of_hold(self):
        """Ask the seller to decide, and tell the customer (single record)."""
        seller = self._get_gate_seller() or self.env.ref("base.user_admin")
        # Without the activity's own mail, for which the customer would have to wait.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "order_request.mail_activity_approve", user_id=seller.id
        )
        to_approve = self.env.ref("order_request.mail_template_order_to_approve")
        to_approve._queue_for(self)
        self.env.ref("order_request.mail_template_order_held")._queue_for(self)

    def _get_hold_reason(self):
        self.ensure_one()
        if self.gate_pass_on and (
            self.gate_pass_fingerprint != self._get_gate_fingerprint()
        ):
            return "changed"
        return self.gate_check["reason"]

    def _get_gate_seller(self):
        """Return who decides about the order (single record).

        :rtype: recordset of `res.users`
        """
        self.ensure_one()
        sellers = self._get_gate_lines().product_id.order_request_user_id
        return (
            sellers[:1]
            or self.user_id
            or self.env["order.request.policy"]._find_responsible(
                self.company_id, team=self.team_id
            )
        )

    def action_gate_approve(self):
        """Let held orders start.

        :raise UserError: when an order is not held
        """
        self.check_access("write")
        for order in self:
            order._check_held()
            order.write(
                {
                    "request_approved_by_id": self.env.uid,
                    "request_approved_on": fields.Datetime.now(),
                }
            )
            order.message_post(body=self.env._("The order was approved."))
            order.activity_feedback(["order_request.mail_activity_approve"])
        return self.with_context(send_email=True).action_confirm()

    def action_gate_refuse(self):
        """Cancel held orders; what was paid has to be refunded.

        :raise UserError: when an order is not held
        """
        self.check_access("write")
        for order in self:
            order._check_held()
            order.activity_unlink(["order_request.mail_activity_approve"])
            if order.amount_paid:
                order.activity_schedule(
                    "order_request.mail_activity_refund", user_id=self.env.uid
                )
            order.gate_held_on = False
            order._action_cancel()
            self.env.ref("order_request.mail_template_order_refused")._queue_for(order)

    def _check_held(self):
        self.ensure_one()
        if not self.gate_held_on or self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("Order %(name)s does not wait for approval.", name=self.name)
            )


def _hold_before_confirming(model_class):
    """Let `action_confirm` of orders begin with the gate.

    Payments and free orders call it without anybody there who could read an error:
    what may not start is kept for the seller, with its payment. An override would not
    do. Those of addons that are loaded after this one go on once they have called
    `super`, as if the order had started: they take booths, or order goods elsewhere.

    :param model_class: class of `sale.order` in the registry
    """
    confirm = model_class.action_confirm
    if hasattr(confirm, "_begins_with_gate"):
        return

    @functools.wraps(confirm)
    def action_confirm(self):
        held = self.filtered(lambda order: order._is_gated())
        held._hold()
        rest = self - held
        return confirm(rest) if rest else True

    action_confirm._begins_with_gate = True
    model_class.action_confirm = action_confirm
