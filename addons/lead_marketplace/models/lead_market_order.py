from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What a person has decided; the rest of the states follows from the ledger.
DECISIONS = [
    ("suspected", "Suspected"),
    ("declared", "Declared"),
    ("confirmed", "Confirmed"),
    ("disputed", "Disputed"),
    ("cancelled", "Cancelled"),
]
STATES = [
    *DECISIONS[:3],
    ("accrued", "To invoice"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
    *DECISIONS[3:],
]
# A change of one of these changes what is owed.
AMOUNT_FIELDS = {
    "amount_gross",
    "amount_net",
    "excluded_amount",
    "currency_id",
    "work_done_date",
}


class LeadMarketOrder(models.Model):
    """Work that a workshop won through an opened contact.

    Liability comes from two facts alone: the contact was opened, and the work was done.
    Neither the state of the take nor that of the request or the workshop ends it.
    """

    _name = "lead.market.order"
    _description = "Won Order"
    _inherit = ["lead.market.guarded"]
    _order = "id desc"
    _rec_name = "contract_no"
    _rec_names_search = ["contract_no", "take_id.request_id.number"]
    _check_company_auto = True
    _guarded_fields = frozenset(
        {
            *("decision", "state", "source", "revision", "reminder_level"),
            *("suspected_on", "declared_on", "declared_by_id", "survey_on"),
            *("deadline_date", "is_late", "predates_opening"),
            *("workshop_id", "workshop_partner_id", "company_id", "category_id"),
            *("billing_currency_id", "commission"),
        }
    )
    # What was booked for one workshop is not moved to another.
    _fixed_fields = frozenset({"take_id"})

    take_id = fields.Many2one(
        "lead.market.take",
        string="Opened Contact",
        required=True,
        index=True,
        ondelete="restrict",
    )
    workshop_id = fields.Many2one(
        related="take_id.workshop_id",
        string="Workshop Profile",
        store=True,
        precompute=True,
        index=True,
        groups="base.group_user",
    )
    # Own columns, so that the rules of access need no join.
    workshop_partner_id = fields.Many2one(
        related="take_id.workshop_partner_id",
        string="Workshop",
        store=True,
        precompute=True,
    )
    company_id = fields.Many2one(
        related="take_id.company_id", store=True, precompute=True
    )
    category_id = fields.Many2one(
        related="take_id.request_id.category_id", store=True, precompute=True
    )
    contract_no = fields.Char(string="Contract No.")
    contract_date = fields.Date()
    planned_finish_date = fields.Date(string="Planned Finish")
    work_done_date = fields.Date(string="Work Done On")
    deadline_date = fields.Date(
        string="To Declare Until",
        compute="_compute_deadline_date",
        store=True,
        help="Last day, in the time zone of the company, on which the workshop may "
        "declare the work.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount_gross = fields.Monetary(string="Total", help="Including taxes.")
    amount_net = fields.Monetary(string="Total Without Taxes")
    excluded_amount = fields.Monetary(
        string="Left Out", help="Part of the total that owes no commission."
    )
    excluded_reason = fields.Char(
        string="Left Out For", help="One of the names that the terms allow."
    )
    decision = fields.Selection(
        DECISIONS,
        required=True,
        readonly=True,
        default="declared",
        copy=False,
        groups="base.group_user",
    )
    state = fields.Selection(STATES, compute="_compute_state", store=True)
    source = fields.Selection(
        [
            ("workshop", "Workshop"),
            ("operator", "Operator"),
            ("customer", "Customer"),
        ],
        required=True,
        readonly=True,
        default="operator",
        groups="base.group_user",
    )
    note = fields.Text(
        groups="base.group_user", help="Nobody at the workshop reads it."
    )
    dispute_reason = fields.Text(help="What the workshop and the operator disagree on.")
    suspected_on = fields.Datetime(readonly=True, copy=False)
    declared_on = fields.Datetime(
        readonly=True, copy=False, help="When the workshop said that the work is done."
    )
    declared_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", store=True)
    predates_opening = fields.Boolean(
        string="Customer Before Opening",
        compute="_compute_predates_opening",
        store=True,
        help="The contract or the work is older than the opening of the contact. It "
        "owes a commission all the same.",
    )
    duplicate_of_id = fields.Many2one(
        "lead.market.order",
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The same contract declared for another opened contact: it owes one "
        "commission.",
    )
    accrual_ids = fields.One2many("lead.market.accrual", "order_id", string="Ledger")
    revision = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Counts the corrections, so that each one is booked once.",
    )
    billing_currency_id = fields.Many2one(
        "res.currency", compute="_compute_commission", store=True
    )
    commission = fields.Monetary(
        compute="_compute_commission",
        store=True,
        currency_field="billing_currency_id",
        help="What the ledger adds up to.",
    )
    reminder_level = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="How many reminders the workshop got: one before the deadline, one on it.",
    )

    _contract_uniq = models.UniqueIndex(
        "(take_id, COALESCE(contract_no, '')) WHERE decision != 'cancelled'",
        "This contract was declared before.",
    )
    _amounts_positive = models.Constraint(
        "CHECK (amount_gross >= 0 AND amount_net >= 0 AND excluded_amount >= 0)",
        "An amount can't be negative.",
    )
    _excluded_range = models.Constraint(
        "CHECK (excluded_amount <= amount_gross)",
        "What is left out can't be more than the total.",
    )
    # A day of tolerance: the date is the workshop's, the time stamp is UTC.
    _done_before_declared = models.Constraint(
        "CHECK (work_done_date <= (declared_on + interval '1 day')::date)",
        "Work that is not done yet has a planned finish instead.",
    )
    _workshop_idx = models.Index("(workshop_partner_id, state, id DESC)")
    _ledger_idx = models.Index("(workshop_partner_id, create_date DESC, id DESC)")
    _deadline_idx = models.Index(
        "(company_id, deadline_date) WHERE declared_on IS NULL"
    )

    # === COMPUTE ===

    @api.depends("decision", "accrual_ids.state")
    def _compute_state(self):
        for order in self:
            order.state = order._get_state()

    def _get_state(self):
        if self.decision != "confirmed":
            return self.decision
        states = set(self.accrual_ids.mapped("state"))
        if not states:
            return "confirmed"
        if "confirmed" in states:
            return "accrued"
        return "invoiced" if "invoiced" in states else "paid"

    @api.depends("work_done_date", "planned_finish_date", "take_id.terms")
    def _compute_deadline_date(self):
        for order in self:
            done = order.work_done_date or order.planned_finish_date
            days = order._get_terms().get("declare_days", 0)
            order.deadline_date = done and fields.Date.add(done, days=days)

    @api.depends("declared_on", "deadline_date", "company_id")
    def _compute_is_late(self):
        for order in self:
            declared = order.declared_on
            order.is_late = bool(
                declared
                and order.deadline_date
                and order.company_id._get_market_date(declared) > order.deadline_date
            )

    @api.depends("contract_date", "work_done_date", "take_id.opened_on", "company_id")
    def _compute_predates_opening(self):
        for order in self:
            dates = [d for d in (order.contract_date, order.work_done_date) if d]
            opened = order.take_id.opened_on
            order.predates_opening = bool(
                dates
                and opened
                and min(dates) < order.company_id._get_market_date(opened)
            )

    @api.depends("accrual_ids.amount", "accrual_ids.currency_id", "workshop_id")
    def _compute_commission(self):
        for order in self:
            accruals = order.accrual_ids
            order.billing_currency_id = (
                accruals[:1].currency_id or order.workshop_id.currency_id
            )
            order.commission = sum(accruals.mapped("amount"))

    @api.depends("contract_no", "take_id")
    def _compute_display_name(self):
        for order in self:
            # sudo: the number of a request is no secret to who opened its contact
            number = order.take_id.sudo().request_id.number
            order.display_name = " ".join(
                part for part in (number, order.contract_no) if part
            )

    # === CONSTRAINTS, CRUD ===

    @api.constrains("excluded_amount", "excluded_reason", "take_id")
    def _check_excluded(self):
        for order in self.filtered("excluded_amount"):
            if order.excluded_reason not in order._get_terms().get("exclusions", []):
                raise ValidationError(order._get_exclusion_error())

    @api.constrains("amount_gross", "amount_net", "excluded_amount")
    def _check_amounts(self):
        for order in self:
            if order.amount_net > order.amount_gross:
                raise ValidationError(
                    self.env._("The total without taxes is more than the total.")
                )
            if order.excluded_amount > order._get_total():
                raise ValidationError(
                    self.env._("What is left out can't be more than the total.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Fill in that work which is done was declared now, when a person enters it."""
        orders = super().create(vals_list)
        orders.filtered(lambda o: o.decision == "declared")._stamp_declared()
        return orders

    def write(self, vals):
        """Book what a correction changes in what is owed."""
        res = super().write(vals)
        if AMOUNT_FIELDS.intersection(vals):
            said = ("declared", "confirmed")
            self.filtered(lambda o: o.decision in said)._stamp_declared()
            self._book_correction()
            self._accrue()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_any(self):
        raise UserError(
            self.env._("An order is part of the history. Cancel it instead.")
        )

    # === ACTIONS ===

    def action_confirm(self):
        """Confirm orders: what is done is owed from now on.

        :raise UserError: when an order is cancelled, a duplicate or not complete
        """
        self._check_operator()
        for order in self:
            order._check_confirm()
        # sudo: nobody enters a decision; it was checked who may make it
        self.sudo().write({"decision": "confirmed", "dispute_reason": False})
        for order in self:
            order._log("order_confirmed")
        self._accrue()

    def action_dispute(self):
        """Hold orders back until a disagreement is settled.

        :raise UserError: without a reason, or for cancelled orders
        """
        self._check_operator()
        for order in self:
            if order.decision == "cancelled":
                raise UserError(self.env._("%s is cancelled.", order.display_name))
            if not (order.dispute_reason or "").strip():
                raise UserError(self.env._("Please say what the disagreement is."))
        self._set_decision("disputed")

    def action_cancel(self):
        """Cancel orders: what they owed is booked back.

        :raise UserError: when something was booked and the user is no manager
        """
        self._check_operator()
        open_orders = self.filtered(lambda o: o.decision != "cancelled")
        is_manager = self.env.user.has_group("lead_marketplace.group_manager")
        if open_orders.accrual_ids and not (is_manager or self.env.su):
            raise UserError(
                self.env._("Only a manager cancels an order that owes a commission.")
            )
        open_orders._set_decision("cancelled")
        open_orders._book_correction()

    # === BUSINESS ===

    def _check_operator(self):
        # Public methods can be called by anybody who is logged in.
        self.check_access("write")

    def _set_decision(self, decision):
        """Write what a person has decided, and note it.

        :param str decision: value of ``decision``
        """
        # sudo: nobody enters a decision; the caller has checked who may make it
        self.sudo().write({"decision": decision})
        for order in self:
            order._log(f"order_{decision}")

    def _check_confirm(self):
        """Refuse to confirm what can't be (single record)."""
        self.ensure_one()
        if self.decision not in ("suspected", "declared", "disputed", "confirmed"):
            raise UserError(self.env._("%s is cancelled.", self.display_name))
        if self.duplicate_of_id:
            raise UserError(
                self.env._(
                    "%(order)s is marked as the same contract as %(other)s. Cancel it, "
                    "or take the mark away.",
                    order=self.display_name,
                    other=self.duplicate_of_id.display_name,
                )
            )
        if self.work_done_date and self._get_total() <= 0:
            raise UserError(
                self.env._("The total of %s is missing.", self.display_name)
            )
        if not self._is_attributable(self.contract_date or self.work_done_date):
            raise UserError(self._get_window_error())

    def _stamp_declared(self):
        """Note when finished work was declared, once."""
        said = self.filtered(lambda o: o.work_done_date and not o.declared_on)
        if said:
            # sudo: nobody enters when it was declared
            said.sudo().write(
                {"declared_on": fields.Datetime.now(), "declared_by_id": self.env.uid}
            )
            said._after_declared()

    def _after_declared(self):
        """Hook: finished work was declared."""

    def _get_terms(self):
        """Return the terms that were frozen when the contact was opened.

        :rtype: dict
        """
        # sudo: workshops read them in words, here they are reckoned with
        return self.take_id.sudo().terms or {}

    def _get_total(self):
        """Return the total that the terms take the commission of (single record).

        :rtype: float
        """
        self.ensure_one()
        is_net = self._get_terms().get("base") == "net"
        return self.amount_net if is_net else self.amount_gross

    def _is_attributable(self, date):
        """Return whether an order of a day owes a commission (single record).

        :param date: day of the contract, or of the work; empty means today
        :rtype: bool
        """
        months = self._get_terms().get("attribution_months")
        if not months:
            return True
        company = self.company_id
        opened = company._get_market_date(self.take_id.opened_on)
        day = date or company._get_market_today()
        return day <= opened + relativedelta(months=months)

    def _get_window_error(self):
        return self.env._(
            "This order came more than %(months)s months after the contact was opened: "
            "it owes no commission.",
            months=self._get_terms()["attribution_months"],
        )

    def _get_exclusion_error(self):
        names = self._get_terms().get("exclusions")
        if not names:
            return self.env._("Nothing may be left out of the total.")
        return self.env._(
            "Only this may be left out of the total: %(names)s.",
            names=", ".join(names),
        )

    def _log(self, kind, **data):
        self.ensure_one()
        return self.take_id._log(
            kind, data={"order": self.id, "contract": self.contract_no, **data}
        )
