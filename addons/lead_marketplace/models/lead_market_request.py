import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Without vowels and look-alikes: read out on the phone, and no words come up.
NUMBER_SIGNS = "23456789BCDFGHJKLMNPQRSTVWXZ"
NUMBER_LENGTH = 7
SEGMENTS = [("economy", "Economy"), ("standard", "Standard"), ("premium", "Premium")]


class LeadMarketRequest(models.Model):
    """The public side of a request: what every partner workshop may read.

    Nothing here leads to the customer: no thread, no token, no relation to the lead
    but one that is internal. Workshops read this model as it stands, by page or RPC.
    """

    _name = "lead.market.request"
    _description = "Marketplace Request"
    _inherit = ["lead.market.guarded"]
    _order = "published_on desc, id desc"
    _check_company_auto = True
    _guarded_fields = frozenset(
        {
            *("number", "state", "close_reason", "published_on"),
            *("outcome", "outcome_take_id", "outcome_on"),
            *("survey_finish_on", "survey_months_on", "closed_on", "erased_on"),
            *("for_whom_shown", "search_text"),
        }
    )

    number = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._new_number(),
    )
    name = fields.Char(string="Title", help="Without names, phones or addresses.")
    state = fields.Selection(
        [
            ("draft", "To verify"),
            ("verified", "Verified"),
            ("published", "Published"),
            ("paused", "Paused"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    close_reason = fields.Selection(
        [
            ("fulfilled", "Fulfilled"),
            ("withdrawn", "Withdrawn by the customer"),
            ("expired", "Expired"),
            ("duplicate", "Duplicate"),
            ("refused", "Not a real request"),
        ],
        readonly=True,
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    category_id = fields.Many2one(
        "lead.market.category", check_company=True, index="btree_not_null"
    )
    region_id = fields.Many2one("res.country.state")
    city = fields.Char()
    description = fields.Text(help="What every workshop reads. Without contacts.")
    segment = fields.Selection(SEGMENTS)
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget = fields.Monetary(help="What the customer thinks of spending. 0: not said.")
    contact_mode = fields.Selection(
        [("phone_email", "Phone and e-mail"), ("email_only", "E-mail only")],
        string="Reach By",
        compute="_compute_contact_mode",
        inverse="_inverse_contact_mode",
        store=True,
        precompute=True,
        required=True,
    )
    photo_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        domain=[("res_model", "=", "lead.market.request")],
        string="Photos",
    )
    published_on = fields.Datetime(readonly=True, copy=False)
    # Who it is for is a hint at who asks: it is shown as the company has decided.
    for_whom = fields.Char(groups="base.group_user")
    for_whom_not_stated = fields.Boolean(groups="base.group_user")
    for_whom_shown = fields.Char(
        string="For Whom (shown)",
        compute="_compute_for_whom_shown",
        store=True,
        help="For whom, as workshops may read it before they open the contact.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        groups="base.group_user",
        default=lambda self: self.env.user,
        index="btree_not_null",
    )
    lead_ids = fields.One2many(
        "crm.lead", "market_request_id", string="Leads", groups="base.group_user"
    )
    take_ids = fields.One2many(
        "lead.market.take", "request_id", string="Takes", groups="base.group_user"
    )
    take_count = fields.Integer(
        string="Opened",
        compute="_compute_take_count",
        groups="base.group_user",
    )
    duplicate_of_id = fields.Many2one(
        "lead.market.request",
        groups="base.group_user",
        copy=False,
        index="btree_not_null",
    )
    canary = fields.Boolean(
        string="Test Request",
        groups="lead_marketplace.group_manager",
        copy=False,
        help="Its contact is the operator's own: mail to it shows who passes contacts "
        "on.",
    )

    _number_uniq = models.UniqueIndex("(number)", "This number is taken.")

    # === COMPUTE ===

    @api.depends("lead_ids.market_contact_mode")
    def _compute_contact_mode(self):
        for request in self:
            request.contact_mode = (
                request.lead_ids[:1].market_contact_mode
                or request.contact_mode
                or "phone_email"
            )

    def _inverse_contact_mode(self):
        """Have the lead hand out what workshops read here, and nothing more."""
        for request in self:
            request.lead_ids.market_contact_mode = request.contact_mode

    @api.depends("for_whom", "company_id.market_for_whom")
    def _compute_for_whom_shown(self):
        for request in self:
            shown = request.company_id.market_for_whom == "visible"
            request.for_whom_shown = shown and request.for_whom

    @api.depends("take_ids")
    def _compute_take_count(self):
        counts = self._get_take_counts()
        for request in self:
            request.take_count = counts.get(request.id, 0)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.number} {request.name or ''}".strip()

    # === CONSTRAINTS, CRUD ===

    @api.model
    def _new_number(self):
        """Return a number that tells nothing: neither how many there are nor when.

        :rtype: str
        """
        return "".join(secrets.choice(NUMBER_SIGNS) for _ in range(NUMBER_LENGTH))

    @api.constrains("budget")
    def _check_budget(self):
        if any(request.budget < 0 for request in self):
            raise ValidationError(self.env._("A budget can't be negative."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken(self):
        # sudo: takes that the user can't see count as well
        if self.sudo().take_ids:
            raise UserError(
                self.env._("A request whose contact was opened can't be deleted.")
            )

    # === BUSINESS ===

    def _set_state(self, state, **vals):
        """Write a state, and what goes with it.

        :param str state: value of ``state``
        :param vals: further values
        """
        # sudo: nobody enters a state; the caller has checked what leads to it
        self.sudo().write({"state": state, **vals})

    def _get_take_counts(self):
        """Return how many workshops have opened each contact.

        :rtype: dict
        """
        # sudo: a workshop may know the number, not whose they are
        groups = (
            self.env["lead.market.take"]
            .sudo()
            ._read_group([("request_id", "in", self.ids)], ["request_id"], ["__count"])
        )
        return {request.id: count for request, count in groups}

    def _get_lead(self):
        """Return the lead behind a request, as superuser: its reader must be checked.

        :rtype: recordset of `crm.lead`
        """
        self.ensure_one()
        # sudo: only callers that have checked the customer or the operator ask
        return self.sudo().lead_ids[:1]

    def _log(self, kind, **vals):
        self.ensure_one()
        return self.env["lead.market.event"]._log(
            kind, self.company_id, request_id=self.id, **vals
        )
