from odoo import models
from odoo.http import request


class Website(models.Model):
    _inherit = "website"

    def _get_checkout_step_values(self):
        values = super()._get_checkout_step_values()
        cart = request.cart
        if cart and cart._is_gated() and not cart._is_shop_closed():
            # Steps are records that everybody sees; only this cart takes another way.
            values["next_website_checkout_step_href"] = "/shop/request"
        return values
