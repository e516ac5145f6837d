from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_later import PayLaterCase


@tagged("post_install", "-at_install")
class TestCashOnDelivery(PayLaterCase):
    """Orders that are paid at the door, and confirmed before."""

    custom_mode = "cash_on_delivery"
    payment_method_code = "cash_on_delivery"

    @classmethod
    def _prepare_carrier_vals(cls):
        return {"delivery_type": "fixed", "allow_cash_on_delivery": True}

    @mute_logger("odoo.http")
    def test_refused_by_night(self):
        self.check_refused_by_night()

    def test_confirmed_by_day(self):
        self.check_confirmed_by_day()

    def test_held_when_it_grew(self):
        self.check_held_when_it_grew()
