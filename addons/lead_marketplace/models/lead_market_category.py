from odoo import fields, models


class LeadMarketCategory(models.Model):
    _name = "lead.market.category"
    _description = "Category of Marketplace Requests"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    for_whom_label = fields.Char(
        string="Label of For Whom",
        translate=True,
        help="What customers and workshops call the person that the work is for.",
    )
    call_script = fields.Text(
        translate=True,
        groups="base.group_user",
        help="What operators ask customers on the phone. Empty: the usual questions.",
    )
    max_takers = fields.Integer(
        string="Most Workshops",
        help="How many workshops may open a contact. 0: no limit.",
    )
    exclusive_hours = fields.Integer(
        string="Hours for One",
        help="The workshop that opens a contact first has it alone for so many hours.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Commission Product",
        groups="base.group_user",
        help="Stands on the invoices of commissions; its income account and taxes "
        "count.",
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account", groups="base.group_user"
    )

    _max_takers_positive = models.Constraint(
        "CHECK (max_takers >= 0 AND exclusive_hours >= 0)",
        "A number of workshops or hours can't be negative.",
    )
