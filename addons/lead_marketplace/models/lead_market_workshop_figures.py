from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, float_compare

SLICE = 200
# So many reviews and contacts weigh as much as the mean of all workshops.
REVIEW_WEIGHT = 5
TAKE_WEIGHT = 20
# Good faith is presumed: one late declaration is not yet a habit.
ORDER_WEIGHT = 3
ASKED_WEIGHT = 3
# Silence counts after so many days.
ANSWER_DAYS = 7
DEFAULT_RATING = 4.0
DEFAULT_CONVERSION = 0.1
# An answer loses half of its worth with each day.
REPLY_HALF_HOURS = 24
RESULTS = [
    ("none", "Nothing yet"),
    ("met", "On target"),
    ("missed", "Below target"),
]


class LeadMarketWorkshop(models.Model):
    """The figures by which workshops are ranked, counted at night.

    Few reviews or contacts say little: until there are more, the mean of all workshops
    of the company counts along.
    """

    _inherit = "lead.market.workshop"

    silent_count = fields.Integer(
        string="Check-ins Without an Answer",
        readonly=True,
        help="Contacts that the workshop was asked about more than a week ago.",
    )
    answer_rate = fields.Float(
        string="Answers to Check-ins",
        default=1.0,
        readonly=True,
        aggregator="avg",
        help="Lowers the rank, and how many contacts the workshop may open a day "
        "unless it has a quota of its own.",
    )
    declared_count = fields.Integer(string="Orders Declared", readonly=True)
    due_count = fields.Integer(string="Invoices Due", readonly=True)
    on_time_result = fields.Selection(
        RESULTS,
        string="Declares on Time",
        compute="_compute_results",
        store=True,
        help="Compared with what the company wants. Nothing follows by itself.",
    )
    paid_result = fields.Selection(
        RESULTS,
        string="Pays on Time",
        compute="_compute_results",
        store=True,
        help="Compared with what the company wants. Nothing follows by itself.",
    )
    figures_on = fields.Datetime(string="Figures Of", readonly=True)

    _figures_idx = models.Index("(figures_on NULLS FIRST, id)")

    @api.depends(
        "declared_count",
        "due_count",
        "on_time_rate",
        "paid_on_time_rate",
        "company_id.market_on_time_target",
        "company_id.market_paid_target",
    )
    def _compute_results(self):
        for workshop in self:
            company = workshop.company_id
            workshop.on_time_result = self._get_result(
                workshop.declared_count,
                workshop.on_time_rate,
                company.market_on_time_target,
            )
            workshop.paid_result = self._get_result(
                workshop.due_count,
                workshop.paid_on_time_rate,
                company.market_paid_target,
            )

    @api.model
    def _get_result(self, count, rate, target):
        """Return how a rate stands to its target.

        :param int count: of how many it is the rate
        :param float rate: from 0 to 1
        :param int target: percentage
        :return: value of ``on_time_result``
        :rtype: str
        """
        if not count:
            return "none"
        # 0.95 * 100 is a little less than 95.
        is_met = float_compare(rate * 100, target, precision_digits=6) >= 0
        return "met" if is_met else "missed"

    @api.model
    def _cron_figures(self):
        """Count the figures of all workshops, some at a time."""
        cron = self.env["ir.cron"]
        since = fields.Datetime.now() - timedelta(hours=12)
        domain = ["|", ("figures_on", "=", False), ("figures_on", "<", since)]
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        while workshops := self.search(
            domain, order="figures_on NULLS FIRST, id", limit=SLICE
        ).try_lock_for_update():
            workshops._update_figures()
            if not cron._commit_progress(len(workshops)):
                break

    def _update_figures(self):
        """Count the figures anew."""
        if not self:
            return
        # sudo: nobody writes figures; an operator's click may have changed them
        workshops_sudo = self.sudo()
        self.env.flush_all()
        counts = workshops_sudo._count_figures()
        now = fields.Datetime.now()
        for company, workshops in workshops_sudo.grouped("company_id").items():
            priors = self._get_priors(company)
            for workshop in workshops:
                workshop.write(
                    {
                        **self._prepare_figures(counts.get(workshop.id, {}), priors),
                        "figures_on": now,
                    }
                )

    @api.model
    def _get_priors(self, company):
        """Return the means of a company's workshops.

        The conversion is that of the figures of last night: to count all contacts would
        take as long as all the rest.

        :param company: `res.company`
        :return: ``rating`` and ``conversion``
        :rtype: dict
        """
        self.env.cr.execute(
            SQL(
                "SELECT avg(rating) FROM lead_market_review WHERE company_id = %s "
                "AND state = 'published' AND is_verified",
                company.id,
            )
        )
        (rating,) = self.env.cr.fetchone()
        self.env.cr.execute(
            SQL(
                "SELECT sum(take_count), sum(order_count) FROM lead_market_workshop "
                "WHERE company_id = %s",
                company.id,
            )
        )
        takes, orders = self.env.cr.fetchone()
        return {
            "rating": float(rating or DEFAULT_RATING),
            "conversion": orders / takes if takes and orders else DEFAULT_CONVERSION,
        }

    @api.model
    def _prepare_figures(self, counts, priors):
        """Return the figures of one workshop.

        :param dict counts: see `_count_figures`
        :param dict priors: see `_get_priors`
        :rtype: dict
        """
        takes, orders = counts.get("takes", 0), counts.get("orders", 0)
        declared, due = counts.get("declared", 0), counts.get("due", 0)
        reviews = counts.get("reviews", 0)
        hours = counts.get("reply_hours")
        rating = (REVIEW_WEIGHT * priors["rating"] + counts.get("stars", 0)) / (
            REVIEW_WEIGHT + reviews
        )
        conversion = (TAKE_WEIGHT * priors["conversion"] + orders) / (
            TAKE_WEIGHT + takes
        )
        on_time = counts["on_time"] if declared else 0
        punctuality = (ORDER_WEIGHT + on_time) / (ORDER_WEIGHT + declared)
        silent = counts.get("silent", 0)
        asked = ASKED_WEIGHT + counts.get("asked", 0)
        answer_rate = (asked - silent) / asked
        speed = 0.5 if hours is None else 0.5 ** (hours / REPLY_HALF_HOURS)
        return {
            "take_count": takes,
            "order_count": orders,
            "conversion": orders / takes if takes else 0.0,
            "declared_count": declared,
            "due_count": due,
            "on_time_rate": on_time / declared if declared else 1.0,
            "paid_on_time_rate": counts["paid_on_time"] / due if due else 1.0,
            "first_reply_hours": hours or 0.0,
            "rating": rating if reviews else 0.0,
            "rating_count": reviews,
            "silent_count": silent,
            "answer_rate": answer_rate,
            "score": 100
            * rating
            / 5
            * conversion
            * punctuality
            * answer_rate
            * (0.5 + speed / 2),
        }

    def _count_figures(self):
        """Count what happened, for all records of the slice at once.

        :return: by id of the workshop: ``takes``, ``reply_hours`` (None before the
            first letter), ``asked`` and ``silent`` (check-ins), ``orders``,
            ``declared``, ``on_time``, ``due`` and ``paid_on_time`` (invoices),
            ``reviews`` and ``stars``
        :rtype: dict
        """
        figures = {id_: {} for id_ in self.ids}
        for query in (
            self._sql_takes(),
            self._sql_orders(),
            self._sql_invoices(),
            self._sql_reviews(),
        ):
            self.env.cr.execute(query)
            for row in self.env.cr.dictfetchall():
                figures[row.pop("workshop_id")].update(row)
        return figures

    def _sql_takes(self):
        return SQL(
            "SELECT workshop_id, count(*) AS takes, "
            "avg(extract(epoch FROM first_offer_on - opened_on) / 3600)::float "
            "AS reply_hours, count(checkin_on) AS asked, "
            "count(*) FILTER (WHERE checkin_silent > 0 AND checkin_on < %s) AS silent "
            "FROM lead_market_take "
            "WHERE workshop_partner_id IN %s AND workshop_id IN %s "
            "GROUP BY workshop_id",
            fields.Datetime.subtract(fields.Datetime.now(), days=ANSWER_DAYS),
            tuple(self.partner_id.ids),
            tuple(self.ids),
        )

    def _sql_orders(self):
        return SQL(
            "SELECT workshop_id, count(DISTINCT take_id) AS orders, "
            "count(declared_on) AS declared, "
            "count(declared_on) FILTER (WHERE is_late IS NOT TRUE) AS on_time "
            "FROM lead_market_order "
            "WHERE workshop_id IN %s AND decision NOT IN ('suspected', 'cancelled') "
            "GROUP BY workshop_id",
            tuple(self.ids),
        )

    def _sql_invoices(self):
        """Return the query of invoices that are due or paid.

        The day of payment is that of the last amount set against the invoice. A
        payment need not have an entry that is set against it; it has a day, too.
        """
        return SQL(
            """
            WITH bills AS (
                SELECT DISTINCT o.workshop_id, m.id, m.invoice_date_due,
                       m.payment_state
                  FROM lead_market_order o
                  JOIN lead_market_accrual a ON a.order_id = o.id
                  JOIN account_move_line l ON l.id = a.invoice_line_id
                  JOIN account_move m ON m.id = l.move_id
                 WHERE o.workshop_id IN %(workshops)s
                   AND m.state = 'posted' AND m.move_type = 'out_invoice'
            ), paid AS (
                SELECT b.workshop_id, b.id, b.invoice_date_due, b.payment_state,
                       greatest(
                           (SELECT max(p.max_date)
                              FROM account_move_line r
                              JOIN account_partial_reconcile p
                                ON p.debit_move_id = r.id
                             WHERE r.move_id = b.id),
                           (SELECT max(p.date)
                              FROM account_move__account_payment m
                              JOIN account_payment p ON p.id = m.payment_id
                             WHERE m.invoice_id = b.id)
                       ) AS paid_on
                  FROM bills b
            )
            SELECT workshop_id, count(*) AS due,
                   count(*) FILTER (
                       WHERE payment_state IN ('paid', 'in_payment', 'reversed')
                         AND (paid_on IS NULL OR paid_on <= invoice_date_due)
                   ) AS paid_on_time
              FROM paid
             WHERE payment_state IN ('paid', 'in_payment', 'reversed')
                OR invoice_date_due < %(today)s
             GROUP BY workshop_id
            """,
            workshops=tuple(self.ids),
            today=fields.Date.today(),
        )

    def _sql_reviews(self):
        return SQL(
            "SELECT workshop_id, count(*) AS reviews, sum(rating) AS stars "
            "FROM lead_market_review WHERE workshop_id IN %s "
            "AND state = 'published' AND is_verified GROUP BY workshop_id",
            tuple(self.ids),
        )
