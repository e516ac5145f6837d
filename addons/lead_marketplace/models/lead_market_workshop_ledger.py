from datetime import date, datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# The steps of a contact, in the order of a day.
OPENED, ORDERED, BOOKED = 0, 1, 2
STEPS = (
    (OPENED, "lead.market.take", "opened_on"),
    (ORDERED, "lead.market.order", "create_date"),
    (BOOKED, "lead.market.accrual", "date"),
)
EPOCH = datetime(1970, 1, 1)


class LeadMarketWorkshop(models.Model):
    """The ledger as both sides read it: opened, ordered, owed, invoiced, paid.

    A contact stands in it with the last step that was taken: with its commissions, else
    with its order, else as opened. Each step is a table with an index of its own, so
    that a page costs the same wherever it lies.
    """

    _inherit = "lead.market.workshop"

    def _get_ledger_page(self, date_from, date_to, after, limit):
        """Return a page of the ledger, newest first (single record).

        :param date date_from: first day
        :param date date_to: last day
        :param after: the cursor of the last row of the page before, or None
        :param int limit: rows of a page
        :return: rows, see `lead.market.take._prepare_statement_row`, and the cursor of
            the last one where there is more
        :rtype: tuple[list[dict], tuple | None]
        """
        steps = self._find_ledger_steps(date_from, date_to, after, limit + 1)
        page = steps[:limit]
        more = len(steps) > limit
        return self._prepare_ledger_rows(page), (page[-1][0][1:] if more else None)

    def _get_statement_rows(self, date_from=None, date_to=None):
        """Return all of the ledger, oldest first (single record).

        :param date date_from: first day, or from the beginning
        :param date date_to: last day, or until now
        :return: rows, see `lead.market.take._prepare_statement_row`
        :rtype: list[dict]
        """
        steps = self._find_ledger_steps(date_from, date_to)
        return self._prepare_ledger_rows(steps[::-1])

    def _get_ledger_totals(self):
        """Return what the whole ledger adds up to, by currency (single record).

        :return: dicts of ``currency``, ``accrued``, ``open``, ``unpaid`` and ``paid``
        :rtype: list[dict]
        """
        # sudo: the figures of this workshop alone; the caller has checked the reader
        groups = (
            self.env["lead.market.accrual"]
            .sudo()
            ._read_group(
                self._get_ledger_domain(), ["currency_id", "state"], ["amount:sum"]
            )
        )
        names = {"confirmed": "open", "invoiced": "unpaid", "paid": "paid"}
        totals = {}
        for currency, state, amount in groups:
            total = totals.setdefault(
                currency,
                {"currency": currency, "accrued": 0, "open": 0, "unpaid": 0, "paid": 0},
            )
            total["accrued"] += amount
            if state in names:
                total[names[state]] += amount
        return list(totals.values())

    # === STEPS ===

    def _get_ledger_domain(self):
        return Domain("workshop_partner_id", "=", self.partner_id.id) & Domain(
            "company_id", "=", self.company_id.id
        )

    def _find_ledger_steps(self, date_from, date_to, after=None, limit=None):
        """Return the steps of a time, newest first (single record).

        :return: pairs of a key to sort by and the record: the key is day, step, moment
            (of a booking its day) and id
        :rtype: list[tuple]
        """
        self.ensure_one()
        found = []
        for step, model, moment in STEPS:
            domain = self._get_step_domain(step)
            domain &= self._get_period_domain(moment, date_from, date_to)
            if after:
                domain &= self._get_step_after_domain(step, moment, after)
            # sudo: the workshop's own rows; the caller has checked the reader
            records = (
                self.env[model]
                .sudo()
                .search(domain, order=f"{moment} desc, id desc", limit=limit)
            )
            found += [
                ((*self._get_step_place(record[moment], step), record.id), record)
                for record in records
            ]
        found.sort(key=lambda pair: pair[0], reverse=True)
        return found[:limit]

    def _get_step_domain(self, step):
        """Return which rows of a step's table stand in the ledger.

        :rtype: Domain
        """
        domain = self._get_ledger_domain()
        # Limited to the workshop, or all orders of everybody would be read.
        own = Domain("workshop_partner_id", "=", self.partner_id.id)
        if step == OPENED:
            counts = Domain("decision", "!=", "cancelled") | Domain(
                "accrual_ids", "any", own
            )
            return domain & Domain("order_ids", "not any", own & counts)
        if step == ORDERED:
            return (
                domain
                & Domain("decision", "!=", "cancelled")
                & Domain("accrual_ids", "not any", own)
            )
        return domain

    def _get_step_place(self, value, step):
        """Return day, step and moment of a row."""
        if step == BOOKED:
            return value, step, value.toordinal()
        moment = (value - EPOCH) // timedelta(microseconds=1)
        return self.company_id._get_market_date(value), step, moment

    @api.model
    def _read_ledger_cursor(self, numbers):
        """Return numbers that a browser sent as a cursor, None when they are none.

        :param list numbers: step, moment and id, or None
        :rtype: tuple | None
        """
        try:
            value = numbers and self._read_ledger_moment(*numbers[:2])
        except (OverflowError, ValueError):
            return None
        # The days of the first and the last years can't be reckoned with.
        is_known = value and numbers[0] <= BOOKED and 1900 < value.year < 9000
        return tuple(numbers) if is_known else None

    @api.model
    def _read_ledger_moment(self, step, number):
        if step == BOOKED:
            return date.fromordinal(number)
        return EPOCH + timedelta(microseconds=number)

    def _get_period_domain(self, moment, date_from, date_to):
        """Return a domain for days, as the company counts them.

        :rtype: Domain
        """
        domain = Domain.TRUE
        if date_from:
            domain &= Domain(moment, ">=", self._get_day_start(moment, date_from))
        if date_to:
            following = self._get_day_start(moment, date_to + timedelta(days=1))
            domain &= Domain(moment, "<", following)
        return domain

    def _get_day_start(self, moment, day):
        """Return a day, or where it is about moments, when it begins in UTC."""
        if moment == "date":
            return day
        local = self.company_id._get_market_tz().localize(
            datetime.combine(day, time.min)
        )
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_step_after_domain(self, step, moment, after):
        """Return what of a table comes after a row of the ledger.

        :param after: step, moment and id of the row
        :rtype: Domain
        """
        last_step, number, last_id = after
        last = self._read_ledger_moment(last_step, number)
        if step == last_step:
            return Domain.custom(
                to_sql=lambda _model, alias, _query: SQL(
                    "(%s, %s) < (%s, %s)",
                    SQL.identifier(alias, moment),
                    SQL.identifier(alias, "id"),
                    last,
                    last_id,
                )
            )
        day, _step, _number = self._get_step_place(last, last_step)
        # Of the same day, the steps that come before it are still to be shown.
        shown = day if step > last_step else day + timedelta(days=1)
        return Domain(moment, "<", self._get_day_start(moment, shown))

    # === ROWS ===

    def _prepare_ledger_rows(self, steps):
        """Return the rows of steps, each table read once.

        :param list steps: see `_find_ledger_steps`
        :rtype: list[dict]
        """
        rows = [
            {"date": key[0], **record._prepare_statement_row()} for key, record in steps
        ]
        # sudo: the invoices that these very rows name
        moves_sudo = self.env["account.move"].sudo()
        invoices = moves_sudo.browse(
            {row["invoice_id"] for row in rows if row["invoice_id"]}
        )
        paid_dates = invoices._get_market_paid_dates()
        for row in rows:
            row["paid_on"] = paid_dates.get(row["invoice_id"])
        return rows
