import re
from datetime import timedelta

from odoo import api, fields, models

# A mail server that is down for longer than this is not a passing fault.
RETRY_DAYS = 5
# Failures that sending again may cure. Odoo leaves the type empty when the server
# could not be reached at all.
PASSING_FAILURES = (False, "mail_smtp", "unknown")
# The server refused for good, as smtplib words it: (550, b'No such user')
REFUSED_FOR_GOOD = re.compile(r"\(5\d\d, b['\"]")


class MailMail(models.Model):
    _inherit = "mail.mail"

    is_resent = fields.Boolean(
        help="Is sent again when the mail server could not be reached."
    )

    _resent_unsent_idx = models.Index(
        "(id) WHERE is_resent AND state IN ('outgoing', 'exception')"
    )

    @api.model
    def _requeue_failed(self):
        """Queue again the mails that failed through no fault of their own.

        Odoo leaves a mail in `exception` for ever when the server was unreachable, and
        the rest of the queue for an hour when the server hung up on one of them.
        """
        now = self.env.cr.now()
        unsent = self.search(
            [
                ("is_resent", "=", True),
                ("state", "in", ("outgoing", "exception")),
                ("create_date", ">", now - timedelta(days=RETRY_DAYS)),
            ]
        )
        failed = unsent.filtered(lambda mail: mail._may_resend(now))
        failed.mark_outgoing()
        if unsent.filtered(lambda mail: mail.state == "outgoing"):
            self._trigger_queue()

    def _may_resend(self, now):
        """Return whether it is worth trying again, and time to (single record).

        The older a mail gets, the longer the pauses: within two hours at most five
        minutes, after a day one hour.

        :param datetime.datetime now: the present moment
        :rtype: bool
        """
        self.ensure_one()
        pause = (now - self.create_date) / 24
        return (
            self.state == "exception"
            and self.failure_type in PASSING_FAILURES
            and not REFUSED_FOR_GOOD.search(self.failure_reason or "")
            and now - self.write_date >= pause
        )

    @api.model
    def _trigger_queue(self):
        """Have the queue sent now, not within the hour."""
        # sudo: whoever causes a mail may have the queue sent
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
