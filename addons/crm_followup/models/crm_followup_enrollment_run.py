import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# So many are sent in one transaction. Mails leave by the queue after it has ended, so
# a crash takes all of it back and sends none of it twice.
BATCH = 50
# Looked at to find a batch that no other job is at work on.
LOOKED_AT = 500


class CrmFollowupEnrollment(models.Model):
    """The clock: what is due is tested again and sent."""

    _inherit = "crm.followup.enrollment"

    @api.model
    def _cron_run(self):
        """Do the steps that are due, some of them at a time."""
        domain = self._get_due_domain()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while due := self.search(domain, limit=LOOKED_AT, order="next_date, id"):
            batch = due.try_lock_for_update(limit=BATCH, allow_referencing=True)
            done = batch.filtered_domain(domain)._run_due()
            # Without any, others are at work on all of these.
            if not cron._commit_progress(len(done)) or not done:
                break
            self.env.invalidate_all()

    @api.model
    def _get_due_domain(self):
        """Return what is due in companies that send follow-ups.

        :rtype: Domain
        """
        off = self.env["res.company"].search([("followup_enabled", "=", False)])
        return (
            Domain("state", "=", "running")
            & Domain("next_date", "<=", fields.Datetime.now())
            & Domain("company_id", "not in", off.ids)
        )

    def _run_due(self):
        """Do what is due, after all has been tested again. The caller has locked them.

        :return: those that are not due any more
        :rtype: recordset
        """
        going_on = self - self._recheck()
        one_each = going_on._one_for_each_contact()
        postponed = one_each._postpone()
        for step, enrollments in (one_each - postponed).grouped("step_id").items():
            enrollments._run_step(step)
        return self - (going_on - one_each)

    def _one_for_each_contact(self):
        """Return no two of one contact: the second waits for the next batch, when the
        mail to the first has been counted.

        :rtype: recordset
        """
        by_email = {}
        for enrollment in self:
            by_email.setdefault(enrollment.lead_id.email_normalized, enrollment)
        return self.browse().concat(*by_email.values())

    def _postpone(self):
        """Put off what would go out at night, on a holiday, or as one mail too many.

        :return: those that have to wait
        :rtype: recordset
        """
        now = fields.Datetime.now()
        mails = self.filtered(lambda one: one.step_id.kind == "mail")
        capped = mails.lead_id._get_followup_capped()
        waiting = self.browse()
        for enrollment in self:
            earliest = now
            if enrollment in mails:
                earliest = capped.get(enrollment.lead_id.id) or now
            planned = enrollment._plan(earliest, 0)
            if planned > now:
                enrollment.next_date = planned
                waiting += enrollment
        return waiting

    def _run_step(self, step):
        """Do a step for all; when that fails, for one after the other.

        :param step: `crm.followup.step` record
        """
        try:
            with self.env.cr.savepoint():
                self._do_step(step)
        except psycopg2.OperationalError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the rest goes on
            for enrollment in self:
                enrollment._run_step_alone(step)

    def _run_step_alone(self, step):
        """Do a step for one deal; what fails is left to a person (single record)."""
        try:
            with self.env.cr.savepoint():
                self._do_step(step)
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the rest goes on
            if not isinstance(error, UserError):
                _logger.warning(
                    "Follow-up of deal %s failed", self.lead_id.id, exc_info=1
                )
            self.write({"state": "paused", "problem": str(error)[:500]})
            self._log("failed", note=str(error)[:500])

    def _do_step(self, step):
        """Do a step and plan the next one. What was done before is not done again."""
        todo = self - self._get_done(step)
        wanted = todo.filtered(step._applies_to)
        (todo - wanted)._log("skipped", step_id=step.id)
        if wanted and step.kind == "mail":
            wanted._send(step)
        elif wanted:
            wanted._schedule(step)
        for enrollment in self:
            enrollment._advance(step)

    def _get_done(self, step):
        """Return those for which a step was done already.

        :rtype: recordset
        """
        logs = self.env["crm.followup.log"].search(
            [
                ("enrollment_id", "in", self.ids),
                ("step_id", "=", step.id),
                ("kind", "in", ("mail", "activity", "skipped")),
            ]
        )
        return logs.enrollment_id

    def _send(self, step):
        if not step._may_use_template():
            raise UserError(
                self.env._(
                    "The template %(name)s is not approved for follow-ups.",
                    name=step.template_id.name,
                )
            )
        logs = self._log("mail", step_id=step.id)
        logs._send_mails(step.template_id)

    def _schedule(self, step):
        """Give the salespeople something to do, today."""
        for enrollment in self:
            lead = enrollment.lead_id
            lead.with_context(mail_activity_quick_update=True).activity_schedule(
                activity_type_id=step.activity_type_id.id,
                summary=step.summary or "",
                user_id=lead.user_id.id,
            )
        self._log("activity", step_id=step.id)

    def _advance(self, step):
        """Plan the step after one that was done, or finish (single record)."""
        following = step._get_next()
        now = fields.Datetime.now()
        if following:
            self.write(
                {
                    "step_id": following.id,
                    "next_date": self._plan(now, following.delay_days),
                }
            )
        else:
            self.write(
                {
                    "state": "finished",
                    "step_id": False,
                    "next_date": False,
                    "ended_on": now,
                }
            )
            self._log("finished")
