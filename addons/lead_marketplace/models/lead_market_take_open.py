import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL
from odoo.tools.misc import mute_logger

# Names the lock of this purpose among all advisory locks of a database.
SLOT_LOCK = 7_305_101


class LeadMarketOpenError(UserError):
    """The contact can't be opened; nothing was changed.

    :param str code: ``closed``, ``full``, ``exclusive``, ``quota`` or ``standing``
    """

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class LeadMarketTake(models.Model):
    """How a contact is opened: exactly once for each workshop, whoever races."""

    _inherit = "lead.market.take"

    @api.model
    def _open_contact(self, request, user, ip=""):
        """Open the contact of a request for the workshop of a user.

        Private: it is reached by the POST route alone. A workshop that has the contact
        already gets its own take back, so that a second click does no harm.

        :param request: `lead.market.request`
        :param user: `res.users` who opens it
        :param str ip: address that the click came from
        :return: the take
        :rtype: recordset
        :raise LeadMarketOpenError: with a sentence for the workshop
        """
        workshop = self.env["lead.market.workshop"]._of_user(user)
        if take := self._get_own(request, workshop):
            return take
        self._check_standing(workshop)
        taken = self._check_available(request, workshop)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # sudo: workshops create nothing themselves; everything was checked
                take = self.sudo()._create_silently(
                    self._prepare_open_vals(request, workshop, user, ip, taken)
                )
        except psycopg2.errors.UniqueViolation as error:
            # A colleague was quicker. What they wrote can't be seen in this
            # transaction: it is played again, and finds it.
            raise ConcurrencyError(self.env._("Opened at this moment")) from error
        take._create_keys()
        take._log("opened", ip=ip, data={"terms": take.terms})
        take._after_open()
        return take

    def _after_open(self):
        """Hook: a contact was opened (single record)."""

    @api.model
    def _get_own(self, request, workshop):
        # sudo: the workshop's own take
        return self.sudo().search(
            [
                ("request_id", "=", request.id),
                ("workshop_partner_id", "=", workshop.partner_id.id),
            ],
            limit=1,
        )

    @api.model
    def _check_standing(self, workshop):
        """Refuse workshops that may not open contacts, or not so many."""
        if not workshop._may_open():
            raise LeadMarketOpenError(
                "standing",
                self.env._("Your workshop can't open contacts at present."),
            )
        left = workshop._get_quota_left()
        if left is not None and left <= 0:
            raise LeadMarketOpenError(
                "quota",
                self.env._(
                    "Your workshop has opened as many contacts as it may within "
                    "24 hours. Please open only those that you can answer well."
                ),
            )

    @api.model
    def _check_available(self, request, workshop):
        """Hold a request in its state until the take is stored, or refuse.

        Without the lock a customer could withdraw at the same moment and still be
        called. Workshops do not wait for each other.

        :return: how many have opened it, where that matters; else 0
        :rtype: int
        """
        request.flush_recordset(["state"])
        self.env.cr.execute(
            SQL(
                "SELECT id FROM lead_market_request WHERE id = %s "
                "AND state = 'published' AND company_id = %s FOR SHARE",
                request.id,
                workshop.company_id.id,
            )
        )
        if not self.env.cr.rowcount:
            raise LeadMarketOpenError(
                "closed", self.env._("This request is no longer available.")
            )
        # sudo: how many places a category has, no more
        category = request.sudo().category_id
        if category.max_takers or category.exclusive_hours:
            return self._check_slots(request, category)
        return 0

    @api.model
    def _check_slots(self, request, category):
        """Let workshops through one at a time where places are few."""
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", SLOT_LOCK, request.id)
        )
        # This transaction does not see what came after its first statement.
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "SELECT count(*), max(exclusive_until) > now() AT TIME ZONE 'UTC' "
                    "FROM lead_market_take WHERE request_id = %s",
                    request.id,
                )
            )
            taken, is_exclusive = cr.fetchone()
        if category.max_takers and taken >= category.max_takers:
            raise LeadMarketOpenError(
                "full",
                self.env._("Enough workshops have opened this contact already."),
            )
        if is_exclusive:
            raise LeadMarketOpenError(
                "exclusive",
                self.env._(
                    "Another workshop has this contact alone for the time being."
                ),
            )
        return taken

    @api.model
    def _prepare_open_vals(self, request, workshop, user, ip, taken):
        """Return the values of the take.

        :param int taken: how many had opened the contact before
        :rtype: dict
        """
        now = fields.Datetime.now()
        # sudo: what the workshop gets to know by opening
        lead_sudo, request_sudo = request._get_lead(), request.sudo()
        rule = self.env["lead.market.rule"].sudo()._find(workshop, request_sudo)
        terms = rule._get_terms(request_sudo.company_id)
        hours = not taken and request_sudo.category_id.exclusive_hours
        return {
            "request_id": request.id,
            "workshop_id": workshop.id,
            "workshop_partner_id": workshop.partner_id.id,
            "company_id": request_sudo.company_id.id,
            "opened_by_id": user.id,
            "opened_on": now,
            "opened_ip": ip,
            "exclusive_until": hours and fields.Datetime.add(now, hours=hours),
            "last_activity_on": now,
            "for_whom": request_sudo.for_whom,
            "rule_id": rule.id,
            "terms": terms,
            "terms_text": rule._describe_terms(terms, request_sudo.company_id),
            **lead_sudo._get_market_contact(),
        }

    @api.model
    def _create_silently(self, vals):
        """Create a take without the message and the followers of a new record."""
        return self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        ).create(vals)
