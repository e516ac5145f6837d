import json

from odoo.http import request

from odoo.addons.website_event_booth.controllers.event_booth import (
    WebsiteEventBoothController,
)


class RequestBooths(WebsiteEventBoothController):
    """Free booths, whose order Odoo confirms without a checkout."""

    def _prepare_booth_registration_success_values(self, event_name, booth_values):
        # The order that was just confirmed, or held by the gate instead.
        order_sudo = request.cart
        if order_sudo.gate_held_on:
            request.session["sale_last_order_id"] = order_sudo.id
            return json.dumps({"redirect": "/shop/confirmation"})
        return super()._prepare_booth_registration_success_values(
            event_name, booth_values
        )
