import base64
import io
import re
from datetime import timedelta

import lxml.html
import pytz
from markupsafe import Markup
from reportlab.pdfbase.pdfmetrics import stringWidth

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import (
    format_amount,
    format_date,
    format_time,
    formatLang,
    get_lang,
    html_sanitize,
    is_html_empty,
)
from odoo.tools.image import image_data_uri, image_process
from odoo.tools.pdf import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    OdooPdfFileWriter,
    PdfFileReader,
)

DEFAULT_COLOR = "#714B67"
LOGO_SIZE = (600, 200)
# Elements that make a renderer fetch something. Script never gets here, see below.
FETCHING_TAGS = "//img | //link | //source | //video | //audio | //iframe | //object"
# The line with the page number, in points; the height counts from the lower edge.
NUMBER_FONT, NUMBER_SIZE, NUMBER_HEIGHT = "Helvetica", 7, 22


class SaleOfferHistory(models.Model):
    """The document of a history row: one self-contained page, and its PDF."""

    _inherit = "sale.offer.history"

    def _render_html(self):
        """Return the document as one page of HTML that needs nothing else.

        Styles and logo are inside: a renderer that fetched them from this server could
        wait for a worker that is itself rendering.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        # The language of that time may have been turned off since.
        lang = get_lang(self.env, self.lang).code
        return Markup("<!DOCTYPE html>\n") + self.env["ir.qweb"]._render(
            "sale_offer_reply.report_offer_reply_page",
            self.with_context(lang=lang)._prepare_document_values(),
            lang=lang,
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
        return self._number_pages(pdf)

    def _number_pages(self, pdf):
        """Return the PDF with a line at the foot of each page, if there are several.

        Renderers without patched Qt know no page footers. What is on the pages is not
        touched: taking a long offer apart would take longer than drawing it.

        :param bytes pdf: the document
        :rtype: bytes
        """
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        count = len(reader.pages)
        if count < 2:
            return pdf
        writer = OdooPdfFileWriter()
        font = writer._addObject(
            DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Font"),
                    NameObject("/Subtype"): NameObject("/Type1"),
                    NameObject("/BaseFont"): NameObject(f"/{NUMBER_FONT}"),
                }
            )
        )
        before = self._add_pdf_stream(writer, "q\n")
        for number in range(1, count + 1):
            writer.addPage(reader.pages[number - 1])
            page = writer.getPage(number - 1)
            text = self._draw_page_number(page, number, count)
            page[NameObject("/Contents")] = ArrayObject(
                [
                    before,
                    page.raw_get("/Contents"),
                    self._add_pdf_stream(writer, f"\nQ\n{text}"),
                ]
            )
            resources = page["/Resources"]
            fonts = resources.get("/Font", DictionaryObject())
            fonts[NameObject("/OfferNumber")] = font
            resources[NameObject("/Font")] = fonts
        numbered = io.BytesIO()
        writer.write(numbered)
        return numbered.getvalue()

    def _add_pdf_stream(self, writer, content):
        """Add PDF operators to a file, and return the reference to them."""
        stream = DecodedStreamObject()
        stream.setData(content.encode("ascii"))
        return writer._addObject(stream)

    def _draw_page_number(self, page, number, count):
        """Return the PDF operators that write a page's number at its foot.

        :rtype: str
        """
        text = f"{number} / {count}"
        # The built-in font has no more than western letters.
        if self.order_name.isascii():
            text = f"{self.order_name}   {text}"
        width = stringWidth(text, NUMBER_FONT, NUMBER_SIZE)
        left = (float(page.mediaBox.getWidth()) - width) / 2
        text = re.sub(r"([\\()])", r"\\\1", text)
        return (
            f"BT 0.4 g /OfferNumber {NUMBER_SIZE} Tf "
            f"{left:.1f} {NUMBER_HEIGHT} Td ({text}) Tj ET\n"
        )

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
        # sudo: the letterhead is public, but a company's settings are not
        company = self.company_id.sudo()
        rows = self._prepare_document_rows()
        is_reply = self.kind in ("reply", "on_behalf")
        return {
            "doc": self,
            "company": company,
            "company_details": self._get_inline_html(company.company_details),
            "company_address": self._get_address_text(company.partner_id),
            "report_footer": self._get_inline_html(company.report_footer),
            "logo": self._get_document_logo(company),
            "color": company.primary_color or DEFAULT_COLOR,
            "direction": get_lang(self.env).direction,
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

    def _get_address_text(self, partner):
        """Return the postal address of a partner without empty lines.

        :rtype: str
        """
        lines = partner._display_address(without_company=True).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    def _get_document_logo(self, company):
        """Return the logo as data, False when the company has none of its own.

        :param company: `res.company` record
        :rtype: str | bool
        """
        if not company.logo or company.uses_default_logo:
            return False
        logo = company.logo
        try:
            # Old renderers know neither WebP nor what to do with millions of pixels.
            logo = base64.b64encode(
                image_process(
                    base64.b64decode(logo), size=LOGO_SIZE, output_format="PNG"
                )
            )
        except (UserError, ValueError):
            return False
        return image_data_uri(logo)

    def _get_inline_html(self, html):
        """Return a text as HTML that fetches nothing, False when it is empty.

        Pictures are replaced by their description.

        :param html: content of an Html field
        :rtype: markupsafe.Markup | bool
        """
        if is_html_empty(html):
            return False
        root = lxml.html.fragment_fromstring(str(html), create_parent="div")
        for node in root.xpath(FETCHING_TAGS):
            node.tail = f"{node.get('alt') or ''}{node.tail or ''}"
            node.drop_tree()
        for node in root.xpath("//*[@style or @background or @srcset]"):
            node.attrib.pop("background", None)
            node.attrib.pop("srcset", None)
            if "url" in node.get("style", "").lower():
                del node.attrib["style"]
        text = lxml.html.tostring(root, encoding="unicode")
        return html_sanitize(text, sanitize_style=True, strip_classes=True)

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
