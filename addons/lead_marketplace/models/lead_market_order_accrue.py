from odoo import fields, models

from .. import commission


class LeadMarketOrder(models.Model):
    """What an order owes, booked in the ledger."""

    _inherit = "lead.market.order"

    def _accrue(self):
        """Book what confirmed and finished orders owe and is not booked yet.

        Safe to repeat: booked is only the difference to what the ledger says.
        """
        due = self.filtered(lambda o: o.decision == "confirmed" and o.work_done_date)
        for order in due:
            order._book("adjustment" if order.accrual_ids else "commission")

    def _book_correction(self):
        """Book what was changed in orders that are in the ledger already."""
        # sudo: the number of the correction is no field that people edit
        for order in self.filtered("accrual_ids").sudo():
            order.revision += 1
            is_cancelled = order.decision == "cancelled"
            order._book("reversal" if is_cancelled else "adjustment")

    def _book(self, kind):
        """Add the entry that brings the ledger to what is owed (single record).

        :param str kind: value of the entry's ``kind``
        """
        owed = self._get_owed()
        booked = self.accrual_ids
        amount = owed["amount"] - sum(booked.mapped("amount"))
        base_amount = owed["base_amount"] - sum(booked.mapped("base_amount"))
        currency = owed["currency"]
        if booked and currency.is_zero(amount) and currency.is_zero(base_amount):
            return
        # sudo: nobody may write in the ledger; the order was checked by its method
        self.env["lead.market.accrual"].sudo().create(
            {
                **self._prepare_accrual_vals(kind, owed),
                "base_amount": currency.round(base_amount),
                "amount": currency.round(amount),
                # Nothing to invoice: the entry is settled as it is booked.
                "settled_on": currency.is_zero(amount) and fields.Datetime.now(),
            }
        )
        self._log("accrued", entry=kind, amount=currency.round(amount))

    def _prepare_accrual_vals(self, kind, owed):
        """Return the values of an entry but for its amounts (single record).

        :param str kind: value of the entry's ``kind``
        :param dict owed: see `_get_owed`
        :rtype: dict
        """
        return {
            "order_id": self.id,
            "workshop_partner_id": self.workshop_partner_id.id,
            "company_id": self.company_id.id,
            "category_id": self.category_id.id,
            "kind": kind,
            "date": self.company_id._get_market_today(),
            "currency_id": owed["currency"].id,
            "percent_applied": owed["percent"],
            "rate": owed["rate"],
            "rate_date": owed["rate_date"],
            "idem_key": f"{self.id}:{kind}:{self.revision}",
        }

    def _get_owed(self):
        """Return what an order owes in all by its frozen terms (single record).

        The order's currency becomes that of the terms, in which brackets and limits
        are, and the result that of the workshop: at the rates of the day of the work.

        :return: ``amount``, ``base_amount``, ``percent``, ``rate``, ``rate_date`` and
            ``currency``
        :rtype: dict
        """
        terms, day = self._get_terms(), self._get_rate_date()
        billing = self.billing_currency_id
        # sudo: rates and currencies are no secret, an operator may lack the access
        Rule = self.env["lead.market.rule"].sudo()
        terms_currency = Rule._get_terms_currency(terms)
        to_terms = self._get_rate(self.currency_id, terms_currency, day)
        to_billing = self._get_rate(terms_currency, billing, day)
        base = 0.0
        if self.decision != "cancelled" and self.work_done_date:
            base = self._get_total() - self.excluded_amount
        amount, percent = commission.compute(
            terms, base * to_terms, terms_currency.rounding
        )
        return {
            "amount": billing.round(amount * to_billing),
            "base_amount": billing.round(base * to_terms * to_billing),
            "percent": percent,
            "rate": to_terms * to_billing,
            "rate_date": day,
            "currency": billing,
        }

    def _get_rate_date(self):
        """Return the day whose rates count; a cancelled order keeps the booked one."""
        return (
            self.work_done_date
            or self.accrual_ids[:1].rate_date
            or self.company_id._get_market_today()
        )

    def _get_rate(self, source, target, day):
        return self.env["res.currency"]._get_conversion_rate(
            source, target, self.company_id, day
        )
