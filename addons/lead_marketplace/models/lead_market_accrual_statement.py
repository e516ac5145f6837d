import csv
import io

from odoo import api, models

# What a spreadsheet would take for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class LeadMarketAccrual(models.Model):
    """The ledger as both sides read it: opened, done, owed, invoiced, paid."""

    _inherit = "lead.market.accrual"

    @api.model
    def _get_statement_rows(self, workshop, date_from=None, date_to=None):
        """Return the entries of a workshop, oldest first.

        :param workshop: `lead.market.workshop`; the caller has checked the reader
        :param date date_from: first day, or from the beginning
        :param date date_to: last day, or until now
        :return: plain values, see `_prepare_statement_row`
        :rtype: list[dict]
        """
        domain = [("workshop_partner_id", "=", workshop.partner_id.id)]
        if date_from:
            domain.append(("date", ">=", date_from))
        if date_to:
            domain.append(("date", "<=", date_to))
        # sudo: the workshop's own entries, with the invoices they are on
        entries = self.sudo().search(domain, order="date, id")
        return [entry._prepare_statement_row() for entry in entries]

    def _prepare_statement_row(self):
        """Return a row of the statement (single record): no contact of a customer.

        :rtype: dict
        """
        self.ensure_one()
        order = self.order_id
        is_issued = self.move_id.state == "posted"
        return {
            "date": self.date,
            "opened_on": order.company_id._get_market_date(order.take_id.opened_on),
            "order_id": order.id,
            "take_id": order.take_id.id,
            "order": order.display_name,
            "work_done_date": order.work_done_date,
            "declared_on": order.declared_on
            and order.company_id._get_market_date(order.declared_on),
            "is_late": order.is_late,
            "kind": self.kind,
            "kind_label": self._get_kind_label(),
            "base_amount": self.base_amount,
            "percent": self.percent_applied,
            "amount": self.amount,
            "currency": self.currency_id,
            "state": self.state,
            "state_label": self._get_state_label(),
            "invoice_id": is_issued and self.move_id.id,
            "invoice": is_issued and self.move_id.name or "",
        }

    def _get_state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    @api.model
    def _get_statement_csv(self, rows):
        """Return a statement as a file that spreadsheets open.

        :param list rows: see `_get_statement_rows`
        :rtype: bytes
        """
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(self._get_statement_head())
        for row in rows:
            digits = row["currency"].decimal_places
            writer.writerow(
                [
                    row["date"],
                    row["opened_on"],
                    self._escape_formula(row["order"]),
                    row["work_done_date"] or "",
                    row["declared_on"] or "",
                    row["kind_label"],
                    f"{row['base_amount']:.{digits}f}",
                    f"{row['percent']:.2f}",
                    f"{row['amount']:.{digits}f}",
                    row["currency"].name,
                    row["state_label"],
                    row["invoice"],
                ]
            )
        # With a byte order mark, or Excel takes it for another encoding.
        return file.getvalue().encode("utf-8-sig")

    @api.model
    def _get_statement_head(self):
        return [
            self.env._("Date"),
            self.env._("Contact Opened"),
            self.env._("Order"),
            self.env._("Work Done On"),
            self.env._("Declared On"),
            self.env._("Kind"),
            self.env._("Base"),
            self.env._("Percentage"),
            self.env._("Amount"),
            self.env._("Currency"),
            self.env._("State"),
            self.env._("Invoice"),
        ]

    @api.model
    def _escape_formula(self, text):
        return f"'{text}" if text.startswith(FORMULA_SIGNS) else text

    @api.model
    def _attach_statements(self, groups, moves):
        """Attach the entries to invoices on which they are added up.

        :param list groups: entries of one key each
        :param moves: one move for each group
        """
        vals_list = []
        for group, move in zip(groups, moves, strict=True):
            if len(move.invoice_line_ids) == len(group):
                continue
            entries = group.with_context(lang=group.workshop_partner_id.lang)
            rows = [entry._prepare_statement_row() for entry in entries]
            vals_list.append(
                {
                    "name": entries.env._("Statement") + ".csv",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "mimetype": "text/csv",
                    "raw": entries._get_statement_csv(rows),
                }
            )
        if vals_list:
            self.env["ir.attachment"].create(vals_list)
