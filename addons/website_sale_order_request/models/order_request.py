from odoo import fields, models


class OrderRequest(models.Model):
    _inherit = "order.request"

    website_visitor_id = fields.Many2one(
        comodel_name="website.visitor",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="website.group_website_designer",
        help="Whose cart it was, so that visits without an order can be told.",
    )
