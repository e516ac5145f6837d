from odoo import fields, models


class SaleOrderTemplate(models.Model):
    _inherit = "sale.order.template"

    report_id = fields.Many2one(
        comodel_name="ir.actions.report",
        string="PDF Layout",
        domain=[("model", "=", "sale.order"), ("report_type", "=", "qweb-pdf")],
        ondelete="set null",
        help="What quotations made from this template are printed with. By default it "
        "is the company's usual layout.",
    )
