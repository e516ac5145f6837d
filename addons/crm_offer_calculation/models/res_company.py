from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    offer_calculation_enabled = fields.Boolean(
        string="Calculate Offers on Deals",
        default=True,
        help="Without it, deals keep the value and the cost they had, which are "
        "entered by hand from then on. Offers are hidden, not deleted.",
    )
    offer_accept_wins = fields.Boolean(
        string="Accepted Offers Win the Deal",
        default=True,
        help="A deal is won when the customer accepts one of its variants.",
    )
