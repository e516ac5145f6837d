import pytz

from odoo import api, fields, models

from .. import gate
from .order_request import UNANSWERED_STATES

REMIND_HOURS = 24
# A payment on its way keeps an offer from expiring.
PAYING_STATES = ("pending", "authorized", "done")


class OrderRequest(models.Model):
    """Time: until when an answer is due, and what expires by itself."""

    _inherit = "order.request"

    @api.model
    def _get_response_due(self, policy, start):
        """Return until when an answer is due.

        The clock stands still while the seller is away and outside their answering
        hours, if they have any.

        :param policy: `order.request.policy`, may be empty
        :param datetime start: UTC
        :return: UTC
        :rtype: datetime
        """
        policy_sudo = policy.sudo()  # sudo: customers set the clock going
        zone = pytz.timezone(policy_sudo.tz or "UTC")
        due = gate.add_open_hours(
            pytz.utc.localize(start),
            policy_sudo.answer_hours or 24,
            gate.Week(policy_sudo.answer_window_ids._to_gate_windows()),
            policy_sudo._get_gate_policy().zone,
            [away._get_moments(zone) for away in policy_sudo.away_ids],
        )
        return due.astimezone(pytz.utc).replace(tzinfo=None)

    def _mark_answered(self):
        """Note the first answer of the seller (single record); later ones don't count.

        An answer is a question, an offer, a refusal, or a message that the customer can
        read.
        """
        self.ensure_one()
        if not self.submitted_on or self.first_response_on:
            return
        now = fields.Datetime.now()
        spent = now - self.submitted_on
        self._advance(
            {
                "first_response_on": now,
                "response_hours": spent.total_seconds() / 3600,
                "response_state": ("on_time" if now <= self.response_due else "late"),
            }
        )

    def _exclude_from_response(self):
        """Leave requests out of the response rate that were withdrawn before an answer
        was due."""
        now = fields.Datetime.now()
        for request in self:
            if request.response_state == "pending" and now <= request.response_due:
                request._advance({"response_state": "excluded"})

    @api.model
    def _cron_clock(self):
        """Expire what nobody answered, note missed answers, remind of offers."""
        for domain, step in self._get_clock_steps():
            self._run_clock_step(domain, step)

    @api.model
    def _get_clock_steps(self):
        """Return pairs of a domain and the method that each found request gets.

        :rtype: list
        """
        now = fields.Datetime.now()
        return [
            (
                [("response_state", "=", "pending"), ("response_due", "<", now)],
                "_miss_response",
            ),
            (
                [("state", "in", UNANSWERED_STATES), ("expires_on", "<", now)],
                "_expire",
            ),
            (
                [("state", "=", "offered"), ("offer_expires_on", "<", now)],
                "_expire",
            ),
            (
                [
                    ("state", "=", "offered"),
                    ("is_offer_reminded", "=", False),
                    ("offer_expires_on", ">=", now),
                    ("offer_expires_on", "<", self._get_soon()),
                ],
                "_remind_of_offer",
            ),
        ]

    @api.model
    def _get_soon(self):
        return fields.Datetime.add(fields.Datetime.now(), hours=REMIND_HOURS)

    @api.model
    def _is_soon(self, moment):
        return bool(moment) and moment < self._get_soon()

    @api.model
    def _run_clock_step(self, domain, step):
        commit = self.env["ir.cron"]._commit_progress
        todo = self.search(domain, order="id")
        commit(remaining=len(todo))
        for request in todo:
            request = request.browse(request.id)  # one row, one transaction
            if request._try_turn().filtered_domain(domain):
                getattr(request, step)()
            if not commit(1):
                break

    def _try_turn(self):
        """Return the request when nobody else is changing it (single record).

        :rtype: recordset
        """
        self.ensure_one()
        # The offer first, see `_wait_for_turn`.
        if self.offer_id.try_lock_for_update() != self.offer_id:
            return self.browse()
        return self.try_lock_for_update()

    def _miss_response(self):
        self.ensure_one()
        self.response_state = "missed"

    def _remind_of_offer(self):
        self.ensure_one()
        self.is_offer_reminded = True
        self._send_template("order_request.mail_template_offer_expires")

    def _expire(self):
        """Let a request or its offer run out (single record)."""
        self.ensure_one()
        if self._is_being_paid():
            return
        self._close("expired")
        self._send_template("order_request.mail_template_expired")

    def _is_being_paid(self):
        """Return whether a payment for the offer is on its way (single record).

        :rtype: bool
        """
        self.ensure_one()
        # sudo: payments can't be read by sellers
        transactions_sudo = self.sudo().sale_order_ids.transaction_ids
        return any(tx.state in PAYING_STATES for tx in transactions_sudo)

    def _expire_if_due(self):
        """Expire at once what the job has not come to yet (single record)."""
        self.ensure_one()
        now = fields.Datetime.now()
        ends = self.offer_expires_on if self.state == "offered" else self.expires_on
        if self.state in (*UNANSWERED_STATES, "offered") and ends and ends < now:
            self._expire()
