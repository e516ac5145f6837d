from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 50
# Where the company's setting is empty; it can be filled in later.
DEFAULT_DAYS = 30
# Who was silent so often is not asked any more: the figures say enough.
MOST_SILENT = 3


class LeadMarketTake(models.Model):
    """How it stands with a contact: its workshop is asked from time to time.

    Only the workshop knows. Whatever it does about a contact counts as an answer; an
    order or the archive ends the questions. Silence has no other consequence than the
    workshop's figures: see `lead_market_workshop_figures`.
    """

    _inherit = "lead.market.take"

    checkin_on = fields.Datetime(string="Last Asked", readonly=True, copy=False)
    checkin_silent = fields.Integer(
        string="Unanswered Check-ins",
        readonly=True,
        copy=False,
        help="How often the workshop was asked since it last did something.",
    )
    next_checkin_on = fields.Datetime(
        string="Next Check-in",
        compute="_compute_next_checkin_on",
        store=True,
        precompute=True,
    )

    _checkin_idx = models.Index(
        "(company_id, next_checkin_on) WHERE next_checkin_on IS NOT NULL"
    )
    _silent_idx = models.Index("(workshop_partner_id) WHERE checkin_silent > 0")

    @api.depends(
        "state",
        "important",
        "opened_on",
        "last_activity_on",
        "checkin_on",
        "checkin_silent",
        "order_ids.decision",
    )
    def _compute_next_checkin_on(self):
        for take in self:
            take.next_checkin_on = take._is_unclear() and take._get_next_checkin()

    def _is_unclear(self):
        """Return whether nobody knows what became of the contact (single record).

        :rtype: bool
        """
        return (
            self.state != "archived"
            and self.checkin_silent < MOST_SILENT
            and all(order.decision == "cancelled" for order in self.order_ids)
        )

    def _get_next_checkin(self):
        """Return when to ask; what is important is asked about twice as often.

        :rtype: datetime
        """
        days = self.company_id.market_checkin_days or DEFAULT_DAYS
        moments = (self.opened_on, self.last_activity_on, self.checkin_on)
        last = max(moment for moment in moments if moment)
        return fields.Datetime.add(
            last, days=max(days // 2, 1) if self.important else days
        )

    # === CRON ===

    @api.model
    def _cron_checkin(self):
        """Ask about contacts that are due, a workshop at a time, in one mail."""
        companies = self.env["res.company"].search([("market_checkin_days", ">", 0)])
        domain = Domain("company_id", "in", companies.ids) & Domain(
            "next_checkin_on", "<=", fields.Datetime.now()
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while first := self.search(domain, order="next_checkin_on, id", limit=1):
            of_workshop = domain & Domain("workshop_id", "=", first.workshop_id.id)
            takes = self.search(of_workshop, limit=BATCH).try_lock_for_update()
            takes = takes.filtered_domain(domain)
            takes._check_in()
            # Without any, somebody else is at work on these.
            if not cron._commit_progress(len(takes)) or not takes:
                break

    def _check_in(self):
        """Ask a workshop about contacts of its own, which the caller has locked."""
        workshop = self.workshop_id
        partners = workshop._get_notice_partners().filtered("email")
        is_asked = workshop._may_browse() and bool(partners)
        now = fields.Datetime.now()
        for take in self:
            take.write(
                {
                    "checkin_on": now,
                    "checkin_silent": take.checkin_silent + int(is_asked),
                }
            )
        if not self or not is_asked:
            return
        template = self.env.ref("lead_marketplace.mail_template_workshop_checkin")
        template.with_context(checkin_takes=self)._queue_for(
            workshop, recipient_ids=[fields.Command.set(partners.ids)]
        )
        for take in self:
            take._log("checkin", data={"number": take.checkin_silent})

    # === ANSWERS ===

    def _touch(self, **vals):
        return super()._touch(**{"checkin_silent": 0, **vals})

    def _answer_talking(self):
        """Note that the workshop still talks with the customer (single record)."""
        self._touch()
        self._log("checkin_answered", data={"answer": "talking"})

    def _get_checkin_url(self, answer=""):
        """Return the address of the page where a workshop answers (single record).

        Following it changes nothing: mail scanners do that, too.

        :param str answer: ``talking``, ``contracted`` or ``lost``, chosen beforehand
        :rtype: str
        """
        url = f"{self._get_page_url()}/checkin"
        return f"{url}?answer={answer}" if answer else url
