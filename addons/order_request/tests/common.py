import uuid
from datetime import datetime

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.order_request.customer_order import CustomerLine, CustomerOrder

# A Tuesday, ten in the evening in Paris, and noon.
NIGHT = datetime(2026, 6, 2, 20)
NOON = datetime(2026, 6, 2, 10)


class OrderRequestCommon(TransactionCase):
    """A design studio in Paris, which looks at first orders that come at night.

    Not built on `BaseCommon`: that silences mails and tracking.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        # Some of Odoo's test classes act as an accountant, who has no policies.
        cls.env = cls.env(
            user=SUPERUSER_ID,
            context={**cls.env.context, "allowed_company_ids": cls.company.ids},
        )
        cls.env["order.request.policy"].search([]).unlink()
        if "offer_reply_default" in cls.company._fields:
            # Offers are signed here, not answered line by line.
            cls.company.offer_reply_default = False
        cls.seller = new_test_user(
            cls.env,
            "request_seller",
            groups="sales_team.group_sale_salesman,"
            "order_request.group_order_request_seller",
            name="Sofie Seller",
            email="sofie@seller.example",
        )
        cls.other_seller = new_test_user(
            cls.env, "request_other_seller", groups="sales_team.group_sale_salesman"
        )
        cls.manager = new_test_user(
            cls.env, "request_manager", groups="sales_team.group_sale_manager"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Bakery Blum", "is_company": True, "email": "blum@c.example"}
        )
        cls.portal_user = cls._create_login("request_portal", "Bea Blum")
        cls.colleague_user = cls._create_login("request_colleague", "Ben Blum")
        cls.stranger_user = cls._create_login("request_stranger", "Sam", parent=False)
        cls.contact = cls.portal_user.partner_id
        cls.logo = cls._create_service("Logo", 100)
        cls.poster = cls._create_service("Poster", 50)
        cls.policy = cls.env["order.request.policy"].create(
            {
                "audience": "first",
                "product_tmpl_ids": [Command.set(cls.logo.product_tmpl_id.ids)],
                "tz": "Europe/Paris",
                "responsible_id": cls.seller.id,
                "window_ids": [
                    Command.create({"weekday": str(day), "hour_from": 21, "hour_to": 6})
                    for day in range(7)
                ],
            }
        )

    @classmethod
    def _create_login(cls, login, name, parent=True):
        user = new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            name=name,
            email=f"{login}@customer.example",
        )
        if parent:
            user.partner_id.parent_id = cls.customer
        return user

    @classmethod
    def _create_service(cls, name, price, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "taxes_id": [Command.clear()],
                "order_request_published": True,
                **vals,
            }
        )

    @classmethod
    def _fill_in(cls, *products, **values):
        lines = [CustomerLine(product=product) for product in products]
        return CustomerOrder(lines=lines, **{"key": str(uuid.uuid4()), **values})

    @classmethod
    def _send_request(cls, *products, user=None, reason="first_time", **values):
        """Return a request as a customer's form makes it."""
        user = user or cls.portal_user
        sent = cls._fill_in(*(products or (cls.logo,)), **values)
        return (
            cls.env["order.request"]
            .with_user(user)
            .sudo()
            ._submit_from_customer(sent, user.partner_id, cls.company, reason, "portal")
            .with_user(cls.seller)
            .sudo(False)
        )

    @classmethod
    def _place_order(cls, *products, user=None, **values):
        """Return an order as a customer's form makes it, seen as its pages do."""
        user = user or cls.portal_user
        sent = cls._fill_in(*(products or (cls.logo,)), **values)
        return (
            cls.env["sale.order"]
            .with_user(user)
            .sudo()
            ._order_from_customer(sent, user.partner_id, cls.company)
        )

    def _offer(self, request, price=120.0, expires_on=False, message=""):
        line = {
            "product_id": request.line_ids.product_id[:1].id,
            "product_uom_qty": 1,
            "price_unit": price,
        }
        return request.with_user(self.seller)._offer([line], expires_on, message)

    def run_clock(self, at):
        """Run the job of the clock at a moment."""
        self.env.flush_all()
        with freeze_time(at), self.enter_registry_test_mode():
            self.env.ref(
                "order_request.ir_cron_order_request_clock"
            ).method_direct_trigger()
        self.env.invalidate_all()
