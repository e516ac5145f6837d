import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from odoo.addons.base_offerdesk.locking import wait_for_rows

from .rfq_request import FILES, OPEN_STATES

PURGE_BATCH = 100
# Days before removal on which the responsible is warned of unanswered requests.
WARN_DAYS = (7, 1)
# Upper bounds of the bands that are left of a quantity.
BANDS = (1, 9, 99, 999)


class RfqRequest(models.Model):
    """How long requests are kept, and what is left of them then.

    What a customer sent is removed. The tombstone stays: number, design, version,
    state, dates, fingerprint, the link to the order, and who held or removed it why.
    """

    _inherit = "rfq.request"

    purge_warned = fields.Integer(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="How many warnings there were that it is removed soon.",
    )
    purge_reason = fields.Char(readonly=True, copy=False, groups="base.group_user")
    purge_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Removed by",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    quantity_band = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What is left of the quantity after the removal.",
    )
    # Who has the link of a removed request learns that it is gone; nobody else does.
    link_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    hold_reason = fields.Char(readonly=True, copy=False, groups="base.group_user")
    hold_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Held by",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    hold_date = fields.Datetime(readonly=True, copy=False, groups="base.group_user")
    release_reason = fields.Char(readonly=True, copy=False, groups="base.group_user")
    release_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Released by",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    release_date = fields.Datetime(readonly=True, copy=False, groups="base.group_user")

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            *("purge_warned", "purge_reason", "purge_user_id", "quantity_band"),
            "link_hash",
            *("hold_reason", "hold_user_id", "hold_date"),
            *("release_reason", "release_user_id", "release_date"),
        }

    # === STEPS OF MANAGERS ===

    def action_hold(self):
        """Open the window in which requests are put on legal hold."""
        return self._open_retention("hold")

    def action_release(self):
        """Open the window in which requests are released from legal hold."""
        return self._open_retention("release")

    def action_purge(self):
        """Open the window in which the data of requests are removed now."""
        return self._open_retention("purge")

    def _open_retention(self, step):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rfq_configurator.rfq_request_retention_action"
        )
        context = {"default_request_ids": self.ids, "default_step": step}
        return {**action, "context": context}

    def _hold(self, reason):
        """Keep requests whatever their time says. The caller is a manager.

        :param str reason: why
        :raise UserError: when there is nothing to keep any more
        """
        for request in self:
            if request.purged_on:
                raise UserError(
                    self.env._(
                        "The data of request %(name)s were removed.", name=request.name
                    )
                )
        self._advance(
            {
                "legal_hold": True,
                "hold_reason": reason,
                "hold_user_id": self.env.uid,
                "hold_date": fields.Datetime.now(),
            }
        )

    def _release(self, reason):
        """Let time go on. What is past due is removed by the next run. The caller is a
        manager.

        :param str reason: why
        """
        self.filtered("legal_hold")._advance(
            {
                "legal_hold": False,
                "release_reason": reason,
                "release_user_id": self.env.uid,
                "release_date": fields.Datetime.now(),
            }
        )

    def _purge_now(self, reason):
        """Remove the data of requests. The caller is a manager.

        :param str reason: why
        :raise UserError: for what is on legal hold
        """
        if held := self.filtered("legal_hold"):
            raise UserError(
                self.env._(
                    "What is on legal hold is not removed: %(names)s",
                    names=", ".join(held.mapped("name")),
                )
            )
        wait_for_rows(self)
        self._purge(reason, self.env.user)

    # === PURGE ===

    @api.autovacuum
    def _gc_rfq_requests(self):
        """Remove what was kept long enough.

        :return: how many were removed, and whether there may be more
        :rtype: tuple
        """
        domain = self._get_purge_domain()
        due = self.search(domain, order="purge_after, id", limit=PURGE_BATCH)
        # What somebody works on waits for the next run.
        due = due.try_lock_for_update().filtered_domain(domain)
        due._purge(self.env._("Time to keep is over"), self.env["res.users"])
        return len(due), len(due) == PURGE_BATCH

    @api.model
    def _get_purge_domain(self):
        """Return which requests are due.

        :rtype: list
        """
        return [
            ("purged_on", "=", False),
            ("legal_hold", "=", False),
            ("purge_after", "<=", fields.Date.today()),
            "|",
            ("company_id.rfq_keep_unanswered", "=", False),
            ("state", "not in", OPEN_STATES),
        ]

    def _purge(self, reason, user):
        """Remove all that a customer sent; what is left is the tombstone.

        :param str reason: why
        :param user: `res.users` who wanted it, none when time did
        """
        # sudo: parts of a request that sellers don't reach, such as mails; the caller
        # has checked who may remove it
        for request_sudo in self.sudo().filtered(lambda one: not one.purged_on):
            request_sudo._purge_messages()
            request_sudo.value_ids.unlink()
            request_sudo.answer_ids.write({"body": False})
            request_sudo.with_context(
                tracking_disable=True, mail_notrack=True
            )._advance(request_sudo._prepare_tombstone(reason, user))

    def _prepare_tombstone(self, reason, user):
        """Return what a request is afterwards (single record).

        :rtype: dict
        """
        self.ensure_one()
        emptied = (
            *("values", "message", "partner_id", "access_id", "geometry_hash"),
            *("contact_name", "contact_email", "contact_phone", "lang"),
            *("requested_date", "target_price", "price_computed", "quantity"),
            *("access_token", "idempotency_key", "last_form_key", "files_state"),
            *("is_modified", *FILES),
        )
        return {
            **dict.fromkeys(emptied, False),
            "link_hash": self._hash_link(self.access_token or ""),
            "quantity_band": self._get_quantity_band(),
            "purged_on": fields.Datetime.now(),
            "purge_reason": reason,
            "purge_user_id": user.id,
        }

    @api.model
    def _hash_link(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    def _is_own_link(self, token):
        """Return whether a token is that of the request, which may be removed (single
        record).

        :param str token: checked to be plain text
        :rtype: bool
        """
        self.ensure_one()
        if self.purged_on:
            return bool(self.link_hash) and consteq(
                self.link_hash, self._hash_link(token)
            )
        return bool(self.access_token) and consteq(self.access_token, token)

    def _get_quantity_band(self):
        self.ensure_one()
        least = 1
        for most in BANDS:
            if self.quantity <= most:
                return str(most) if least == most else f"{least}–{most}"
            least = most + 1
        return f"{least}+"

    def _purge_messages(self):
        """Remove the conversation, its files, and mails that still wait (single
        record)."""
        self.ensure_one()
        mine = [("model", "=", self._name), ("res_id", "=", self.id)]
        mails = self.env["mail.mail"].search(mine)
        messages = self.env["mail.message"].search(mine)
        attachments = (mails.attachment_ids | messages.attachment_ids) | self.env[
            "ir.attachment"
        ].search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        mails.unlink()
        messages.exists().unlink()
        attachments.exists().unlink()
        self.activity_ids.unlink()
        self.message_follower_ids.unlink()

    # === WARNINGS ===

    @api.autovacuum
    def _gc_rfq_warnings(self):
        """Warn the responsible of what is removed soon and nobody has answered.

        By dates, since a run may have been missed.

        :return: how many warnings there were, and whether there may be more
        :rtype: tuple
        """
        warned = 0
        today = fields.Date.today()
        for number, days in enumerate(WARN_DAYS, start=1):
            soon = self.search(
                [
                    ("purged_on", "=", False),
                    ("legal_hold", "=", False),
                    ("state", "in", OPEN_STATES),
                    ("purge_after", "<=", today + timedelta(days=days)),
                    ("purge_after", ">", today),
                    ("purge_warned", "<", number),
                    ("company_id.rfq_keep_unanswered", "=", False),
                ],
                limit=PURGE_BATCH,
            )
            for request in soon.try_lock_for_update():
                request._warn_of_purge(number)
                warned += 1
        return warned, warned >= PURGE_BATCH

    def _warn_of_purge(self, number):
        """Put the last warning on the responsible's list (single record).

        :param int number: which of the warnings it is
        """
        self.ensure_one()
        kind = "rfq_configurator.mail_activity_purge"
        user = self.user_id or self.design_id.user_id
        self.activity_unlink([kind])
        if user:
            self.activity_schedule(
                kind, date_deadline=self.purge_after, user_id=user.id
            )
        self._advance({"purge_warned": number})

    # === DATES ===

    def _redate(self):
        """Count the time of requests anew, by what is set now. It never ends before
        tomorrow."""
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        for request in self.filtered(lambda one: not one.purged_on):
            days = request.design_id._get_retention_days()
            # Drafts were not sent yet.
            begin = (request.submitted_on or request.create_date).date()
            ends = days and max(fields.Date.add(begin, days=days), tomorrow)
            request._advance({"purge_after": ends, "purge_warned": 0})
