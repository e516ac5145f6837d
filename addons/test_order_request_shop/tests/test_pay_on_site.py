from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.website_sale_order_request.tests.common_later import PayLaterCase


@tagged("post_install", "-at_install")
class TestPayOnSite(PayLaterCase):
    """Orders that are paid in the shop, and confirmed before."""

    custom_mode = "on_site"
    payment_method_code = "pay_on_site"

    @classmethod
    def _prepare_carrier_vals(cls):
        warehouses = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        return {"delivery_type": "in_store", "warehouse_ids": warehouses.ids}

    @mute_logger("odoo.http")
    def test_refused_by_night(self):
        self.check_refused_by_night()

    def test_confirmed_by_day(self):
        self.check_confirmed_by_day()

    def test_held_when_it_grew(self):
        self.check_held_when_it_grew()
