from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print quotations in the layout of their template, wherever the core prints
        them: on the portal, in mails, when they are signed."""
        prepare = super()._render_qweb_pdf_prepare_streams
        report = self._get_report(report_ref)
        if not res_ids or report.report_name != "sale.report_saleorder":
            return prepare(report_ref, data, res_ids=res_ids)
        # sudo: customers print their orders, and can't read templates
        orders_sudo = self.env["sale.order"].sudo().browse(res_ids)
        layouts = {
            order_sudo.id: order_sudo.sale_order_template_id.report_id or report
            for order_sudo in orders_sudo
        }
        if len(set(layouts.values())) == 1:
            return prepare(layouts[res_ids[0]], data, res_ids=res_ids)
        streams = {}
        for order_id, layout in layouts.items():
            streams.update(prepare(layout, data, res_ids=[order_id]))
        return streams
