import base64
import io
import re

import lxml.html
from markupsafe import Markup
from reportlab.pdfbase.pdfmetrics import stringWidth

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import get_lang, html_sanitize, is_html_empty
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


class OfferdeskDocumentMixin(models.AbstractModel):
    """A document as one page of HTML that fetches nothing, and its PDF.

    Styles and logo are inside: a renderer that fetched them from this server could wait
    for a worker that is itself rendering.
    """

    _name = "offerdesk.document.mixin"
    _description = "Self-Contained Document"

    def _render_html(self):
        """Return the document as HTML that fetches nothing (single record).

        :rtype: markupsafe.Markup
        """
        raise NotImplementedError

    def _get_pdf_content(self):
        """Return the document as PDF (single record).

        :rtype: bytes
        :raise UserError: when it can't be made
        """
        raise NotImplementedError

    def _render_document(self, template, values, lang):
        """Return a document as HTML.

        :param str template: XML id
        :param dict values: what it shows
        :param str lang: code of its language
        :rtype: markupsafe.Markup
        """
        return Markup("<!DOCTYPE html>\n") + self.env["ir.qweb"]._render(
            template, values, lang=lang
        )

    def _prepare_letterhead_values(self, company):
        """Return what letterhead, styles and footer show.

        :param company: `res.company`
        :rtype: dict
        """
        # sudo: the letterhead is public, but a company's settings are not
        company_sudo = company.sudo()
        return {
            "company": company_sudo,
            "company_details": self._get_inline_html(company_sudo.company_details),
            "company_address": self._get_address_text(company_sudo.partner_id),
            "report_footer": self._get_inline_html(company_sudo.report_footer),
            "logo": self._get_document_logo(company_sudo),
            "color": company_sudo.primary_color or DEFAULT_COLOR,
            "direction": get_lang(self.env).direction,
        }

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

    def _number_pages(self, pdf, name):
        """Return the PDF with a line at the foot of each page, if there are several.

        Renderers without patched Qt know no page footers. What is on the pages is not
        touched: taking a long offer apart would take longer than drawing it.

        :param bytes pdf: the document
        :param str name: stands before the numbers
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
            text = self._draw_page_number(page, number, count, name)
            page[NameObject("/Contents")] = ArrayObject(
                [
                    before,
                    page.raw_get("/Contents"),
                    self._add_pdf_stream(writer, f"\nQ\n{text}"),
                ]
            )
            resources = page["/Resources"]
            fonts = resources.get("/Font", DictionaryObject())
            fonts[NameObject("/PageNumber")] = font
            resources[NameObject("/Font")] = fonts
        numbered = io.BytesIO()
        writer.write(numbered)
        return numbered.getvalue()

    def _add_pdf_stream(self, writer, content):
        """Add PDF operators to a file, and return the reference to them."""
        stream = DecodedStreamObject()
        stream.setData(content.encode("ascii"))
        return writer._addObject(stream)

    def _draw_page_number(self, page, number, count, name):
        """Return the PDF operators that write a page's number at its foot.

        :rtype: str
        """
        text = f"{number} / {count}"
        # The built-in font has no more than western letters.
        if name.isascii():
            text = f"{name}   {text}"
        width = stringWidth(text, NUMBER_FONT, NUMBER_SIZE)
        left = (float(page.mediaBox.getWidth()) - width) / 2
        text = re.sub(r"([\\()])", r"\\\1", text)
        return (
            f"BT 0.4 g /PageNumber {NUMBER_SIZE} Tf "
            f"{left:.1f} {NUMBER_HEIGHT} Td ({text}) Tj ET\n"
        )
