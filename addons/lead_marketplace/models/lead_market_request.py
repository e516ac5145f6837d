import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..contact_detector import find_contacts

# Without vowels and look-alikes: read out on the phone, and no words come up.
NUMBER_SIGNS = "23456789BCDFGHJKLMNPQRSTVWXZ"
NUMBER_LENGTH = 7
SEGMENTS = [("economy", "Economy"), ("standard", "Standard"), ("premium", "Premium")]
PUBLIC_TEXTS = ("name", "description", "for_whom", "city")
SEARCHED_FIELDS = ("name", "description", "city", "for_whom_shown")


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
            *("survey_finish_on", "survey_months_on"),
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
        required=True,
        default="phone_email",
    )
    photo_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        domain=[("res_model", "=", "lead.market.request")],
        string="Photos",
    )
    published_on = fields.Datetime(readonly=True, copy=False)
    expires_on = fields.Datetime(copy=False)
    # Who it is for is a hint at who asks: it is shown as the company has decided.
    for_whom = fields.Char(groups="base.group_user")
    for_whom_not_stated = fields.Boolean(groups="base.group_user")
    for_whom_shown = fields.Char(
        string="For Whom (shown)",
        compute="_compute_for_whom_shown",
        store=True,
        help="For whom, as workshops may read it before they open the contact.",
    )

    search_text = fields.Text(
        compute="_compute_search_text",
        store=True,
        index="trigram",
        help="All that the search of the feed looks in: one column, one index.",
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
    override_reason = fields.Char(
        string="Published In Spite Of Hints",
        groups="base.group_user",
        copy=False,
        help="Why a text that looks like a contact is none.",
    )
    canary = fields.Boolean(
        string="Test Request",
        groups="lead_marketplace.group_manager",
        copy=False,
        help="Its contact is the operator's own: mail to it shows who passes contacts "
        "on.",
    )
    problems = fields.Text(
        string="Before Publishing",
        compute="_compute_problems",
        groups="base.group_user",
    )

    _number_uniq = models.UniqueIndex("(number)", "This number is taken.")
    _feed_idx = models.Index(
        "(company_id, published_on DESC, id DESC) WHERE state = 'published'"
    )
    _feed_category_idx = models.Index(
        "(category_id, region_id, published_on DESC, id DESC) WHERE state = 'published'"
    )
    _expiry_idx = models.Index("(expires_on) WHERE state IN ('published', 'paused')")

    # === COMPUTE ===

    @api.depends("for_whom", "company_id.market_for_whom")
    def _compute_for_whom_shown(self):
        for request in self:
            shown = request.company_id.market_for_whom == "visible"
            request.for_whom_shown = shown and request.for_whom

    @api.depends(*SEARCHED_FIELDS)
    def _compute_search_text(self):
        for request in self:
            texts = (request[name] for name in SEARCHED_FIELDS)
            request.search_text = "\n".join(text for text in texts if text)

    @api.depends("take_ids")
    def _compute_take_count(self):
        counts = self._get_take_counts()
        for request in self:
            request.take_count = counts.get(request.id, 0)

    @api.depends(
        "name",
        "description",
        "city",
        "for_whom",
        "for_whom_not_stated",
        "category_id",
        "region_id",
        "override_reason",
        "lead_ids.market_call_ids",
        "lead_ids.market_consent_date",
        "lead_ids.email_from",
        "lead_ids.phone",
    )
    def _compute_problems(self):
        for request in self:
            request.problems = "\n".join(request._get_publication_problems())

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

    def write(self, vals):
        res = super().write(vals)
        if any(name in vals for name in PUBLIC_TEXTS):
            self.filtered(lambda r: r.state == "published")._recheck_texts()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken(self):
        # sudo: takes that the user can't see count as well
        if self.sudo().take_ids:
            raise UserError(
                self.env._("A request whose contact was opened can't be deleted.")
            )

    # === BUSINESS ===

    def action_verify(self):
        """Set requests as verified.

        :raise UserError: naming what is missing
        """
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "draft"):
            request._check_publication()
            request._set_state("verified")
            request._log("verified")

    def action_publish(self):
        """Show requests to the workshops.

        :raise UserError: naming what is missing
        """
        self._check_operator()
        for request in self.filtered(lambda r: r.state in ("draft", "verified")):
            request._check_publication()
            request._set_state(**request._prepare_publish_vals())
            request._log("published")
            request._after_publish()

    def action_pause(self):
        """Take requests off the list for a while."""
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "published"):
            request._set_state("paused")
            request._log("paused")

    def action_resume(self):
        """Put paused requests back on the list."""
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "paused"):
            request._check_publication()
            request._set_state("published")
            request._log("resumed")

    def action_close(self):
        """Close requests for the reason in the context (``market_close_reason``)."""
        self._check_operator()
        reason = self.env.context.get("market_close_reason") or "fulfilled"
        self._close(reason)

    def action_reopen(self):
        """Have closed requests verified anew."""
        self._check_operator()
        for request in self.filtered(lambda r: r.state == "closed"):
            request._set_state("draft", close_reason=False)
            request._log("reopened")

    def _check_operator(self):
        # Public methods can be called by anybody who is logged in.
        self.check_access("write")

    def _close(self, reason):
        """Close requests. Contacts that were opened stay opened, and liable.

        :param str reason: value of ``close_reason``
        """
        for request in self.filtered(lambda r: r.state != "closed"):
            request._set_state("closed", close_reason=reason)
            request._log("closed", data={"reason": reason})

    def _set_state(self, state, **vals):
        """Write a state, and what goes with it.

        :param str state: value of ``state``
        :param vals: further values
        """
        # sudo: nobody enters a state; the caller has checked what leads to it
        self.sudo().write({"state": state, **vals})

    def _prepare_publish_vals(self):
        """Return what publishing writes (single record).

        :rtype: dict
        """
        self.ensure_one()
        now = fields.Datetime.now()
        days = self.company_id.market_expire_days
        return {
            "state": "published",
            "published_on": now,
            "expires_on": days and now + timedelta(days=days),
        }

    def _after_publish(self):
        """Hook: the request was published (single record)."""

    def _check_publication(self):
        problems = self._get_publication_problems()
        if problems:
            raise UserError("\n".join(problems))

    def _get_publication_problems(self):
        """Return what keeps a request from being published (single record).

        :return: sentences for the operator
        :rtype: list[str]
        """
        self.ensure_one()
        lead = self.lead_ids[:1]
        checks = [
            (self.name, self.env._("Give the request a title.")),
            (self.description, self.env._("Describe what the customer wants.")),
            (self.category_id, self.env._("Choose a category.")),
            (self.region_id, self.env._("Choose a region.")),
            (
                self.for_whom or self.for_whom_not_stated,
                self.env._("Say for whom it is, or that this is not stated."),
            ),
            (lead, self.env._("The request has no customer.")),
            (lead.email_from, self.env._("The customer's e-mail address is missing.")),
            (
                lead.phone,
                self.env._(
                    "The customer's phone number is missing: every request is verified "
                    "by phone."
                ),
            ),
            (
                lead.market_consent_date,
                self.env._("The customer has not agreed to be contacted by workshops."),
            ),
            (
                any(call._proves_intent() for call in lead.market_call_ids),
                self.env._(
                    "Nobody has confirmed the request with the customer by phone yet."
                ),
            ),
        ]
        problems = [sentence for holds, sentence in checks if not holds]
        if not self.override_reason:
            problems += self._get_contact_hints()
        return problems

    def _get_contact_hints(self):
        """Return what in the public texts looks like a contact (single record).

        :return: sentences for the operator
        :rtype: list[str]
        """
        self.ensure_one()
        return [
            self.env._(
                "“%(excerpt)s” in %(field)s looks like a contact.",
                excerpt=excerpt,
                field=self._fields[name].get_description(self.env)["string"],
            )
            for name in PUBLIC_TEXTS
            for _kind, excerpt in find_contacts(self[name])
        ]

    def _recheck_texts(self):
        """Refuse an edit of a published request that would show a contact."""
        for request in self:
            hints = request._get_contact_hints()
            if hints and not request.override_reason:
                raise UserError("\n".join(hints))
            request._log("edited")

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

    # === FEED ===

    @api.model
    def _get_feed_domain(self, workshop, criteria):
        """Return which published requests a workshop sees.

        :param workshop: `lead.market.workshop` of the reader
        :param dict criteria: ``category``, ``region``, ``segment``, ``search``,
            ``fits`` and ``hide_opened``, all optional and already checked
        :rtype: Domain
        """
        domain = Domain("state", "=", "published") & Domain(
            "company_id", "=", workshop.company_id.id
        )
        for key, name in (
            ("category", "category_id"),
            ("region", "region_id"),
            ("segment", "segment"),
        ):
            if criteria.get(key):
                domain &= Domain(name, "=", criteria[key])
        if criteria.get("search"):
            domain &= self._get_search_domain(criteria["search"])
        if criteria.get("fits"):
            domain &= workshop._get_fit_domain()
        if criteria.get("hide_opened", True):
            domain &= Domain.custom(
                to_sql=lambda _model, alias, _query: self._sql_not_taken(
                    alias, workshop.partner_id.id
                )
            )
        return domain

    @api.model
    def _get_search_domain(self, text):
        return Domain("search_text", "ilike", text) | Domain(
            "number", "=", text.strip().upper()
        )

    @api.model
    def _sql_not_taken(self, alias, partner_id):
        # NOT IN would read all own takes first.
        return SQL(
            "NOT EXISTS (SELECT 1 FROM lead_market_take t WHERE t.request_id = %s "
            "AND t.workshop_partner_id = %s)",
            SQL.identifier(alias, "id"),
            partner_id,
        )

    @api.model
    def _get_keyset_domain(self, published_on, request_id):
        """Return what comes after a request in the order of the feed.

        Written so that PostgreSQL starts in the index where the page starts; the
        textbook form with OR reads everything before it.

        :rtype: Domain
        """
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s, %s) < (%s, %s)",
                SQL.identifier(alias, "published_on"),
                SQL.identifier(alias, "id"),
                published_on,
                request_id,
            )
        )

    # === CRON ===

    @api.model
    def _cron_expire(self):
        """Close what has been published for long enough."""
        domain = [
            ("state", "in", ("published", "paused")),
            ("expires_on", "<", fields.Datetime.now()),
        ]
        cron = self.env["ir.cron"]
        requests = self.search(domain, limit=500)
        cron._commit_progress(remaining=len(requests))
        for request in requests:
            locked = request.try_lock_for_update().filtered_domain(domain)
            locked._close("expired")
            if not cron._commit_progress(1):
                break
