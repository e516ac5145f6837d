from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

BATCH = 100
REMIND_DAYS = 2
UNDECLARED = ("suspected", "declared", "confirmed")
# They move the last day.
DATES = {"work_done_date", "planned_finish_date"}


class LeadMarketOrder(models.Model):
    """The days within which finished work is declared.

    The clock reminds, asks, and drafts incidents. It never decides anything.
    """

    _inherit = "lead.market.order"

    incident_ids = fields.One2many(
        "lead.market.incident", "order_id", groups="base.group_user"
    )

    _suspected_idx = models.Index(
        "(company_id, suspected_on) WHERE decision = 'suspected'"
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._schedule_deadlines()
        return orders

    def write(self, vals):
        res = super().write(vals)
        if DATES.intersection(vals):
            self._schedule_deadlines()
        return res

    def _after_declared(self):
        """Draft an incident for what is declared late; a person decides about it."""
        res = super()._after_declared()
        self.filtered("is_late")._draft_late()
        return res

    # === CRON ===

    def _schedule_deadlines(self):
        """Have the clock look at orders as soon as their last day is over."""
        moments = {
            order.company_id._get_market_end_of_day(order.deadline_date)
            for order in self
            if order.deadline_date and not order.declared_on
        }
        due = [moment for moment in moments if moment > fields.Datetime.now()]
        if not due:
            return
        # sudo: whoever declares; the scheduler's table is an administrator's
        cron_sudo = self.env.ref("lead_marketplace.ir_cron_market_deadlines").sudo()
        # One for all orders of a day.
        known = cron_sudo.env["ir.cron.trigger"].search(
            [("cron_id", "=", cron_sudo.id), ("call_at", "in", due)]
        )
        cron_sudo._trigger(sorted(set(due) - set(known.mapped("call_at"))))

    @api.model
    def _cron_deadlines(self):
        """Remind workshops, ask about planned work, draft incidents."""
        steps = self._get_deadline_steps()
        cron = self.env["ir.cron"]
        remaining = sum(self.search_count(domain) for domain, _work in steps)
        cron._commit_progress(remaining=remaining)
        for domain, work in steps:
            while orders := self.search(domain, limit=BATCH, order="id"):
                done = orders._take_deadline_step(domain, work)
                if not cron._commit_progress(len(done)):
                    return
                if not done:
                    # Somebody else is at work on these.
                    break

    def _take_deadline_step(self, domain, work):
        """Do what is due to those orders that it is due to, and nobody else has locked.

        :param Domain domain: see `_get_deadline_steps`
        :param work: see `_get_deadline_steps`
        :return: the orders; it is not due to them any more
        :rtype: recordset
        """
        due = self.try_lock_for_update().filtered_domain(domain)
        if due:
            work(due)
        return due

    @api.model
    def _get_deadline_steps(self):
        """Return what is due, and what to do with it, in all companies.

        Each step takes the orders out of its own domain, so that it can be repeated.

        :rtype: list[tuple[Domain, callable]]
        """
        return [
            step
            for company in self.env["res.company"].search([])
            for step in self._get_company_deadline_steps(company)
        ]

    @api.model
    def _get_company_deadline_steps(self, company):
        today = company._get_market_today()
        waiting = Domain("company_id", "=", company.id) & Domain(
            "decision", "in", UNDECLARED
        )
        undeclared = waiting & Domain("declared_on", "=", False)
        overdue = undeclared & Domain("deadline_date", "<", today)
        since = fields.Datetime.subtract(
            fields.Datetime.now(), days=company.market_declare_days
        )
        return [
            (
                undeclared & self._get_reminder_domain(today),
                lambda orders: orders._remind(today),
            ),
            (
                overdue
                & Domain("work_done_date", "!=", False)
                & Domain("incident_ids", "not any", [("kind", "=", "late")]),
                lambda orders: orders._draft_late(),
            ),
            (
                overdue
                & Domain("work_done_date", "=", False)
                & Domain("decision", "!=", "suspected"),
                lambda orders: orders._doubt(),
            ),
            (
                undeclared
                & Domain("decision", "=", "suspected")
                & Domain("work_done_date", "=", False)
                & Domain("suspected_on", "<", since)
                & Domain("incident_ids", "not any", [("kind", "=", "undeclared")]),
                lambda orders: orders._draft_undeclared(),
            ),
        ]

    @api.model
    def _get_reminder_domain(self, today):
        """Return what is to be reminded of: once before the last day, once on it."""
        soon = fields.Date.add(today, days=REMIND_DAYS)
        return Domain("deadline_date", ">=", today) & (
            (Domain("reminder_level", "=", 0) & Domain("deadline_date", "<=", soon))
            | (Domain("reminder_level", "<", 2) & Domain("deadline_date", "=", today))
        )

    # === STEPS ===

    def _remind(self, today):
        self._send("lead_marketplace.mail_template_order_reminder")
        for order in self:
            order.reminder_level = 2 if order.deadline_date == today else 1
            order._log("reminded", level=order.reminder_level)

    def _doubt(self):
        """Ask about work that was planned to be done by now."""
        self.write({"suspected_on": fields.Datetime.now()})
        self._set_decision("suspected")
        self._send_question()

    def _send_question(self):
        self._send("lead_marketplace.mail_template_order_question")

    def _draft_late(self):
        self.env["lead.market.incident"]._draft_for_orders(
            self, "late", lambda order: order._get_late_reason()
        )

    def _draft_undeclared(self):
        self.env["lead.market.incident"]._draft_for_orders(
            self, "undeclared", lambda order: order._get_undeclared_reason()
        )

    def _get_late_reason(self):
        """Return what is late, in the language of the workshop (single record)."""
        order = self.with_context(lang=self.workshop_partner_id.lang)
        return order.env._(
            "Order %(order)s: the work was done on %(done)s and was to be declared "
            "until %(deadline)s.",
            order=order.display_name,
            done=format_date(order.env, order.work_done_date),
            deadline=format_date(order.env, order.deadline_date),
        )

    def _get_undeclared_reason(self):
        """Return what nobody answered, in the workshop's language (single record)."""
        order = self.with_context(lang=self.workshop_partner_id.lang)
        return order.env._(
            "Order %(order)s: you were asked about it on %(date)s and have not "
            "answered.",
            order=order.display_name,
            date=format_date(
                order.env, order.company_id._get_market_date(order.suspected_on)
            ),
        )

    # === MAIL ===

    def _send(self, template):
        """Queue a mail to the workshop of each order.

        :param str template: XML id of a `mail.template`
        """
        self.env.ref(template)._queue_for(self)

    def _get_market_url(self):
        """Return where the workshop answers.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/my/market/take/{self.take_id.id}"
