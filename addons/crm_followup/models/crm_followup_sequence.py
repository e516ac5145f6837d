from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

# How far ahead the calendar is looked at, a piece at a time.
PIECE_DAYS = 14
MOST_PIECES = 60


class CrmFollowupSequence(models.Model):
    """Mails and calls that follow each other until the customer reacts."""

    _name = "crm.followup.sequence"
    _description = "Follow-up Sequence"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    step_ids = fields.One2many(
        "crm.followup.step", "sequence_id", string="Steps", copy=True
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        help="Which days are working days, without holidays. By default the company's.",
    )
    time_zone_of = fields.Selection(
        [("recipient", "The recipient"), ("calendar", "The working hours")],
        default="recipient",
        required=True,
        help="Where it has to be daytime. A contact without a time zone is taken to "
        "live where you work.",
    )
    window_from = fields.Float(string="From", default=9.0, required=True)
    window_to = fields.Float(string="To", default=17.0, required=True)
    stop_on_stage = fields.Boolean(
        string="Stop When the Stage Changes",
        help="Further on or back: the deal is not what the mails were written for.",
    )
    enrollment_ids = fields.One2many(
        "crm.followup.enrollment", "sequence_id", string="Deals"
    )
    enrollment_count = fields.Integer(
        string="Number of Deals", compute="_compute_statistics"
    )
    running_count = fields.Integer(string="Running", compute="_compute_statistics")
    finished_count = fields.Integer(string="Ran Through", compute="_compute_statistics")
    stopped_count = fields.Integer(string="Stopped", compute="_compute_statistics")
    replied_count = fields.Integer(string="Replied", compute="_compute_statistics")
    reply_rate = fields.Float(string="Replies", compute="_compute_statistics")
    mail_count = fields.Integer(string="Mails", compute="_compute_statistics")

    _window_valid = models.Constraint(
        "CHECK (window_from >= 0 AND window_from < window_to AND window_to <= 24)",
        "The hours of sending must begin before they end, within one day.",
    )

    @api.depends("enrollment_ids.state", "enrollment_ids.replied_on")
    def _compute_statistics(self):
        states = {
            (sequence, state): count
            for sequence, state, count in self.env[
                "crm.followup.enrollment"
            ]._read_group(
                [("sequence_id", "in", self.ids)],
                ["sequence_id", "state"],
                ["__count"],
            )
        }
        replied = dict(
            self.env["crm.followup.enrollment"]._read_group(
                [("sequence_id", "in", self.ids), ("replied_on", "!=", False)],
                ["sequence_id"],
                ["__count"],
            )
        )
        mails = dict(
            self.env["crm.followup.log"]._read_group(
                [
                    ("sequence_id", "in", self.ids),
                    ("kind", "=", "mail"),
                    ("is_cancelled", "=", False),
                ],
                ["sequence_id"],
                ["__count"],
            )
        )
        for sequence in self:

            def count(*wanted, sequence=sequence):
                return sum(states.get((sequence, state), 0) for state in wanted)

            sequence.running_count = count("running", "paused")
            sequence.finished_count = count("finished")
            sequence.stopped_count = count("stopped")
            sequence.enrollment_count = (
                sequence.running_count
                + sequence.finished_count
                + sequence.stopped_count
            )
            sequence.replied_count = replied.get(sequence, 0)
            sequence.reply_rate = (
                sequence.replied_count / sequence.enrollment_count
                if sequence.enrollment_count
                else 0.0
            )
            sequence.mail_count = mails.get(sequence, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: deals that the manager does not see count as well
        if self.sudo().enrollment_ids:
            raise UserError(
                self.env._(
                    "Deals are or were in this sequence. Archive it instead, so that "
                    "their history stays."
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for sequence, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=sequence.name)
        return vals_list

    def action_view_enrollments(self):
        """Open the deals of the sequence.

        :return: action
        :rtype: dict
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_followup.crm_followup_enrollment_action"
            ),
            "domain": [("sequence_id", "=", self.id)],
            "context": {},
        }

    # === STARTING ===

    def _enroll(self, leads):
        """Start the sequence on deals that nothing speaks against (single sequence).

        :param leads: `crm.lead` records, checked by the caller
        :return: `crm.followup.enrollment` records
        :rtype: recordset
        """
        self.ensure_one()
        first = self.step_ids[:1]
        if not first:
            raise UserError(
                self.env._("The sequence %(name)s has no steps yet.", name=self.name)
            )
        now = fields.Datetime.now()
        # sudo: nobody writes enrollments but this addon; the caller checked the deals
        enrollments = (
            self.env["crm.followup.enrollment"]
            .sudo()
            .create(
                [
                    {
                        "lead_id": lead.id,
                        "sequence_id": self.id,
                        "step_id": first.id,
                        "stage_id": lead.stage_id.id,
                        "started_on": now,
                        "next_date": self._plan(
                            now, first.delay_days, self._get_time_zone(lead)
                        ),
                    }
                    for lead in leads
                ]
            )
        )
        enrollments._log("started")
        return enrollments

    # === CLOCK ===

    def _get_time_zone(self, lead):
        """Return the name of the time zone in which a deal is followed up.

        :param lead: `crm.lead` record
        :rtype: str
        """
        own = self._get_calendar().tz or "UTC"
        if self.time_zone_of == "calendar":
            return own
        return lead.partner_id.tz or own

    def _get_calendar(self):
        # sudo: a sequence for all may go by the working days of one company
        sequence = self.sudo()
        return (
            sequence.calendar_id
            or sequence.company_id.resource_calendar_id
            or sequence.env.company.resource_calendar_id
        )

    def _plan(self, moment, days, time_zone):
        """Return when to send (single record).

        The time of the day stays the same, also over a change to summer time, when it
        is within the hours of sending.

        :param datetime.datetime moment: UTC, from which the days are counted
        :param int days: working days; 0 for as soon as possible
        :param str time_zone: where it has to be daytime
        :return: UTC
        :rtype: datetime.datetime
        """
        self.ensure_one()
        zone = ZoneInfo(time_zone)
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        opens, closes = _to_time(self.window_from), _to_time(self.window_to)
        is_within = opens <= local.time() < closes
        wanted = local.time() if is_within else opens
        if days:
            day = self._find_working_day(local.date(), days)
        else:
            # today, unless it is too late or nobody works
            is_over = local.time() >= closes
            eve = local.date() - timedelta(days=0 if is_over else 1)
            day = self._find_working_day(eve, 1)
            if day != local.date():
                wanted = opens
        planned = datetime.combine(day, wanted, zone)
        return planned.astimezone(UTC).replace(tzinfo=None)

    def _find_working_day(self, day, number):
        """Return the date of a working day after a date.

        :param datetime.date day: from which they are counted, itself left out
        :param int number: of the working day, from 1
        :rtype: datetime.date
        :raise UserError: when the working hours have no such day
        """
        calendar = self._get_calendar()
        zone = ZoneInfo(calendar.tz or "UTC")
        start = day + timedelta(days=1)
        found = []
        for _piece in range(MOST_PIECES):
            end = start + timedelta(days=PIECE_DAYS)
            intervals = calendar._work_intervals_batch(
                datetime.combine(start, time.min, zone),
                datetime.combine(end, time.min, zone),
            )[False]
            found += sorted({begin.date() for begin, _end, _data in intervals})
            if len(found) >= number:
                return found[number - 1]
            start = end
        raise UserError(
            self.env._(
                "The working hours %(name)s have no working day.", name=calendar.name
            )
        )


def _to_time(hours):
    """Return the time of the day that hours mean; 24 is the last moment of it."""
    minutes = round(hours * 60)
    return time.max if minutes >= 24 * 60 else time(*divmod(minutes, 60))
