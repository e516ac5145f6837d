import functools
import hashlib
from datetime import datetime, timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from .. import gate

PASS_MINUTES = 30
PAYING_STATES = ("pending", "authorized", "done")
SEVERITY = {"direct": 0, "request": 1, "closed": 2}


class SaleOrder(models.Model):
    """The gate: what a customer made may start only when the seller's policy lets it.

    All decisions come from `gate.evaluate`. They are made when the customer signs or
    starts to pay, and once more when the order is to be confirmed; what pages show is
    advice only.
    """

    _inherit = "sale.order"

    gate_check = fields.Json(
        compute="_compute_gate_check",
        groups="base.group_user",
        help="The answer of the policies at this moment.",
    )

    @api.depends(
        "company_id",
        "partner_id",
        "user_id",
        "team_id",
        "order_line.product_id",
        "order_line.product_uom_qty",
    )
    def _compute_gate_check(self):
        for order in self:
            order.gate_check = _to_json(order._evaluate_gate())

    def _evaluate_gate(self):
        """Ask the policies of all sellers in the order (single record).

        The strictest answer counts for all of it.

        :rtype: gate.Result
        """
        self.ensure_one()
        products_by_policy = {}
        for line in self._get_gate_lines():
            product = line.product_id.product_tmpl_id
            policy = self._get_gate_policy(product)
            products_by_policy[policy] = (
                products_by_policy.get(policy, product.browse()) | product
            )
        partner = self._get_gate_partner()
        results = [
            policy._evaluate(partner, products)
            for policy, products in products_by_policy.items()
        ]
        return _combine(results)

    def _get_gate_lines(self):
        """Return the lines that the gate is about: what somebody chose to order.

        :rtype: recordset of `sale.order.line`
        """
        has_rewards = "is_reward_line" in self.order_line._fields
        return self.order_line.filtered(
            lambda line: line.product_id
            and not line.display_type
            and not line.is_downpayment
            and not line._is_delivery()
            and not line._is_discount_line()
            and not (has_rewards and line.is_reward_line)
        )

    def _get_gate_policy(self, product):
        """Return the policy that counts for a service (single record).

        :param product: `product.template`
        :rtype: recordset of `order.request.policy`
        """
        # sudo: customers can't read who is in charge of what
        seller_sudo = product.sudo().order_request_user_id
        policies = self.env["order.request.policy"]
        if seller_sudo:
            return policies._find(
                self.company_id, seller_sudo, seller_sudo.sale_team_id
            )
        return policies._find(self.company_id, self.user_id, self.team_id)

    def _get_gate_partner(self):
        """Hook: return whose history counts, empty for an unknown visitor (single
        record).

        :rtype: recordset of `res.partner`
        """
        self.ensure_one()
        return self.partner_id

    def _is_made_by_customer(self):
        """Hook: return whether a customer made the order himself (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.order_request_origin == "customer"

    def _is_gate_open_to_user(self):
        """Return whether the one who acts decides for the seller.

        Employees do. OdooBot does not: pages of customers and payments run as OdooBot.
        Nothing in the context can change this, because callers choose their context.

        :rtype: bool
        """
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

    def _is_gated(self):
        """Return whether the order has to wait for the seller (single record).

        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sudo()  # sudo: the gate's fields are not for customers
        if (
            not order_sudo._is_made_by_customer()
            or order_sudo.request_approved_on
            or self._is_gate_open_to_user()
        ):
            return False
        if order_sudo.gate_check["outcome"] == "direct":
            return False
        return not order_sudo._has_gate_pass()

    def _is_gate_subject(self):
        """Return whether a policy that is on concerns the order, whatever it answers
        (single record). Without one Odoo works as if we were not there.

        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sudo()  # sudo: see `_is_gated`
        if order_sudo.order_request_id:
            return True
        return (
            order_sudo._is_made_by_customer()
            and order_sudo.gate_check["reason"] != "policy_off"
        )

    # === PASS ===

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

    # === CHECKS ===

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

    def _check_may_start(self):
        """Refuse to confirm orders that have to wait, whichever way was taken.

        :raise UserError: with the reason
        """
        for order in self:
            if order._is_gated():
                raise UserError(order._describe_gate())

    # === HOLD ===

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
        policy = self.env["order.request.policy"]._find(
            self.company_id, self.user_id, self.team_id
        )
        return sellers[:1] or self.user_id or policy.responsible_id

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

    # === WORDS ===

    def _describe_gate(self):
        """Return to the customer why the order can't start now, and until when
        (single record).

        :rtype: str
        """
        self.ensure_one()
        # sudo: see `_is_gated`
        result = _from_json(self.sudo().gate_check)
        return self.env["order.request"]._describe_gate(
            result,
            self.sudo()._get_gate_zone(),
            self.sudo()._get_gated_names(result.services),
        )

    def _get_gated_names(self, services):
        """Return the names of what has to wait, none when that is all of the order
        (single record).

        :param services: ids of `product.template`
        :rtype: list of str
        """
        products = self._get_gate_lines().product_id.product_tmpl_id
        gated = products.filtered(lambda product: product.id in services)
        return gated.mapped("name") if gated != products else []

    def _get_gate_zone(self):
        """Return the seller's time zone (single record).

        :rtype: str
        """
        self.ensure_one()
        for line in self._get_gate_lines():
            if policy := self._get_gate_policy(line.product_id.product_tmpl_id):
                return policy.tz
        return "UTC"


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


def _combine(results):
    """Return one answer for several: the strictest, about all services that it holds
    for, until the last of them is free.

    :param list results: of `gate.Result`
    :rtype: gate.Result
    """
    if not results:
        return gate.Result("direct", "policy_off")
    worst = max(results, key=lambda result: SEVERITY[result.outcome])
    if worst.outcome == "direct":
        # A policy that is on says more than none.
        on = [result for result in results if result.reason != "policy_off"]
        return (on or results)[0]
    gated = [result for result in results if result.outcome != "direct"]
    ends = [result.until for result in gated]
    return gate.Result(
        worst.outcome,
        worst.reason,
        frozenset().union(*(result.services for result in gated)),
        max(ends) if all(ends) else None,
    )


def _to_json(result):
    return {
        "outcome": result.outcome,
        "reason": result.reason,
        "services": sorted(result.services),
        "until": result.until and result.until.isoformat(),
    }


def _from_json(values):
    until = values["until"]
    return gate.Result(
        values["outcome"],
        values["reason"],
        frozenset(values["services"]),
        until and datetime.fromisoformat(until),
    )
