from odoo.http import request
from odoo.tools import consteq

from odoo.addons.crm_offer_calculation.controllers.portal_offer import VariantPortal


class VariantReplyPortal(VariantPortal):
    def _is_offer_open(self, offer_sudo, token):
        """Obey who its variants are limited to, and whether their links are enough."""
        user = request.env.user
        if not super()._is_offer_open(offer_sudo, token):
            return False
        if user._is_internal():
            return True
        has_link = bool(token) and consteq(offer_sudo.access_token or "", token)
        # Who has the link to all of them has that to each, made already or not.
        return all(
            order_sudo._is_offer_open_to(
                user, has_link and order_sudo._portal_ensure_token()
            )
            for order_sudo in offer_sudo._get_shown_variants()
        )
