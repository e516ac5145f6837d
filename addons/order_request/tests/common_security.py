from uuid import uuid4

from odoo import SUPERUSER_ID, Command
from odoo.tests import new_test_user

from odoo.addons.offerdesk_test_support.http_case import Route, RouteCase
from odoo.addons.offerdesk_test_support.matrix import (
    PRINCIPALS as COMMON_PRINCIPALS,
)
from odoo.addons.offerdesk_test_support.matrix import MatrixMixin, Principal
from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase

from .common import OrderRequestCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)
SERVICE_ID = {"service_id": lambda case: case.logo.product_tmpl_id.id}
FREE_SERVICE_ID = {"service_id": lambda case: case.poster.product_tmpl_id.id}
# Requests of the same customer: one that waits, one with an offer; and an order.
NEW = {"request_id": lambda case: case.request.id}
OFFERED = {"request_id": lambda case: case.offered.id}
GATED = {"order_id": lambda case: case.gated.id}
OFFER = {"order_id": lambda case: case.offered.offer_id.id}


def _key(case):
    return str(uuid4()) if case.fresh_keys else case.KEY


def _order_fields(mode):
    return lambda case: {
        "mode": mode,
        "quantity": "2",
        "variant": "",
        "brief": "Two loaves.",
        "desired_start": "",
        f"answer_{case.question.id}": "Children",
        "idempotency_key": _key(case),
    }


def _link(case, **extra):
    return {"access_token": case.request.access_token, **extra}


def _message(name):
    return lambda case: {
        "access_token": case[name].access_token,
        "message": "In blue, please.",
        "idempotency_key": _key(case),
    }


def _form(action, request, notice):
    name = "request" if request is NEW else "offered"
    return Route(
        f"/my/requests/<int:request_id>/{action}",
        verb="POST",
        path=request,
        fields=_message(name),
        good=f"303 /my/requests/<id> notice={notice}",
        writes=True,
    )


SERVICES = Route(
    "/my/services",
    fields={"page": "1"},
    token=None,
    shows=lambda case: case.logo.name,
)
SERVICES_PAGE = Route(
    "/my/services/page/<int:page>",
    path={"page": 1},
    token=None,
    shows=lambda case: case.logo.name,
)
SERVICE = Route(
    "/my/services/<int:service_id>",
    path=SERVICE_ID,
    token=None,
    shows=lambda case: case.question.name,
)
SERVICE_IMAGE = Route(
    "/my/services/<int:service_id>/image", path=SERVICE_ID, token=None
)
SEND = Route(
    "/my/services/<int:service_id>/order",
    verb="POST",
    path=SERVICE_ID,
    fields=_order_fields("request"),
    odd_names=lambda case: ["answer_0", "answer_x", "files", "mode", "partner_id"],
    good="303 /my/requests/<id> notice=sent",
    writes=True,
    token=None,
)
ORDER = Route(
    "/my/services/<int:service_id>/order",
    verb="POST",
    path=FREE_SERVICE_ID,
    fields=_order_fields("order"),
    good="303 /my/orders/<id>",
    writes=True,
    token=None,
)
REQUESTS = Route(
    "/my/requests",
    fields={"page": "1"},
    token=None,
    shows=lambda case: case.request.name,
)
REQUESTS_PAGE = Route(
    "/my/requests/page/<int:page>",
    path={"page": 1},
    token=None,
    shows=lambda case: case.request.name,
)
REQUEST = Route(
    "/my/requests/<int:request_id>",
    path=NEW,
    fields=lambda case: _link(case, notice="sent"),
    shows=lambda case: "drawn by hand",
)
FILE = Route(
    "/my/requests/<int:request_id>/file/<int:attachment_id>",
    path={**NEW, "attachment_id": lambda case: case.file.id},
    fields=_link,
    shows=lambda case: "A loaf of rye",
)
REPLY = _form("reply", NEW, "replied")
CHANGES = _form("changes", OFFERED, "changes")
WITHDRAW = _form("withdraw", NEW, "withdrawn")
SERVICE_ROUTES = [SERVICES, SERVICES_PAGE, SERVICE, SERVICE_IMAGE, SEND]
BY_LINK = [REQUEST, FILE, REPLY, CHANGES, WITHDRAW]
OWN_ROUTES = [*SERVICE_ROUTES, REQUESTS, REQUESTS_PAGE, *BY_LINK]


def _pay_fields(case, order):
    return {
        "access_token": order.access_token,
        "provider_id": case.provider.id,
        "payment_method_id": case.payment_method.id,
        "token_id": None,
        "amount": order.amount_total,
        "flow": "direct",
        "tokenization_requested": False,
        "landing_route": "/my",
    }


def _thread(case, **extra):
    return {
        "thread_model": "order.request",
        "thread_id": case.request.id,
        "token": case.request.access_token,
        **extra,
    }


# Routes of the core that lead to requests, offers and orders which have to wait.
CORE_ROUTES = [
    Route(
        "/my/orders/<int:order_id>/accept",
        verb="POST",
        kind="jsonrpc",
        path=GATED,
        fields=lambda case: {
            "access_token": case.gated.access_token,
            "name": "Bea",
            "signature": PIXEL,
        },
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/transaction",
        verb="POST",
        kind="jsonrpc",
        path=GATED,
        fields=lambda case: _pay_fields(case, case.gated),
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/decline",
        verb="POST",
        path=OFFER,
        fields=lambda case: {
            "access_token": case.offered.offer_id.access_token,
            "decline_message": "Too late.",
        },
        ours=False,
    ),
    Route(
        "/mail/chatter_fetch",
        verb="POST",
        kind="jsonrpc",
        fields=_thread,
        shows=lambda case: "Is it for a shop?",
        token="token",
        ours=False,
    ),
    Route(
        "/mail/message/post",
        verb="POST",
        kind="jsonrpc",
        fields=lambda case: _thread(
            case, post_data={"body": "Hello", "message_type": "comment"}
        ),
        token="token",
        ours=False,
    ),
]
PRINCIPALS = (*COMMON_PRINCIPALS, Principal("seller", "seller"))


class RequestSecurityCase(RouteCase, KeptTemplatesCase, OrderRequestCommon):
    """Requests of two customers, and everybody who may want to see them.

    Logos have to be asked for at any hour, posters can be ordered.
    """

    fingerprint_modules = (
        *("base", "mail", "base_offerdesk", "payment", "account", "sale"),
        *("sale_management", "order_request"),
    )
    fingerprint_ignored = ("portal_throttle",)
    KEY = "11111111-1111-4111-8111-111111111111"
    fresh_keys = False
    secrets = ("They never pay", "Beware of them", "Rye secret")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write(
            {
                "audience": "all",
                "exempt_after_offer": False,
                "window_ids": [Command.clear()],
            }
        )
        cls.logo.product_tmpl_id.image_1920 = PIXEL
        (cls.logo + cls.poster).product_tmpl_id.order_request_question_ids = [
            Command.create({"name": "For whom is it?", "is_required": False})
        ]
        cls.question = cls.logo.product_tmpl_id.order_request_question_ids
        cls.hidden = cls._create_service("Rye secret", 1, order_request_published=False)
        new_test_user(cls.env, "request_employee", groups="base.group_user")
        cls._create_requests()
        cls._create_orders()
        cls.env.flush_all()

    @classmethod
    def _create_requests(cls):
        files = [("loaf.txt", b"A loaf of rye")]
        cls.request = cls._send_request(brief="A loaf, drawn by hand.", files=files)
        cls.file = cls.request._get_conversation().attachment_ids
        cls.request._ask("Is it for a shop?")
        # as the chatter of the back office posts a note
        cls.request.message_post(
            body="They never pay",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        cls.request.internal_note = "Beware of them"
        cls.offered = cls._send_request(brief="Another loaf")
        cls.offered._offer(
            [{"product_id": cls.logo.id, "price_unit": 120}], False, "Two drafts."
        )
        cls.foreign = cls._send_request(user=cls.stranger_user, brief="A stranger's")

    @classmethod
    def _create_orders(cls):
        cls.gated = cls._place_order(cls.poster).with_user(SUPERUSER_ID)
        cls.gated.gate_pass_on = False
        cls.gated.order_line.product_id = cls.logo
        cls.gated._portal_ensure_token()
        cls.provider = cls.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test"}
        )
        cls.payment_method = cls.env["payment.method"].create(
            {
                "name": "Test card",
                "code": "request_test",
                "image": PIXEL,
                "provider_ids": [Command.set(cls.provider.ids)],
            }
        )

    def __getitem__(self, name):
        return getattr(self, name)


class RequestMatrixCase(MatrixMixin, RequestSecurityCase):
    principals = PRINCIPALS
    verbs = ("GET", "POST")

    def login_of(self, role):
        return {
            "owner": "request_portal",
            "colleague": "request_colleague",
            "stranger": "request_stranger",
            "employee": "request_employee",
            "other salesperson": "request_other_seller",
            "seller": "request_seller",
        }[role]

    def token_of(self, kind, route):
        document = self._get_document(route)
        return {
            "right": document.access_token,
            "wrong": str(uuid4()),
            "other": self.foreign.access_token,
            "rotated": self.old_tokens[document],
            "odd": "é\x00" + str(uuid4()),
        }[kind]

    def _get_document(self, route):
        if route.path is GATED:
            return self.gated
        if route.path is OFFER:
            return self.offered.offer_id
        return self.offered if route.path is OFFERED else self.request

    def _rotate_tokens(self):
        """Give all documents new links; what was sent before is worth nothing."""
        self.old_tokens = {}
        orders = (self.gated, self.offered.offer_id)
        for document in (self.request.sudo(), self.offered.sudo(), *orders):
            self.old_tokens[document] = document.access_token
            document.access_token = str(uuid4())
