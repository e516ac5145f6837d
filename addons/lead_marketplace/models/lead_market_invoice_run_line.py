from odoo import fields, models


class LeadMarketInvoiceRunLine(models.Model):
    _name = "lead.market.invoice.run.line"
    _description = "Workshop in an Invoicing of Commissions"
    _order = "result desc, id"

    run_id = fields.Many2one(
        "lead.market.invoice.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    workshop_partner_id = fields.Many2one(
        "res.partner", string="Workshop", required=True, readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    result = fields.Selection(
        [
            ("created", "Invoiced"),
            ("settled", "Set off"),
            ("skipped", "Skipped"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null"
    )
    accrual_count = fields.Integer(string="Entries", readonly=True)
    amount = fields.Monetary(readonly=True)
