from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..match_key import is_same_person, name_keys
from .lead_market_request import SEGMENTS

GROUP = "lead_marketplace.group_workshop"
# What each page asks of its visitor's workshop: read with the search, in one query.
USER_FIELDS = [
    "partner_id",
    "company_id",
    "state",
    "serves_economy",
    "serves_standard",
    "serves_premium",
]


class LeadMarketWorkshop(models.Model):
    """A partner workshop: a company that opens contacts and owes commissions."""

    _name = "lead.market.workshop"
    _description = "Partner Workshop"
    _inherit = ["lead.market.guarded", "mail.thread", "mail.activity.mixin"]
    _order = "score desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _guarded_fields = frozenset(
        {
            *("state", "take_count", "order_count", "conversion", "on_time_rate"),
            *("paid_on_time_rate", "first_reply_hours", "rating", "rating_count"),
            *("silent_count", "answer_rate", "score", "figures_on", "digest_on"),
            *("declared_count", "due_count", "on_time_result", "paid_result"),
            *("weekly_on",),
        }
    )

    partner_id = fields.Many2one(
        "res.partner", string="Workshop", required=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [
            ("applicant", "Applicant"),
            ("active", "Active"),
            ("warned", "Warned"),
            ("restricted", "Restricted"),
            ("terminated", "Terminated"),
        ],
        required=True,
        readonly=True,
        default="applicant",
        copy=False,
        tracking=True,
        help="Restricted workshops work on the contacts they have but open no more. "
        "Terminated ones read what is theirs until everything is settled.",
    )
    tier_id = fields.Many2one("lead.market.tier", tracking=True)
    category_ids = fields.Many2many("lead.market.category", string="Categories")
    region_ids = fields.Many2many("res.country.state", string="Regions")
    serves_economy = fields.Boolean(string="Economy", default=True)
    serves_standard = fields.Boolean(string="Standard", default=True)
    serves_premium = fields.Boolean(string="Premium", default=True)
    daily_quota = fields.Integer(
        string="Contacts a Day",
        help="0: as many as the company allows everybody.",
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Billing Currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    profile = fields.Html(
        translate=True,
        sanitize_style=True,
        strip_style=True,
        help="Shown on the public page of workshops.",
    )
    is_listed = fields.Boolean(string="On the Public Page", default=True)
    own_customer_ids = fields.One2many("lead.market.own.customer", "workshop_id")
    take_ids = fields.One2many("lead.market.take", "workshop_id")

    # Figures for ranking, counted at night: no page counts millions of rows.
    take_count = fields.Integer(string="Contacts Opened", readonly=True)
    order_count = fields.Integer(string="Orders Won", readonly=True)
    conversion = fields.Float(readonly=True, aggregator="avg")
    on_time_rate = fields.Float(
        string="Declared on Time", readonly=True, aggregator="avg"
    )
    paid_on_time_rate = fields.Float(
        string="Paid on Time", readonly=True, aggregator="avg"
    )
    first_reply_hours = fields.Float(readonly=True, aggregator="avg")
    rating = fields.Float(readonly=True, aggregator="avg")
    rating_count = fields.Integer(string="Reviews", readonly=True)
    score = fields.Float(readonly=True, aggregator="avg")

    _partner_uniq = models.UniqueIndex(
        "(partner_id, company_id)", "This partner has a workshop already."
    )
    _ranking_idx = models.Index("(company_id, score DESC, id) WHERE is_listed")

    # === CONSTRAINTS ===

    @api.constrains("partner_id")
    def _check_partner(self):
        for workshop in self:
            if workshop.partner_id != workshop.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._("Choose the company itself, not one of its people.")
                )

    # === BUSINESS ===

    def action_activate(self):
        """Let workshops work: applicants, and those whose warning is over.

        :raise UserError: for terminated workshops; see `action_set_state`
        """
        if self.filtered(lambda w: w.state == "terminated"):
            raise UserError(
                self.env._("A manager reinstates a workshop, and says why.")
            )
        self._set_state("active")

    def _set_state(self, state, reason=""):
        """Change the standing of workshops, and note it.

        From the memo: cooperation ends by a decision of a person, never by itself.

        :param str state: value of ``state``
        :param str reason: required to restrict, to end and to reinstate
        :raise UserError: without the reason, or without being a manager
        """
        self.check_access("write")
        for workshop in self:
            serious = "terminated" in (state, workshop.state) or state == "restricted"
            if serious and not self.env.user.has_group(
                "lead_marketplace.group_manager"
            ):
                raise UserError(self.env._("Only a manager decides this."))
            if serious and not reason.strip():
                raise UserError(self.env._("Please give a reason."))
            # sudo: nobody enters a standing; it was checked who may decide on it
            workshop.sudo().state = state
            workshop._sync_group()
            workshop._log("workshop_state", data={"state": state, "reason": reason})
            if reason:
                workshop.message_post(body=reason)

    def _sync_group(self):
        """Let the workshop's people see the published requests, or not any more."""
        group = self.env.ref(GROUP)
        for workshop in self:
            # sudo: logins are an administrator's; membership follows the standing
            users_sudo = workshop.sudo()._get_users()
            command = (
                fields.Command.link(group.id)
                if workshop.state in ("active", "warned", "restricted")
                else fields.Command.unlink(group.id)
            )
            users_sudo.write({"group_ids": [command]})

    def _get_users(self):
        """Return the portal logins of the workshop's people.

        :rtype: recordset of `res.users`
        """
        self.ensure_one()
        return self.env["res.users"].search(
            [
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("share", "=", True),
            ]
        )

    def _get_notice_partners(self):
        """Return who gets mails to the workshop: its logins, else itself.

        :rtype: recordset of `res.partner`
        """
        self.ensure_one()
        # sudo: logins are an administrator's
        partners = self.sudo()._get_users().partner_id.filtered("email")
        return partners or self.partner_id

    @api.model
    def _of_user(self, user):
        """Return the workshop that somebody works for, as superuser.

        :param user: `res.users` record
        :return: one workshop, or none
        :rtype: recordset
        """
        return self._find_of(user, "!=")

    @api.model
    def _of_applicant(self, user):
        """Return the workshop that somebody has applied for, as superuser.

        :param user: `res.users` record
        :return: one workshop, or none
        :rtype: recordset
        """
        return self._find_of(user, "=")

    @api.model
    def _find_of(self, user, operator):
        """Return a user's workshop whose state is, or is not, that of an applicant."""
        if user._is_public():
            # sudo: empty; like what is found below
            return self.sudo().browse()
        # sudo: which workshop is one's own is decided by this very search
        return self.sudo().search_fetch(
            [
                ("partner_id", "=", user.sudo().commercial_partner_id.id),
                ("company_id", "in", user.sudo()._get_company_ids()),
                ("state", operator, "applicant"),
            ],
            USER_FIELDS,
            limit=1,
        )

    def _may_open(self):
        """Return whether the workshop may open contacts at all (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.state in ("active", "warned")

    def _may_browse(self):
        """Return whether the workshop may see what is published (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.state in ("active", "warned", "restricted")

    def _may_read(self):
        """Return whether the workshop may see what is its own (single record).

        After the end of cooperation that is until everything is settled: what its
        people learned of customers is nothing that they need any more.

        :rtype: bool
        """
        self.ensure_one()
        if self.state == "terminated":
            return self._has_unsettled()
        return self.state != "applicant"

    def _has_unsettled(self):
        """Return whether something is owed, or may still come to be (single record).

        :rtype: bool
        """
        own = Domain("workshop_partner_id", "=", self.partner_id.id) & Domain(
            "company_id", "=", self.company_id.id
        )
        ordered = Domain("order_ids", "any", [("decision", "!=", "cancelled")])
        unsettled = {
            "lead.market.accrual": Domain("state", "in", ("confirmed", "invoiced")),
            "lead.market.order": Domain("state", "not in", ("paid", "cancelled")),
            # The customer of such a contact may still order.
            "lead.market.take": Domain("state", "!=", "archived")
            & Domain("request_id.erased_on", "=", False)
            & ~ordered,
        }
        # sudo: the workshop's own rows, of which nothing is told but that there are any
        return any(
            self.env[model].sudo().search_count(own & domain, limit=1)
            for model, domain in unsettled.items()
        )

    def _get_quota(self):
        """Return how many contacts may be opened a day; 0 means any number.

        Who does not answer opens fewer, unless a person has set the quota.

        :rtype: int
        """
        self.ensure_one()
        quota = self.company_id.market_daily_quota
        if self.daily_quota or not quota:
            return self.daily_quota
        return max(round(quota * self.answer_rate), 1)

    def _get_quota_left(self):
        """Return how many contacts may be opened now, or None without a limit.

        :rtype: int | None
        """
        self.ensure_one()
        quota = self._get_quota()
        if not quota:
            return None
        return quota - self._count_opened(limit=quota)

    def _count_opened(self, limit):
        """Return how many contacts were opened within 24 hours (single record).

        :param int limit: where counting ends
        :rtype: int
        """
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=1)
        return self.env["lead.market.take"].search_count(
            [
                ("workshop_partner_id", "=", self.partner_id.id),
                ("opened_on", ">", since),
            ],
            limit=limit,
        )

    def _get_misfits(self, requests):
        """Return why requests may not suit the workshop (single record).

        From the memo: open only those where your workshop is competitive.

        :param requests: `lead.market.request` records
        :return: id of each → codes among ``segment``, ``category`` and ``region``
        :rtype: dict[int, list[str]]
        """
        self.ensure_one()
        served = self._get_served_segments()
        categories, regions = self.category_ids, self.region_ids
        misfits = {}
        for request in requests:
            checks = {
                "segment": not request.segment or request.segment in served,
                "category": not categories or request.category_id in categories,
                "region": not regions or request.region_id in regions,
            }
            misfits[request.id] = [code for code, fits in checks.items() if not fits]
        return misfits

    def _get_served_segments(self):
        self.ensure_one()
        return [code for code, _name in SEGMENTS if self[f"serves_{code}"]]

    def _get_fit_domain(self):
        """Return the requests that `_get_misfits` finds nothing against.

        :rtype: Domain
        """
        self.ensure_one()
        domain = Domain("segment", "in", [*self._get_served_segments(), False])
        if self.category_ids:
            domain &= Domain("category_id", "in", self.category_ids.ids)
        if self.region_ids:
            domain &= Domain("region_id", "in", self.region_ids.ids)
        return domain

    def _get_own_matches(self, requests):
        """Return the requests that look like the workshop's own customers.

        Compared is only *For whom*, never a contact: a list of phone numbers could be
        used to find out who asked.

        :param requests: `lead.market.request` records
        :return: ids of requests
        :rtype: set
        """
        self.ensure_one()
        if self.company_id.market_for_whom == "visible":
            keys = {
                request.id: name_keys(request.for_whom_shown) for request in requests
            }
        else:
            # sudo: the name is compared here and not handed out
            requests_sudo = requests.sudo()
            # This column alone, not all that the visitor has not read.
            requests_sudo.fetch(["for_whom"])
            keys = {
                request.id: name_keys(request.for_whom) for request in requests_sudo
            }
        wanted = {key for values in keys.values() for key in values}
        if not wanted:
            return set()
        own = self.env["lead.market.own.customer"]._find_people(
            self, wanted, longer=len(requests) == 1
        )
        known = set(own.mapped("name_key"))
        return {
            id_
            for id_, values in keys.items()
            if any(is_same_person(key, name) for key in values for name in known)
        }

    def _log(self, kind, **vals):
        self.ensure_one()
        return self.env["lead.market.event"]._log(
            kind, self.company_id, workshop_id=self.id, **vals
        )
