import json
import uuid

from freezegun import freeze_time

from odoo.addons.order_request.tests.common import NOON
from odoo.addons.order_request.tests.common_portal import PortalCase
from odoo.addons.order_request.tests.test_order_gate import GateCase


class ShopCase(PortalCase, GateCase):
    """The studio's shop; by night first orders of a logo are requests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The one that a browser gets to without a domain.
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.write({"company_id": cls.company.id, "salesperson_id": False})
        (cls.logo + cls.poster).product_tmpl_id.is_published = True
        cls.contact.phone = "+33 1 23 45 67 89"

    def setUp(self):
        super().setUp()
        self.visit()

    def visit(self, login=None):
        """Open a browser, logged in or not."""
        self.authenticate(login, login)

    def call(self, url, params):
        """Call a JSON route as the shop's JavaScript does."""
        self.env.flush_all()
        answer = self.url_open(
            url,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        return answer.json()

    def go(self, url):
        """Return where a page leads, without going there."""
        self.env.flush_all()
        answer = self.url_open(url, allow_redirects=False)
        self.env.invalidate_all()
        return answer.headers.get("Location", "").removeprefix(self.base_url())

    def add(self, *products):
        """Put products into the cart, which is returned.

        At noon of the same day: a session does not live until today.
        """
        for product in products:
            with freeze_time(NOON):
                self.call(
                    "/shop/cart/add",
                    {
                        "product_template_id": product.product_tmpl_id.id,
                        "product_id": product.id,
                        "quantity": 1,
                    },
                )
        return self.env["sale.order"].search(
            [("website_id", "=", self.website.id)], order="id desc", limit=1
        )

    def pay(self, order, route="/shop/payment/transaction", **params):
        """Start a payment as the payment form does."""
        return self.call(
            f"{route}/{order.id}",
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.payment_method_id,
                "token_id": None,
                "amount": order.amount_total,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/shop/payment/validate",
                "access_token": order._portal_ensure_token(),
                **params,
            },
        )

    def send(self, at, **data):
        """Send the form of the request."""
        with freeze_time(at):
            return self.post(
                "/shop/request",
                {
                    "idempotency_key": str(uuid.uuid4()),
                    "name": "Gitta Gast",
                    "email": "gitta@guest.example",
                    "brief": "A loaf",
                    **data,
                },
            )

    def find_requests(self):
        return self.env["order.request"].search([("origin", "=", "website")])

    def assert_not_started(self, order):
        self.assertNotEqual(order.state, "sale")
        self.assertFalse(order.first_confirmed_on)
