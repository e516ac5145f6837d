from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq
from odoo.tools.misc import hmac

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
            is_due = take._is_unclear() and take.checkin_silent < MOST_SILENT
            take.next_checkin_on = is_due and take._get_next_checkin()

    def _is_unclear(self):
        """Return whether nobody knows what became of the contact (single record).

        :rtype: bool
        """
        return self.state != "archived" and all(
            order.decision == "cancelled" for order in self.order_ids
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
        domain = self._get_checkin_domain()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while first := self.search(domain, order="next_checkin_on, id", limit=1):
            takes = self._check_in_due(first.workshop_id)
            # Without any, somebody else is at work on these.
            if not cron._commit_progress(len(takes)) or not takes:
                break

    @api.model
    def _get_checkin_domain(self):
        """Return which contacts are to be asked about.

        :rtype: Domain
        """
        companies = self.env["res.company"].search([("market_checkin_days", ">", 0)])
        return Domain("company_id", "in", companies.ids) & Domain(
            "next_checkin_on", "<=", fields.Datetime.now()
        )

    @api.model
    def _check_in_due(self, workshop):
        """Ask a workshop about as many of its contacts as one mail holds.

        :param workshop: `lead.market.workshop` record
        :return: the contacts; none when nothing is due, or somebody else is at work
        :rtype: recordset
        """
        domain = self._get_checkin_domain() & Domain("workshop_id", "=", workshop.id)
        takes = self.search(domain, limit=BATCH).try_lock_for_update()
        takes = takes.filtered_domain(domain)
        if takes:
            takes._check_in()
        return takes

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
        if not is_asked:
            return
        template = self.env.ref("lead_marketplace.mail_template_workshop_checkin")
        # One for each person: the links are personal.
        for partner in partners:
            template.with_context(
                checkin_takes=self, checkin_partner=partner
            )._queue_for(workshop, recipient_ids=[fields.Command.set(partner.ids)])
        for take in self:
            take._log("checkin", data={"number": take.checkin_silent})

    # === ANSWERS ===

    def _touch(self, **vals):
        return super()._touch(**{"checkin_silent": 0, **vals})

    def _answer_checkin(self, answer, vals, user, **data):
        """Take down how it stands, as the workshop says (single record).

        :param str answer: ``talking``, ``contracted`` or ``lost``
        :param dict vals: ``contract_no`` and ``planned_finish_date``, or ``reason``
        :param user: `res.users` who answers; none who has followed a link
        :param data: further data of the event
        :return: True
        :raise UserError: with a sentence for the workshop
        """
        self.ensure_one()
        if answer == "talking":
            self._touch()
        elif answer == "contracted":
            self.env["lead.market.order"]._declare(self, vals, user)
        elif answer == "lost":
            reason = vals.get("reason")
            if reason not in dict(self._fields["outcome_reason"].selection):
                raise UserError(self.env._("Please choose a reason."))
            self._archive_take(reason)
        else:
            raise UserError(self.env._("Please choose one of the answers."))
        self._log("checkin_answered", data={"answer": answer, **data})
        return True

    def _get_checkin_url(self, answer=""):
        """Return the address where who has logged in answers (single record).

        :param str answer: ``talking``, ``contracted`` or ``lost``, chosen beforehand
        :rtype: str
        """
        url = f"{self._get_page_url()}/checkin"
        return f"{url}?answer={answer}" if answer else url

    # === LINKS ===

    def _get_checkin_link(self, partner, answer=""):
        """Return the address where somebody answers without a login (single record).

        Following it changes nothing: mail scanners do that, too. It shows the request,
        never the customer.

        :param partner: `res.partner` who gets the mail
        :param str answer: see `_get_checkin_url`
        :rtype: str
        """
        query = {
            "pid": partner.id,
            "access_token": self._get_checkin_token(partner.id),
            **({"answer": answer} if answer else {}),
        }
        return f"{self.get_base_url()}/market/checkin/{self.id}?{urlencode(query)}"

    def _get_checkin_token(self, partner_id):
        """Return what a link is known by, for one person and one contact.

        :param int partner_id: id of a `res.partner`
        :rtype: str
        """
        # sudo: the key of the database, which nobody sees
        return hmac(self.env(su=True), "lead_market_checkin", (self.id, partner_id))

    @api.model
    def _find_by_checkin_link(self, take_id, partner_id, token):
        """Return the contact that a link asks about, as superuser.

        Who does not work for the workshop any more has no link, nor has a workshop
        that may only read.

        :param int take_id: id in the address
        :param int partner_id: whose link it is
        :param token: cleaned token, or None
        :return: one contact, or none
        :rtype: recordset
        """
        # sudo: the token decides
        take_sudo = self.sudo().browse(take_id)
        if not consteq(take_sudo._get_checkin_token(partner_id), token or "-"):
            return take_sudo.browse()
        workshop = take_sudo.exists().workshop_id
        if not workshop or not workshop._may_browse():
            return take_sudo.browse()
        is_theirs = partner_id in workshop._get_notice_partners().ids
        return take_sudo if is_theirs else take_sudo.browse()

    def _is_asked_about(self):
        """Return whether the workshop still owes an answer (single record).

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.checkin_silent) and self._is_unclear()
