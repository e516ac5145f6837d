from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from .. import gate


class SaleOrder(models.Model):
    """Who may start: what a customer made only when the seller's policy lets it.

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
            order.gate_check = order._evaluate_gate().to_json()

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
        return gate.combine(results)

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

    def _check_may_start(self):
        """Refuse to confirm orders that have to wait, whichever way was taken.

        :raise UserError: with the reason
        """
        for order in self:
            if order._is_gated():
                raise UserError(order._describe_gate())
