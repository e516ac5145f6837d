from odoo import http
from odoo.http import request

from odoo.addons.website_sale.controllers.cart import Cart


class RequestCart(Cart):
    """The cart's page, which changes without being loaded again."""

    @http.route()
    def update_cart(self, line_id, quantity, product_id=None, **kwargs):
        cart = request.cart
        was_gated = cart and cart._is_gated()
        values = super().update_cart(line_id, quantity, product_id, **kwargs)
        if cart and was_gated != cart._is_gated():
            # The button leads somewhere else now. Odoo leaves it as it was, because
            # for Odoo no change of a quantity changes the next step.
            values["website_sale.shorter_cart_summary"] = request.env[
                "ir.ui.view"
            ]._render_template(
                "website_sale.shorter_cart_summary",
                {
                    "website_sale_order": cart,
                    # Express checkout needs scripts that run when a page is loaded.
                    "show_shorter_cart_summary": False,
                    **request.website._get_checkout_step_values(),
                },
            )
        return values
