from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    offer_terms = fields.Html(
        translate=True,
        help="Terms and conditions of this product. They are copied into every offer "
        "line with the product, and the customer accepts them with the reply.",
    )
