from uuid import uuid4

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.offerdesk_test_support.http_case import Route, RouteCase
from odoo.addons.offerdesk_test_support.matrix import MatrixMixin, Principal
from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase

from .common import ShopCase


def _request_fields(case):
    return {
        "name": "Gitta Gast",
        "email": "gitta@guest.example",
        "phone": "",
        "brief": "A loaf, drawn by hand.",
        "desired_start": "",
        f"answer_{case.question.id}": "Children",
        "scope": "gated",
        "idempotency_key": str(uuid4()) if case.fresh_keys else case.KEY,
    }


def _pay_fields(order):
    return lambda case: {
        "provider_id": case.provider.id,
        "payment_method_id": case.payment_method_id,
        "token_id": None,
        "amount": order(case).amount_total,
        "flow": "direct",
        "tokenization_requested": False,
        "landing_route": "/shop/payment/validate",
        "access_token": order(case).access_token,
    }


def _own(case):
    return case.cart


def _foreign(case):
    return case.carts["request_stranger"]


def _shows(case):
    return "Logo"


FORM = Route("/shop/request", token=None, shows=_shows, others=("POST",))
SEND = Route(
    "/shop/request",
    verb="POST",
    fields=_request_fields,
    odd_names=lambda case: ["answer_0", "answer_x", "files", "partner_id"],
    good="303 /my/requests/<id> notice=sent",
    writes=True,
    token=None,
    others=("GET", "HEAD"),
)
# Odoo's route, to whose answer ours adds the button. What may be sent is Odoo's affair.
CHANGE = Route(
    "/shop/cart/update",
    verb="POST",
    kind="jsonrpc",
    fields=lambda case: {"line_id": case.cart.order_line[0].id, "quantity": 2},
    writes=True,
    token=None,
)
OWN_ROUTES = [FORM, SEND, CHANGE]
# Ways of the shop to go on with a cart.
CORE_ROUTES = [
    Route("/shop/checkout", token=None, ours=False),
    Route("/shop/payment", token=None, ours=False),
    Route("/shop/payment/validate", token=None, ours=False),
    Route(
        "/shop/payment/transaction/<int:order_id>",
        verb="POST",
        kind="jsonrpc",
        path={"order_id": lambda case: case.cart.id},
        fields=_pay_fields(_own),
        token=None,
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/transaction",
        verb="POST",
        kind="jsonrpc",
        path={"order_id": lambda case: _foreign(case).id},
        fields=_pay_fields(_foreign),
        token=None,
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/accept",
        verb="POST",
        kind="jsonrpc",
        path={"order_id": lambda case: case.cart.id},
        fields=lambda case: {
            "access_token": case.cart.access_token,
            "name": "Gitta",
            "signature": "iVBORw0KGgo=",
        },
        token=None,
        ours=False,
    ),
]
PRINCIPALS = (
    Principal("visitor"),
    Principal("customer", "request_portal"),
    Principal("stranger", "request_stranger"),
    Principal("employee", "request_employee"),
    Principal("seller", "request_seller"),
)


class ShopSecurityCase(RouteCase, KeptTemplatesCase, ShopCase):
    """Everybody has a cart of their own with a logo, which has to be asked for at any
    hour, and a poster, which can be ordered."""

    fingerprint_modules = (
        *("base", "mail", "base_offerdesk", "payment", "account", "sale"),
        *("sale_management", "order_request", "website_sale"),
    )
    fingerprint_ignored = ("portal_throttle",)
    KEY = "11111111-1111-4111-8111-111111111111"
    fresh_keys = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"audience": "all", "window_ids": [Command.clear()]})
        template = cls.logo.product_tmpl_id
        template.order_request_question_ids = [
            Command.create({"name": "For whom is it?", "is_required": False})
        ]
        cls.question = template.order_request_question_ids
        new_test_user(cls.env, "request_employee", groups="base.group_user")
        users = cls.env["res.users"].search(
            [("login", "in", [one.role for one in PRINCIPALS])]
        )
        cls.carts = {user.login: cls._fill_cart(user.partner_id) for user in users}
        cls.carts[None] = cls._fill_cart(cls.website.user_id.partner_id)
        cls.env.flush_all()

    @classmethod
    def _fill_cart(cls, partner):
        cart = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "website_id": cls.website.id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create({"product_id": product.id})
                    for product in (cls.logo, cls.poster)
                ],
            }
        )
        cart._portal_ensure_token()
        return cart

    def setUp(self):
        super().setUp()
        self.become(None)

    def become(self, login):
        self.cart = self.carts[login]
        return super().become(login)

    def session_extra(self):
        return {"sale_order_id": self.cart.id}


class ShopMatrixCase(MatrixMixin, ShopSecurityCase):
    principals = PRINCIPALS
    verbs = ("GET", "POST")

    def login_of(self, role):
        return role
