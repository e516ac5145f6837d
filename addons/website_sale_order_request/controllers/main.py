from odoo.http import request

from odoo.addons.website_sale.controllers.main import WebsiteSale


class RequestCheckout(WebsiteSale):
    """The shop's checkout, which a gated cart leaves for the request.

    Convenience only: what may start is decided in `sale.order` and
    `payment.transaction`.
    """

    def _check_cart_and_addresses(self, order_sudo):
        if redirection := self._check_cart(order_sudo):
            return redirection
        if order_sudo._is_gated():
            return request.redirect("/shop/request")
        return super()._check_cart_and_addresses(order_sudo)

    def _get_shop_payment_errors(self, order):
        errors = super()._get_shop_payment_errors(order)
        # What was paid already is held for the seller, its customer sees where it is.
        is_paid = order.get_portal_last_transaction().state in (
            "pending",
            "authorized",
            "done",
        )
        if not is_paid and order._is_gated():
            title = request.env._("This order can't start yet.")
            errors.append((title, order._describe_gate()))
        return errors
