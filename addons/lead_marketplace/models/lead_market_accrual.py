from odoo import api, fields, models
from odoo.exceptions import UserError

# All that may change after an entry is booked: where it was invoiced.
OPEN_FIELDS = {"invoice_line_id", "settled_on"}


class LeadMarketAccrual(models.Model):
    """The ledger of commissions: entries are added and never changed.

    A correction is another entry. Nobody creates entries but the order they belong to.
    """

    _name = "lead.market.accrual"
    _description = "Commission"
    _order = "id desc"
    _check_company_auto = True

    order_id = fields.Many2one(
        "lead.market.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    workshop_partner_id = fields.Many2one(
        "res.partner",
        string="Workshop",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    category_id = fields.Many2one("lead.market.category", readonly=True)
    kind = fields.Selection(
        [
            ("commission", "Commission"),
            ("adjustment", "Adjustment"),
            ("reversal", "Reversal"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    base_amount = fields.Monetary(string="Base", readonly=True)
    percent_applied = fields.Float(
        string="Percentage", digits=(7, 4), readonly=True, aggregator="avg"
    )
    amount = fields.Monetary(readonly=True)
    rate = fields.Float(
        digits=0,
        readonly=True,
        aggregator=None,
        help="What a unit of the order's currency was worth on the day of the work.",
    )
    rate_date = fields.Date(string="Rate Of", readonly=True)
    idem_key = fields.Char(string="Key", required=True, readonly=True)
    invoice_line_id = fields.Many2one(
        "account.move.line",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_user",
    )
    move_id = fields.Many2one(
        related="invoice_line_id.move_id",
        string="Invoice",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    settled_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When it was set off against other entries, without an invoice.",
    )
    state = fields.Selection(
        [
            ("confirmed", "To invoice"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
            ("settled", "Set off"),
        ],
        compute="_compute_state",
        store=True,
    )
    is_invoiceable = fields.Boolean(
        string="Can Be Invoiced", compute="_compute_is_invoiceable"
    )
    is_credited = fields.Boolean(
        string="Credited in Full",
        compute="_compute_is_credited",
        groups="base.group_user",
    )

    _idem_key_uniq = models.UniqueIndex("(idem_key)", "This entry was booked before.")
    _percent_range = models.Constraint(
        "CHECK (percent_applied >= 0 AND percent_applied <= 100)",
        "A percentage is between 0 and 100.",
    )
    _due_idx = models.Index(
        "(company_id, workshop_partner_id, currency_id) WHERE state = 'confirmed'"
    )
    _statement_idx = models.Index("(workshop_partner_id, date DESC, id DESC)")

    # === COMPUTE ===

    @api.depends(
        "settled_on", "invoice_line_id", "move_id.state", "move_id.payment_state"
    )
    def _compute_state(self):
        for accrual in self:
            accrual.state = accrual._get_state()

    def _get_state(self):
        """Return how far an entry is (single record).

        An invoice line that was deleted, or stands on a cancelled invoice, leaves the
        entry to be invoiced again. A credit note does not: the accountant decides.
        """
        if self.settled_on:
            return "settled"
        if not self.invoice_line_id or self.move_id.state == "cancel":
            return "confirmed"
        if self.move_id.payment_state in ("paid", "in_payment"):
            return "paid"
        return "invoiced"

    @api.depends("state", "order_id.state")
    def _compute_is_invoiceable(self):
        for accrual in self:
            accrual.is_invoiceable = bool(
                accrual.filtered_domain(self._get_invoiceable_domain())
            )

    @api.depends("move_id.payment_state")
    def _compute_is_credited(self):
        for accrual in self:
            accrual.is_credited = accrual.move_id.payment_state == "reversed"

    @api.depends("kind", "order_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for accrual in self:
            order = accrual.order_id.display_name or ""
            accrual.display_name = f"{kinds.get(accrual.kind, '')} {order}".strip()

    # === CRUD ===

    def write(self, vals):
        if set(vals) - OPEN_FIELDS:
            raise UserError(
                self.env._("An entry can't be changed. Correct its order instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        raise UserError(
            self.env._("An entry can't be deleted. Cancel its order instead.")
        )

    # === BUSINESS ===

    @api.model
    def _get_invoiceable_domain(self):
        """Return which entries may be invoiced.

        :rtype: list
        """
        return [("state", "=", "confirmed"), ("order_id.state", "!=", "disputed")]
