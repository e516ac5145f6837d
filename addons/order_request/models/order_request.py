from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Draft"),
    ("submitted", "New"),
    ("info_asked", "Question asked"),
    ("offered", "Offer sent"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("expired", "Expired"),
    ("withdrawn", "Withdrawn"),
]
# The seller may still answer, or the customer.
OPEN_STATES = ("submitted", "info_asked", "offered")
UNANSWERED_STATES = ("submitted", "info_asked")
# Why an order is or was not possible at once; the words for customers stand in
# `_describe_gate`.
GATE_REASONS = [
    ("policy_off", "Order requests are off"),
    ("service_not_listed", "The service needs no request"),
    ("had_custom_offer", "The customer received an offer"),
    ("returning_customer", "The customer has ordered before"),
    ("outside_hours", "Outside the active hours"),
    ("away", "The seller is away"),
    ("service_always", "The service always needs a request"),
    ("first_time", "First order of the customer"),
    ("all_customers", "Every order needs a request"),
    ("voluntary", "The customer wanted to ask first"),
    ("changed", "The order was changed after it was checked"),
    ("amount", "Less was paid than the order needs"),
]
# Written by the steps of a request alone, never by hand.
GUARDED_FIELDS = {
    "origin",
    "pricelist_id",
    "gate_reason",
    "gate_checked_on",
    "submitted_on",
    "response_due",
    "first_response_on",
    "response_hours",
    "response_state",
    "expires_on",
    "offered_on",
    "offer_expires_on",
    "is_offer_reminded",
    "closed_on",
    "refuse_reason_id",
    "offer_id",
    "client_token",
}


class OrderRequest(models.Model):
    """A customer's wish to order, which the seller looks at first.

    Customers have no access to it by RPC: their pages show what is meant for them.
    """

    _name = "order.request"
    _description = "Order Request"
    _inherit = ["offerdesk.request.mixin"]
    _check_company_auto = True
    _order = "submitted_on desc, id desc"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        check_company=True,
        index=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Seller",
        check_company=True,
        tracking=True,
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many(
        comodel_name="order.request.line",
        inverse_name="request_id",
        string="Services",
        copy=True,
    )
    answer_ids = fields.One2many(
        comodel_name="order.request.answer",
        inverse_name="request_id",
        string="Answers",
    )
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        readonly=True,
        copy=False,
        check_company=True,
        help="The customer saw its prices, and offers are made with it. Empty: the "
        "customer's own.",
    )
    brief = fields.Text()
    desired_start = fields.Date(string="Wished Start")
    origin = fields.Selection(
        selection=[
            ("portal", "Portal"),
            ("website", "Web shop"),
            ("backend", "Back office"),
        ],
        required=True,
        readonly=True,
        default="backend",
    )
    gate_reason = fields.Selection(
        selection=GATE_REASONS, string="Why a Request", readonly=True, copy=False
    )
    gate_checked_on = fields.Datetime(
        readonly=True, copy=False, groups="base.group_user"
    )
    internal_note = fields.Html(groups="base.group_user")

    submitted_on = fields.Datetime(readonly=True, copy=False)
    response_due = fields.Datetime(string="Answer Due", readonly=True, copy=False)
    first_response_on = fields.Datetime(
        string="Answered", readonly=True, copy=False, groups="base.group_user"
    )
    response_hours = fields.Float(
        string="Hours to First Answer",
        readonly=True,
        copy=False,
        aggregator="avg",
    )
    response_state = fields.Selection(
        selection=[
            ("pending", "Due"),
            ("on_time", "Answered in time"),
            ("late", "Answered late"),
            ("missed", "Not answered"),
            ("excluded", "Not counted"),
        ],
        string="Our Answer",
        readonly=True,
        copy=False,
        help="Spam and requests withdrawn before an answer was due don't count.",
    )
    expires_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the request expires unless it is answered.",
    )
    offered_on = fields.Datetime(string="Last Offer", readonly=True, copy=False)
    offer_expires_on = fields.Datetime(
        string="Offer Valid until", readonly=True, copy=False
    )
    is_offer_reminded = fields.Boolean(
        readonly=True, copy=False, groups="base.group_user"
    )
    closed_on = fields.Datetime(readonly=True, copy=False)
    refuse_reason_id = fields.Many2one(
        comodel_name="order.request.reason",
        readonly=True,
        copy=False,
    )
    time_left = fields.Char(compute="_compute_time_left")
    is_overdue = fields.Boolean(compute="_compute_time_left")

    sale_order_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="order_request_id",
        string="Quotations",
    )
    offer_id = fields.Many2one(
        comodel_name="sale.order",
        string="Current Offer",
        readonly=True,
        copy=False,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    client_token = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Marks one filled-in form, so that sending it twice does nothing.",
    )

    _client_token_uniq = models.UniqueIndex(
        "(commercial_partner_id, client_token) WHERE client_token IS NOT NULL",
        "This request was sent already.",
    )
    _portal_idx = models.Index("(commercial_partner_id, submitted_on DESC, id DESC)")
    # Lists of everything: without these all are sorted for one page.
    _latest_idx = models.Index("(submitted_on DESC, id DESC)")
    _urgent_idx = models.Index("(closed_on DESC, response_due, id)")
    _inbox_idx = models.Index(
        "(company_id, response_due, id) WHERE state IN ('submitted', 'info_asked')"
    )
    _expiry_idx = models.Index(
        "(expires_on) WHERE state IN ('submitted', 'info_asked')"
    )
    _offer_expiry_idx = models.Index("(offer_expires_on) WHERE state = 'offered'")
    _offered_idx = models.Index(
        "(commercial_partner_id, company_id, offered_on) WHERE offered_on IS NOT NULL"
    )

    @api.depends("response_due", "state", "first_response_on")
    def _compute_time_left(self):
        now = fields.Datetime.now()
        for request in self:
            is_waiting = (
                request.state in UNANSWERED_STATES and not request.first_response_on
            )
            due = is_waiting and request.response_due
            request.is_overdue = bool(due) and due < now
            request.time_left = due and self._format_time_left(due - now)

    @api.depends("name", "partner_id", "line_ids.name")
    @api.depends_context("order_request_show_wish")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get("order_request_show_wish"):
            for request in self:
                services = ", ".join(name for name in request.line_ids.mapped("name"))
                # The short name: a day has little room.
                customer = request.partner_id.name or request.partner_id.display_name
                parts = (customer, services, request.name)
                request.display_name = " · ".join(part for part in parts if part)
        return result

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/requests/{request.id}"
        return result

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | GUARDED_FIELDS

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        if any(request.state != "draft" for request in self):
            raise UserError(
                self.env._("Requests are kept. Only drafts can be deleted.")
            )

    def action_submit(self):
        """Take a request that was written down in the back office.

        :raise UserError: when it is none any more, or empty
        """
        self.check_access("write")
        for request in self:
            request._check_state(("draft",))
            request._submit("voluntary")

    def action_view_orders(self):
        """Open the quotations of the request (single record)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale.action_quotations_with_onboarding"
        )
        if len(self.sale_order_ids) == 1:
            return {
                **action,
                "views": [(False, "form")],
                "res_id": self.sale_order_ids.id,
            }
        return {**action, "domain": [("order_request_id", "=", self.id)]}

    @api.model
    def _format_time_left(self, left):
        """Return a time span as people say it.

        :param timedelta left: negative when it is over
        :rtype: str
        """
        minutes = abs(int(left.total_seconds())) // 60
        hours, minutes = divmod(minutes, 60)
        if hours >= 48:
            span = self.env._(
                "%(days)s d %(hours)s h", days=hours // 24, hours=hours % 24
            )
        else:
            span = self.env._(
                "%(hours)s h %(minutes)s min", hours=hours, minutes=minutes
            )
        if left.total_seconds() < 0:
            return self.env._("%(span)s late", span=span)
        return span

    def _submit(self, reason):
        """Bring a draft to the seller (single record).

        :param str reason: why it is a request, one of `GATE_REASONS`
        :raise UserError: when it is empty
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Please choose a service first."))
        now = fields.Datetime.now()
        policy = self._get_policy()
        # The seller gets our mail, which says more than that of the assignment.
        self.with_context(mail_auto_subscribe_no_notify=True)._advance(
            {
                "state": "submitted",
                "user_id": (self.user_id or self._find_responsible()).id,
                "gate_reason": reason,
                "gate_checked_on": now,
                "submitted_on": now,
                "response_due": self._get_response_due(policy, now),
                "response_state": "pending",
                "expires_on": fields.Datetime.add(
                    now, days=policy.request_expiry_days or 7
                ),
            }
        )
        self._notify_submitted()

    def _get_pricelist(self):
        """Return the pricelist of offers to the request (single record).

        :rtype: recordset of `product.pricelist`, empty when there are none
        """
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        return self.pricelist_id or partner.property_product_pricelist

    def _find_responsible(self):
        """Return who answers the request when nobody is named (single record).

        :rtype: recordset of `res.users`
        """
        self.ensure_one()
        return self.env["order.request.policy"]._find_responsible(self.company_id)

    def _get_policy(self):
        """Return the policy of the request's seller (single record).

        :return: one policy, as superuser, or none
        :rtype: recordset of `order.request.policy`
        """
        self.ensure_one()
        return self.env["order.request.policy"]._find(
            self.company_id, self.user_id, self.user_id.sale_team_id
        )
