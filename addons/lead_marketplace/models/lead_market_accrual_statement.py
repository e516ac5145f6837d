import csv
import io

from odoo import api, models

# What a spreadsheet would take for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class LeadMarketAccrual(models.Model):
    """Entries of the ledger in the statement, and the statement as a file."""

    _inherit = "lead.market.accrual"

    def _prepare_statement_row(self):
        """Return a row of the statement (single record): no contact of a customer.

        :rtype: dict
        """
        self.ensure_one()
        return self.order_id.take_id._prepare_statement_row(self.order_id, self)

    def _prepare_statement_booking(self):
        """Return what an entry adds to the row of its order (single record).

        :rtype: dict
        """
        is_issued = self.move_id.state == "posted"
        return {
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

        :param list rows: see `lead.market.workshop._get_statement_rows`
        :rtype: bytes
        """
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(self._get_statement_head())
        for row in rows:
            writer.writerow(self._prepare_csv_row(row))
        # With a byte order mark, or Excel takes it for another encoding.
        return file.getvalue().encode("utf-8-sig")

    @api.model
    def _prepare_csv_row(self, row):
        def number(value, digits):
            return "" if value is None else f"{value:.{digits}f}"

        digits = row["currency"].decimal_places
        return [
            row["date"],
            row["opened_on"],
            self._escape_formula(row["order"]),
            row["work_done_date"] or "",
            row["declared_on"] or "",
            row["kind_label"],
            number(row["base_amount"], digits),
            number(row["percent"], 2),
            number(row["amount"], digits),
            row["currency"].name,
            row["state_label"],
            row["invoice"],
            row.get("paid_on") or "",
        ]

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
            self.env._("Paid On"),
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
            rows = [
                {"date": entry.date, **entry._prepare_statement_row()}
                for entry in entries
            ]
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
