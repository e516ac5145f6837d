import io

from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _is_offer_document(self, report_ref):
        """Return whether a report is the document of an offer's history.

        :param report_ref: report, its id, XML id or name
        :rtype: bool
        """
        report = self._get_report(report_ref)
        return report.report_name == "sale_offer_reply.report_offer_reply_page"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Serve the stored documents of an offer's history.

        Each is rendered by itself where it is not stored yet: a renderer without
        patched Qt takes one document at a time.
        """
        if not self._is_offer_document(report_ref):
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        histories = self.env["sale.offer.history"].browse(res_ids)
        histories.check_access("read")
        return {
            history.id: {
                "stream": io.BytesIO(history._get_pdf_content()),
                "attachment": None,
            }
            for history in histories
        }

    def _render_qweb_html(self, report_ref, docids, data=None):
        if not self._is_offer_document(report_ref):
            return super()._render_qweb_html(report_ref, docids, data=data)
        histories = self.env["sale.offer.history"].browse(docids)
        histories.check_access("read")
        pages = [history._render_html().encode() for history in histories]
        return b"\n".join(pages), "html"
