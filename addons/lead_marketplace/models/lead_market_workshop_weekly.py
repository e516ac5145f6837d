from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .lead_market_order_deadline import UNDECLARED

SLICE = 100
# What has to be declared within so many days, or should have been.
SOON_DAYS = 7
MOST_ROWS = 10


class LeadMarketWorkshop(models.Model):
    """A mail a week about what waits for a workshop, if anything does."""

    _inherit = "lead.market.workshop"

    wants_weekly = fields.Boolean(
        string="Weekly Mail",
        default=True,
        help="Its people get a mail about contacts in work, orders to declare and "
        "invoices to pay.",
    )
    weekly_on = fields.Datetime(string="Last Weekly Mail", readonly=True)

    @api.model
    def _cron_weekly(self):
        """Tell workshops what waits for them, some workshops at a time."""
        cron = self.env["ir.cron"]
        domain = self._get_weekly_domain()
        cron._commit_progress(remaining=self.search_count(domain))
        while workshops := self.search(
            domain, order="weekly_on NULLS FIRST, id", limit=SLICE
        ).try_lock_for_update():
            workshops._send_weeklies()
            if not cron._commit_progress(len(workshops)):
                break

    @api.model
    def _get_weekly_domain(self):
        """Return which workshops are due to be told.

        :rtype: Domain
        """
        # Less than a week: the scheduler is never quite on time.
        since = fields.Datetime.now() - timedelta(days=6)
        return Domain(
            [
                ("wants_weekly", "=", True),
                ("state", "in", ("active", "warned", "restricted")),
            ]
        ) & (Domain("weekly_on", "=", False) | Domain("weekly_on", "<", since))

    def _send_weeklies(self):
        """Tell workshops, which the caller has locked and found due."""
        for workshop in self:
            workshop._send_weekly()

    def _send_weekly(self):
        """Queue one mail to its people, if something waits (single record)."""
        self.ensure_one()
        self.weekly_on = fields.Datetime.now()
        waiting = self._get_waiting()
        partners = self._get_users().partner_id.filtered("email")
        if not any(waiting.values()) or not partners:
            return
        template = self.env.ref("lead_marketplace.mail_template_workshop_weekly")
        template.with_context(weekly=waiting)._queue_for(
            self, recipient_ids=[fields.Command.set(partners.ids)]
        )

    def _get_waiting(self):
        """Return what the workshop has to do, the most urgent first (single record).

        :return: ``work`` and ``important`` (how many contacts), ``orders`` to declare
            soon and ``invoices`` to pay
        :rtype: dict
        """
        self.ensure_one()
        own = Domain("workshop_partner_id", "=", self.partner_id.id)
        Take = self.env["lead.market.take"]
        in_work = own & Domain("state", "in", ("in_work", "offered"))
        soon = fields.Date.add(self.company_id._get_market_today(), days=SOON_DAYS)
        return {
            "work": Take.search_count(in_work),
            "important": Take.search_count(in_work & Domain("important", "=", True)),
            "orders": self.env["lead.market.order"].search(
                own
                & Domain("decision", "in", UNDECLARED)
                & Domain("declared_on", "=", False)
                & Domain("deadline_date", "<=", soon),
                order="deadline_date, id",
                limit=MOST_ROWS,
            ),
            "invoices": self._get_unpaid_invoices(),
        }

    def _get_unpaid_invoices(self):
        """Return posted invoices of commissions that are not paid (single record).

        :rtype: recordset of `account.move`
        """
        self.ensure_one()
        entries = self.env["lead.market.accrual"].search(
            [
                ("workshop_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "invoiced"),
            ]
        )
        return entries.move_id.filtered(
            lambda m: m.state == "posted"
            and m.move_type == "out_invoice"
            and m.payment_state in ("not_paid", "partial")
        ).sorted("invoice_date_due")[:MOST_ROWS]
