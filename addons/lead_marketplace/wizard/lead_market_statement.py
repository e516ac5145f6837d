import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date, formatLang, get_lang

# The last three months, unless somebody asks for others.
STATEMENT_DAYS = 90
# The renderer is ended after half a minute.
MOST_ROWS = 3000


class StatementTooLongError(UserError):
    """The document would have too many rows; a shorter time helps."""


class LeadMarketStatement(models.TransientModel):
    """What passed between the portal and a workshop in a time, as a document."""

    _name = "lead.market.statement"
    _description = "Statement of a Workshop"
    _inherit = ["offerdesk.document.mixin"]

    workshop_id = fields.Many2one(
        "lead.market.workshop", required=True, ondelete="cascade"
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: (
            self.env.company._get_market_today() - timedelta(days=STATEMENT_DAYS)
        ),
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self.env.company._get_market_today(),
    )
    csv_file = fields.Binary(compute="_compute_csv_file")

    @api.depends("workshop_id", "date_from", "date_to")
    def _compute_csv_file(self):
        for statement in self:
            statement.csv_file = base64.b64encode(statement._get_csv())

    @api.depends("workshop_id", "date_from", "date_to")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = self.env._(
                "Statement %(workshop)s %(date_from)s – %(date_to)s",
                workshop=statement.workshop_id.partner_id.name or "",
                date_from=statement.date_from,
                date_to=statement.date_to,
            )

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        if any(statement.date_from > statement.date_to for statement in self):
            raise ValidationError(self.env._("The period ends before it begins."))

    # === ACTIONS ===

    def action_pdf(self):
        """Have the statement downloaded as PDF."""
        self.ensure_one()
        report = self.env.ref("lead_marketplace.action_report_statement")
        return report.report_action(self)

    def action_csv(self):
        """Have the statement downloaded as a file for spreadsheets."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/csv_file/"
            f"{self._get_filename('csv')}?download=true",
            "target": "download",
        }

    def action_show(self):
        """Show the statement as a page."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/lead_marketplace.report_statement_page/{self.id}",
            "target": "new",
        }

    # === FILES ===

    def _get_filename(self, extension):
        """Return the name of the file (single record).

        :param str extension: without the point
        :rtype: str
        """
        self.ensure_one()
        return f"statement-{self.date_from}-{self.date_to}.{extension}"

    def _get_rows(self):
        """Return the rows of the time, oldest first (single record).

        :rtype: list[dict]
        """
        return self.workshop_id._get_statement_rows(self.date_from, self.date_to)

    def _get_csv(self):
        """Return the statement as a file for spreadsheets (single record).

        :rtype: bytes
        """
        return self.env["lead.market.accrual"]._get_statement_csv(self._get_rows())

    def _render_html(self):
        """Return the statement in the language of the workshop (single record).

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        lang = get_lang(self.env, self.workshop_id.partner_id.lang).code
        return self._render_document(
            "lead_marketplace.report_statement_page",
            self.with_context(lang=lang)._prepare_document_values(),
            lang,
        )

    def _get_pdf_content(self):
        self.ensure_one()
        # sudo: only the settings of the report are read
        report = self.env.ref("lead_marketplace.action_report_statement").sudo()
        pdf = report._render_self_contained_pdf(self._render_html())
        return self._number_pages(pdf, f"{self.date_from} – {self.date_to}")

    # === VALUES ===

    def _prepare_document_values(self):
        """Return what the document shows, in the language of the context.

        :rtype: dict
        :raise StatementTooLongError: when it would be too long
        """
        workshop = self.workshop_id
        rows = workshop._get_statement_rows(self.date_from, self.date_to)
        if len(rows) > MOST_ROWS:
            raise StatementTooLongError(
                self.env._(
                    "Rows in this time: %(count)s. A PDF holds %(max)s: please choose "
                    "a shorter time, or take the CSV.",
                    count=len(rows),
                    max=MOST_ROWS,
                )
            )
        company = workshop.company_id
        # sudo: the address of the workshop that the document is for
        partner_sudo = workshop.partner_id.sudo()
        return {
            **self._prepare_letterhead_values(company),
            "doc": self,
            "lang": self.env.context["lang"],
            "partner": partner_sudo,
            "partner_address": self._get_address_text(partner_sudo),
            "contact": company.market_contact_email or company.email,
            "made_on": company._get_market_today(),
            "totals": workshop._get_ledger_totals(),
            "bookings": [row for row in rows if row["amount"] is not None],
            "sums": self._get_sums(rows),
            "orders": [row for row in rows if row["kind"] == "order"],
            "contacts": [row for row in rows if row["kind"] == "opened"],
            "money": lambda value, currency: format_amount(self.env, value, currency),
            "day": lambda value: format_date(self.env, value) if value else "",
            "percent": lambda value: f"{formatLang(self.env, value, digits=2)} %",
        }

    def _get_sums(self, rows):
        """Return what the commissions of the time add up to, by currency.

        :rtype: list[tuple]
        """
        sums = {}
        for row in rows:
            if row["amount"] is not None:
                currency = row["currency"]
                sums[currency] = sums.get(currency, 0) + row["amount"]
        return list(sums.items())
