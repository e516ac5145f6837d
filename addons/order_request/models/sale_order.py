from odoo import api, fields, models

from .order_request import GATE_REASONS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    order_request_id = fields.Many2one(
        comodel_name="order.request",
        copy=False,
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",
    )
    order_request_origin = fields.Selection(
        selection=[("seller", "Seller"), ("customer", "Customer")],
        string="Made by",
        required=True,
        default="seller",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Orders that customers make themselves pass the gate of order requests.",
    )
    gate_reason = fields.Selection(
        selection=GATE_REASONS,
        string="Order Request Gate",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Why the order was possible at once, or is held.",
    )
    gate_pass_on = fields.Datetime(copy=False, readonly=True, groups="base.group_user")
    gate_pass_fingerprint = fields.Char(
        copy=False, readonly=True, groups="base.group_system"
    )
    gate_held_on = fields.Datetime(
        string="Held since",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The customer's order waits for approval, paid or not.",
    )
    request_approved_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Approved by",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    request_approved_on = fields.Datetime(
        string="Approved on", copy=False, readonly=True, groups="base.group_user"
    )
    first_confirmed_on = fields.Datetime(
        copy=False, readonly=True, groups="base.group_user"
    )
    cancelled_on = fields.Datetime(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When an order was cancelled after it had been confirmed.",
    )

    _open_offer_uniq = models.UniqueIndex(
        "(order_request_id) WHERE order_request_id IS NOT NULL "
        "AND state IN ('draft', 'sent')",
        "There is an open offer for this request already.",
    )
    _gate_held_idx = models.Index(
        "(company_id, gate_held_on) WHERE gate_held_on IS NOT NULL"
    )
    _first_confirmed_idx = models.Index(
        "(company_id, first_confirmed_on) WHERE first_confirmed_on IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        started = orders.filtered(lambda order: order.state == "sale")
        started._check_may_start()
        started._stamp_start()
        return orders

    def write(self, vals):
        state = vals.get("state")
        starting = self.browse()
        if state == "sale":
            starting = self.filtered(lambda order: order.state != "sale")
            starting._check_may_start()
        elif state == "cancel":
            self._stamp_cancellation()
        result = super().write(vals)
        starting._stamp_start()
        if state == "cancel" and not self.env.context.get("order_request_goes_on"):
            self._give_up_requests()
        return result

    def _stamp_start(self):
        """Note when orders started; the request that led to one is accepted."""
        now = fields.Datetime.now()
        # sudo: portal users cause it by signing and paying
        for order_sudo in self.sudo():
            vals = {"gate_held_on": False}
            if not order_sudo.first_confirmed_on:
                vals["first_confirmed_on"] = now
            order_sudo.write(vals)
            order_sudo.order_request_id.filtered(
                lambda request: request.state == "offered"
            )._accept()

    def _stamp_cancellation(self):
        """Note when orders that had started were cancelled. Declined quotations and
        refused requests never started, so that they are no cancellations."""
        # sudo: see `_stamp_start`
        started_sudo = self.sudo().filtered(
            lambda order: order.state == "sale" and order.first_confirmed_on
        )
        started_sudo.write({"cancelled_on": fields.Datetime.now()})

    def _give_up_requests(self):
        """End the requests whose offer was declined on Odoo's page, or cancelled."""
        # sudo: see `_stamp_start`
        for order_sudo in self.sudo():
            request_sudo = order_sudo.order_request_id
            if request_sudo.state == "offered" and request_sudo.offer_id == order_sudo:
                request_sudo._close("withdrawn")
