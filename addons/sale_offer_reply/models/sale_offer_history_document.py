from datetime import timedelta

import pytz

from odoo import models
from odoo.tools import format_amount, format_date, format_time, formatLang, get_lang


class SaleOfferHistory(models.Model):
    """The document of a history row: one self-contained page, and its PDF."""

    _inherit = "sale.offer.history"

    def _render_html(self):
        """Return the document as one page of HTML that needs nothing else.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        # The language of that time may have been turned off since.
        lang = get_lang(self.env, self.lang).code
        return self._render_document(
            "sale_offer_reply.report_offer_reply_page",
            self.with_context(lang=lang)._prepare_document_values(),
            lang,
        )

    def _render_pdf(self):
        """Return the document as PDF.

        :rtype: bytes
        :raise UserError: when the renderer is missing, fails, hangs or returns rubbish
        """
        self.ensure_one()
        # sudo: only the settings of the report are read, whoever may read the row
        report = self.env.ref("sale_offer_reply.action_report_offer_reply").sudo()
        pdf = report._render_self_contained_pdf(self._render_html())
        return self._number_pages(pdf, self.order_name)

    def _get_pdf_content(self):
        """Return the stored document, or one made now while it is not stored yet.

        :rtype: bytes
        :raise UserError: when it has to be made and can't
        """
        self.ensure_one()
        # sudo: binary fields are read through their attachment; the caller may read
        # the row
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "pdf"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        return attachment_sudo.raw or self._render_pdf()

    # === VALUES ===

    def _prepare_document_values(self):
        """Return what the template shows; texts are in the language of the context.

        :rtype: dict
        """
        self.ensure_one()
        rows = self._prepare_document_rows()
        is_reply = self.kind in ("reply", "on_behalf")
        return {
            "doc": self,
            **self._prepare_letterhead_values(self.company_id),
            "kind_label": self._get_kind_label(),
            "date": self._format_document_date(self.date),
            "validity_date": format_date(self.env, self.validity_date),
            "person": self._get_contact_name()
            if self.kind == "sent"
            else self._get_person_name(),
            "row_groups": self._group_document_rows(rows),
            "has_discount": any(row["discount"] for row in rows),
            "has_taxes": any(row["taxes"] for row in rows),
            "is_reply": is_reply,
            "has_answers": is_reply or any(row["answer"] for row in rows),
            "terms": self._prepare_document_terms(),
            "summary": self._prepare_answer_summary(),
            "amount": lambda value: format_amount(self.env, value, self.currency_id),
            "side_total": self._get_side_total(),
        }

    def _prepare_document_rows(self):
        """Return the rows of the table of lines.

        :return: dicts with ``kind`` (heading, subheading, note, item, detail or side)
            and formatted values
        :rtype: list
        """
        lines = list(self.line_ids)
        return [
            self._prepare_document_row(line, following)
            for line, following in zip(lines, [*lines[1:], None], strict=True)
        ]

    def _prepare_document_row(self, line, following):
        """Return one row of the table of lines.

        :param line: `sale.offer.history.line` record
        :param following: the line after it, or None
        :rtype: dict
        """
        is_package = bool(line.display_type or (following and following.is_detail))
        is_text = bool(line.display_type and not line.quantity)
        kinds = {"line_section": "heading", "line_subsection": "subheading"}
        title, _newline, text = line.name.partition("\n")
        # A version that is sent again after a reply asks anew.
        asked = self.kind != "sent"
        row = {
            "kind": "item",
            "title": title,
            "text": text.strip(),
            "place": "",
            "answer": asked and line.answer,
            "comment": asked and line.comment,
            "answered_by": self._get_other_answerer(line),
            **dict.fromkeys(("quantity", "price", "discount", "taxes", "amount"), ""),
        }
        if is_text:
            kind = kinds.get(line.display_type, "note")
            return row | {"kind": kind}
        if not line.display_type:
            quantity = self._format_document_number(line.quantity, "Product Unit")
            row["quantity"] = f"{quantity} {line.uom_name or ''}".strip()
        if line.is_detail:
            return row | {"kind": "detail"}
        if line.discount:
            discount = self._format_document_number(line.discount, "Discount")
            row["discount"] = f"{discount} %"
        return row | {
            "kind": "side" if line.is_side_line else "item",
            "price": ""
            if is_package
            else formatLang(self.env, line.price_unit, dp="Product Price"),
            "taxes": line.tax_labels or "",
            "amount": formatLang(
                self.env, line.subtotal, digits=self.currency_id.decimal_places
            ),
        }

    def _group_document_rows(self, rows):
        """Return the rows in groups that a page break must not divide.

        A heading stays with the first line under it, a combo with what it is made of.

        :param list rows: rows of the table of lines
        :rtype: list
        """
        groups = []
        for row in rows:
            open_heading = groups and groups[-1][-1]["kind"] in (
                "heading",
                "subheading",
            )
            if row["kind"] == "detail" and groups:
                above = groups[-1][-1]
                above["place"] = "combo" if above["kind"] == "item" else ""
                row["place"] = "last"
                groups[-1].append(row)
            elif open_heading:
                groups[-1].append(row)
            else:
                groups.append([row])
        return groups

    def _get_other_answerer(self, line):
        """Return who answered the line and when, if that was not with this reply.

        :rtype: str
        """
        is_reply = self.kind in ("reply", "on_behalf")
        if not is_reply or not line.answer_by or not line.answer_date:
            return ""
        same_reply = abs(self.date - line.answer_date) < timedelta(minutes=1)
        # sudo: whoever may read the history may know who answered
        if same_reply and line.answer_by == self.partner_id.sudo().name:
            return ""
        return f"{line.answer_by}, {format_date(self.env, line.answer_date)}"

    def _prepare_document_terms(self):
        """Return the terms that were shown, those of the order first.

        :return: (what they are for, text) pairs
        :rtype: list
        """
        terms = [("", self._get_inline_html(self.terms_html))]
        for line in self.line_ids:
            terms.append(
                (line.name.split("\n")[0], self._get_inline_html(line.terms_html))
            )
        return [(title, text) for title, text in terms if text]

    def _prepare_answer_summary(self):
        """Return what each answer adds up to, without answers that nobody gave.

        :return: (answer, amounts) pairs
        :rtype: list
        """
        return [
            (answer, self.totals[answer])
            for answer in ("yes", "unsure", "no", "open")
            if self.totals and self.totals[answer]["count"]
        ]

    def _get_commented_lines(self):
        """Return the lines on which the customer commented.

        :rtype: recordset of `sale.offer.history.line`
        """
        return self.line_ids.filtered("comment")

    def _get_side_total(self):
        """Return what discounts, delivery and the like add to what was taken.

        :rtype: float
        """
        taken = (self.totals or {}).get("yes", {"count": 0})
        if not taken["count"]:
            return 0.0
        return self.currency_id.round(self.amount_total - taken["total"])

    def _get_kind_label(self):
        """Return the name of the kind of document.

        :rtype: str
        """
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _get_contact_name(self):
        """Return the name of the seller, else of who sent the version.

        :rtype: str
        """
        # sudo: whoever may read the history may know who sells
        seller = self.order_id.sudo().user_id or self.user_id.sudo()
        return "" if seller._is_superuser() else seller.name

    def _get_person_name(self):
        """Return the name of who acted, with the address where it was only typed.

        :rtype: str
        """
        self.ensure_one()
        # sudo: whoever may read the history may know who answered
        if self.partner_id:
            return self.partner_id.sudo().name or ""
        typed = [self.name_typed or "", self.email_typed and f"<{self.email_typed}>"]
        return " ".join(filter(None, typed))

    def _format_document_number(self, value, precision):
        """Return a number without needless decimals.

        :param float value: number
        :param str precision: name of the decimal precision
        :rtype: str
        """
        if value == int(value):
            return formatLang(self.env, value, digits=0)
        return formatLang(self.env, value, dp=precision)

    def _format_document_date(self, value):
        """Return a moment in the time zone of the seller, with its name.

        :param datetime.datetime value: moment in UTC
        :rtype: str
        """
        # sudo: only the time zone of the seller is read
        tz = (
            self.order_id.sudo().user_id.tz
            or self.company_id.sudo().partner_id.tz
            or "UTC"
        )
        local = pytz.utc.localize(value).astimezone(pytz.timezone(tz))
        day = format_date(self.env, local.date())
        time = format_time(self.env, value, tz=tz, time_format="short")
        return f"{day} {time} ({local.tzname()})"
