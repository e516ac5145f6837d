from odoo import api, fields, models
from odoo.exceptions import UserError

from ..reasons import EVENTS, OBSTACLES

STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("finished", "Ran Through"),
    ("stopped", "Stopped"),
]
LIVE = ("running", "paused")


class CrmFollowupEnrollment(models.Model):
    """A deal on its way through a sequence.

    Only this addon writes it, under a lock. Whatever happens to a deal is added to the
    log first, which nobody has to wait for; so a reply is never lost to a run of the
    sequence at the same moment, and is found by the test right before each mail.
    """

    _name = "crm.followup.enrollment"
    _description = "Deal in a Follow-up Sequence"
    _rec_name = "lead_id"
    _order = "id desc"

    lead_id = fields.Many2one(
        "crm.lead", string="Deal", required=True, index=True, ondelete="cascade"
    )
    sequence_id = fields.Many2one(
        "crm.followup.sequence", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="lead_id.company_id", store=True, index=True)
    user_id = fields.Many2one(related="lead_id.user_id", store=True, index=True)
    state = fields.Selection(STATES, default="running", required=True)
    step_id = fields.Many2one(
        "crm.followup.step",
        string="Next Step",
        index="btree_not_null",
        ondelete="restrict",
    )
    next_date = fields.Datetime(string="Next On")
    started_on = fields.Datetime(required=True)
    ended_on = fields.Datetime()
    replied_on = fields.Datetime()
    stop_reason = fields.Selection([*EVENTS, *OBSTACLES])
    problem = fields.Char(help="Why the sequence could not go on.")
    stage_id = fields.Many2one("crm.stage", string="Stage at the Start")
    log_ids = fields.One2many("crm.followup.log", "enrollment_id")

    # Never two sequences at a time.
    _live_uniq = models.UniqueIndex(
        "(lead_id) WHERE state IN ('running', 'paused')",
        "This deal is in a sequence already.",
    )
    _due_idx = models.Index("(next_date, id) WHERE state = 'running'")

    # === ACTIONS ===

    def action_pause(self):
        """Send nothing more until somebody resumes."""
        self._change("running", "paused", {"state": "paused"})

    def action_resume(self):
        """Go on where the sequence was; what is overdue goes out in the next hours."""
        enrollments = self._change(
            "paused", "resumed", {"state": "running", "problem": False}
        )
        now = fields.Datetime.now()
        for enrollment in enrollments:
            date = max(enrollment.next_date or now, now)
            enrollment.next_date = enrollment._plan(date, 0)

    def action_stop(self):
        """End the sequences for good."""
        self.lead_id.check_access("write")
        # sudo: nobody writes enrollments but this addon; checked above
        self.sudo()._stop_live(dict.fromkeys(self.ids, "manual"))

    def _change(self, state, kind, vals):
        """Take those that are in a state to another, for a person.

        :return: those that were, as superuser
        :rtype: recordset
        """
        self.lead_id.check_access("write")
        # sudo: nobody writes enrollments but this addon; checked above
        changed = self.sudo()._lock().filtered(lambda one: one.state == state)
        if not changed:
            raise UserError(
                self.env._("This follow-up has changed meanwhile. Please reload.")
            )
        changed.write(vals)
        changed._log(kind)
        return changed

    # === STOPPING ===

    def _lock(self):
        """Return those that nobody else is at work on, locked.

        New rows that refer to them, such as the log's, are not held up.

        :rtype: recordset
        """
        return self.try_lock_for_update(allow_referencing=True)

    def _recheck(self):
        """Stop those that something speaks against by now.

        Whatever is being sent at this moment is left to the test before the mail.

        :return: those that were stopped
        :rtype: recordset
        """
        live = self.filtered(lambda one: one.state in LIVE)
        return live._stop_live(live._get_obstacles())

    def _get_obstacles(self):
        """Return why enrollments have to end, by their ids; those that may go on are
        left out.

        For other addons to add events of theirs.

        :rtype: dict
        """
        of_leads = self.lead_id._get_followup_obstacles()
        happened = self._get_events()
        obstacles = {}
        for enrollment in self:
            reason = happened.get(enrollment.id) or of_leads.get(enrollment.lead_id.id)
            if not reason and enrollment._has_left_stage():
                reason = "stage"
            if reason:
                obstacles[enrollment.id] = reason
        return obstacles

    def _has_left_stage(self):
        return (
            self.sequence_id.stop_on_stage
            and self.stage_id
            and self.lead_id.stage_id != self.stage_id
        )

    def _get_events(self):
        """Return what the customers did since the start, by ids of enrollments.

        :rtype: dict
        """
        reasons = self.env["crm.followup.log"]._get_stop_reasons()
        rows = self.env["crm.followup.log"].search_fetch(
            [("lead_id", "in", self.lead_id.ids), ("kind", "in", list(reasons))],
            ["lead_id", "kind", "date"],
            order="id",
        )
        by_lead = rows.grouped("lead_id")
        events = {}
        for enrollment in self:
            for row in by_lead.get(enrollment.lead_id, rows.browse()):
                if row.date > enrollment.started_on:
                    events.setdefault(enrollment.id, reasons[row.kind])
        return events

    def _stop_live(self, reasons):
        """Stop those that run or are paused, and are not locked by others.

        :param dict reasons: keys of `stop_reason` by ids
        :return: those that were stopped
        :rtype: recordset
        """
        stopped = self.browse(reasons)._lock().filtered(lambda one: one.state in LIVE)
        for enrollment in stopped:
            enrollment._stop(reasons[enrollment.id])
        return stopped

    def _stop(self, reason):
        """End one, which the caller has locked: no further mail goes out."""
        now = fields.Datetime.now()
        self.write(
            {
                "state": "stopped",
                "stop_reason": reason,
                "ended_on": now,
                "next_date": False,
                "step_id": False,
                **({"replied_on": now} if reason == "replied" else {}),
            }
        )
        self._log("stopped", reason=reason)
        self.log_ids._cancel_unsent()
        # Customers stop it, too; the salesperson reads it.
        lead = self.lead_id.with_context(lang=self.user_id.lang or self.env.lang)
        text = dict(self._fields["stop_reason"]._description_selection(lead.env))
        lead._message_log(
            body=lead.env._(
                "The follow-up sequence %(name)s has stopped: %(reason)s",
                name=self.sequence_id.name,
                reason=text[reason],
            )
        )

    def _note_reply(self):
        """Remember that customers replied after the sequence had run through."""
        finished = self._lock().filtered(
            lambda one: one.state == "finished" and not one.replied_on
        )
        finished.write({"replied_on": fields.Datetime.now()})

    def _hold(self, days):
        """Wait for some days: a person is in touch with the customer."""
        pause = fields.Datetime.add(fields.Datetime.now(), days=days)
        for enrollment in self._lock().filtered(lambda one: one.state == "running"):
            if enrollment.next_date < pause:
                enrollment.next_date = enrollment._plan(pause, 0)

    # === HELPERS ===

    def _plan(self, moment, days):
        """Return when to go on (single record), see `crm.followup.sequence`."""
        sequence = self.sequence_id
        return sequence._plan(moment, days, sequence._get_time_zone(self.lead_id))

    def _log(self, kind, **vals):
        """Add a row for each to the log of its deal.

        :return: `crm.followup.log` records
        :rtype: recordset
        """
        return self.env["crm.followup.log"].create(
            [
                {
                    "kind": kind,
                    "lead_id": enrollment.lead_id.id,
                    "enrollment_id": enrollment.id,
                    **vals,
                }
                for enrollment in self
            ]
        )

    @api.depends("lead_id", "sequence_id")
    def _compute_display_name(self):
        for enrollment in self:
            enrollment.display_name = (
                f"{enrollment.lead_id.display_name}: {enrollment.sequence_id.name}"
            )
