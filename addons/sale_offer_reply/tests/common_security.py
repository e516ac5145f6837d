import json
from uuid import uuid4

from odoo import SUPERUSER_ID
from odoo.fields import Command

from odoo.addons.offerdesk_test_support.http_case import Route, RouteCase
from odoo.addons.offerdesk_test_support.matrix import MatrixMixin

from .common import OfferHttpCase

ORDER = {"order_id": lambda case: case.order.id}
SIGNED = {"order_id": lambda case: case.order_to_sign.id}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJ"
    "RU5ErkJggg=="
)


def _token(order="order"):
    return lambda case: {"access_token": case[order].access_token}


def _reply_fields(case):
    order = case.order
    return {
        "access_token": order.access_token,
        "revision": str(order.offer_revision),
        "last_history_id": str(order._get_offer_last_reply_id()),
        "idempotency_key": str(uuid4()) if case.fresh_keys else case.KEY,
        "message": "See you in May.",
        "accept_terms": "1",
        "name": "Visitor",
        "email": "visitor@customer.example",
        **{f"answer_{line.id}": "yes" for line in order._get_offer_lines()},
        f"comment_{order.order_line[0].id}": "With a view, please.",
        "seen": json.dumps({order.order_line[0].id: [4, 100, 0, 400, 1]}),
    }


def _feedback_fields(case):
    return {
        "access_token": case.order.access_token,
        "body": "Could we have a vegetarian dinner?",
        "line_id": str(case.order.order_line[0].id),
        "idempotency_key": case.KEY,
        "name": "Visitor",
        "email": "visitor@customer.example",
    }


def _odd_line_names(case):
    lines = [0, -1, "x", "٣", 99999999999, case.foreign_order.order_line[0].id]
    lines.append(case.hidden_line.id)
    return [f"{name}_{line}" for line in lines for name in ("answer", "comment")]


def _transaction_fields(case):
    return {
        "access_token": case.order_to_sign.access_token,
        "provider_id": case.provider.id,
        "payment_method_id": case.payment_method.id,
        "token_id": None,
        "amount": case.order_to_sign.amount_total,
        "flow": "direct",
        "tokenization_requested": False,
        "landing_route": "/my",
    }


def _thread_fields(case, **extra):
    return {
        "thread_model": "sale.order",
        "thread_id": case.order.id,
        "token": case.order.access_token,
        **extra,
    }


PAGE = Route(
    "/my/orders/<int:order_id>",
    path=ORDER,
    fields=lambda case: {
        "access_token": case.order.access_token,
        "offer": "sent",
        "pid": str(case.contact.id),
        "hash": case.order._sign_token(case.contact.id),
    },
    shows=lambda case: "Double room",
)
REPLY = Route(
    "/my/orders/<int:order_id>/offer/reply",
    verb="POST",
    path=ORDER,
    fields=_reply_fields,
    odd_names=_odd_line_names,
    good="303 /my/orders/<id> offer=sent",
    writes=True,
)
TOTALS = Route(
    "/my/orders/<int:order_id>/offer/totals",
    verb="POST",
    kind="jsonrpc",
    path=ORDER,
    fields=lambda case: {
        "access_token": case.order.access_token,
        "answers": {str(line.id): "yes" for line in case.order.order_line},
    },
    good="ok",
)
FEEDBACK_PAGE = Route(
    "/my/orders/<int:order_id>/offer/feedback",
    path=ORDER,
    fields=lambda case: {
        "access_token": case.order.access_token,
        "line_id": str(case.order.order_line[0].id),
    },
    shows=lambda case: "Double room",
)
FEEDBACK = Route(
    "/my/orders/<int:order_id>/offer/feedback",
    verb="POST",
    path=ORDER,
    fields=_feedback_fields,
    good="303 /my/orders/<id> offer=feedback",
    writes=True,
)
HISTORY = Route(
    "/my/orders/<int:order_id>/offer/history/<int:history_id>",
    path={**ORDER, "history_id": lambda case: case.history.id},
    fields=lambda case: {"access_token": case.order.access_token},
    shows=lambda case: "Double room",
)
ATTACHMENT = Route(
    "/my/orders/<int:order_id>/offer/attachment/<int:attachment_id>",
    path={**ORDER, "attachment_id": lambda case: case.attachment.id},
    fields=lambda case: {"access_token": case.order.access_token},
    shows=lambda case: "Kari and Ola",
)
DOCUMENT = Route(
    "/my/orders/<int:order_id>/document/<int:document_id>",
    path={**ORDER, "document_id": lambda case: case.document.id},
    fields=lambda case: {"access_token": case.order.access_token},
    shows=lambda case: "Soup, fish, cake",
)
OFFERS = Route(
    "/my/offers",
    fields={"filterby": "all", "page": "1"},
    token=None,
    shows=lambda case: case.order.name,
)
OFFERS_PAGE = Route(
    "/my/offers/page/<int:page>",
    path={"page": 1},
    fields={"filterby": "waiting"},
    token=None,
    shows=lambda case: case.order.name,
)
BANNER = Route(
    "/my/offers/banner/<int:company_id>",
    path={"company_id": lambda case: case.company.id},
    token=None,
)
OWN_ROUTES = [
    PAGE,
    REPLY,
    TOTALS,
    FEEDBACK_PAGE,
    FEEDBACK,
    HISTORY,
    ATTACHMENT,
    DOCUMENT,
    OFFERS,
    OFFERS_PAGE,
    BANNER,
]
# Routes of the core that open the same orders.
CORE_ROUTES = [
    Route("/my/quotes", token=None, shows=lambda case: case.order.name, ours=False),
    Route("/my/orders", token=None, shows=lambda case: case.confirmed.name, ours=False),
    Route(
        "/my/orders/<int:order_id>/accept",
        verb="POST",
        kind="jsonrpc",
        path=SIGNED,
        fields=lambda case: {
            "access_token": case.order_to_sign.access_token,
            "name": "Kari",
            "signature": PIXEL,
        },
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/decline",
        verb="POST",
        path=SIGNED,
        fields=lambda case: {
            "access_token": case.order_to_sign.access_token,
            "decline_message": "Too late.",
        },
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/transaction",
        verb="POST",
        kind="jsonrpc",
        path=SIGNED,
        fields=_transaction_fields,
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/update_line_dict",
        verb="POST",
        kind="jsonrpc",
        path=ORDER,
        fields=lambda case: {
            "access_token": case.order.access_token,
            "line_id": case.order.order_line[0].id,
            "input_quantity": 0,
        },
        ours=False,
    ),
    Route(
        "/my/orders/<int:order_id>/download_edi",
        path=SIGNED,
        fields=lambda case: {"access_token": case.order_to_sign.access_token},
        shows=lambda case: "Double room",
        ours=False,
    ),
    Route(
        "/mail/chatter_fetch",
        verb="POST",
        kind="jsonrpc",
        fields=_thread_fields,
        shows=lambda case: "Is the fjord frozen?",
        token="token",
        ours=False,
    ),
    Route(
        "/mail/message/post",
        verb="POST",
        kind="jsonrpc",
        fields=lambda case: _thread_fields(
            case,
            post_data={
                "body": "Hello",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
        ),
        token="token",
        ours=False,
    ),
]


class OfferSecurityCase(OfferHttpCase, RouteCase):
    """Offers of two customers, and everybody who may want to see them."""

    fingerprint_modules = (
        "base",
        "mail",
        "base_offerdesk",
        "payment",
        "account",
        "sale",
        "sale_management",
        "sale_offer_reply",
    )
    fingerprint_ignored = ("portal_throttle",)
    KEY = "11111111-1111-4111-8111-111111111111"
    fresh_keys = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.offer_portal_image = PIXEL
        cls.document = cls._create_document(cls.dinner, b"Soup, fish, cake")
        cls.hidden_product = cls._create_product("Plan B marquee", 7654.32, cls.tax_a)
        cls.other_document = cls._create_document(cls.hidden_product, b"Not for you.")
        cls.order = cls._create_sent_offer(
            [
                (cls.room, 4),
                (cls.dinner, 10),
                (cls.bus, 1),
                {
                    "product_id": cls.hidden_product.id,
                    "product_uom_qty": 1,
                    "name": "Secret plan B marquee",
                    "offer_published": False,
                },
            ],
            note="<p>Payable within 14 days.</p>",
        )
        cls.hidden_line = cls.order.order_line[-1]
        cls.secrets = (cls.hidden_line.name, cls.hidden_product.name, "654.32")
        cls.feedback = cls.order.with_user(SUPERUSER_ID)._offer_post_feedback(
            "Is the fjord frozen?",
            cls._identity(),
            attachments=[("guests.txt", b"Kari and Ola")],
            key=str(uuid4()),
        )
        cls.attachment = cls.feedback.attachment_ids
        cls.confirmed = cls._create_sent_offer()
        cls._reply(cls.confirmed, "yes")
        cls.history = cls.order.offer_history_ids[:1]
        cls.order_to_sign = cls._create_sent_offer(require_signature=True)
        cls._reply(cls.order_to_sign, "yes")
        cls.foreign_order = cls._create_sent_offer(
            partner_id=cls.stranger_user.partner_id.id
        )
        cls.provider = cls.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test"}
        )
        cls.payment_method = cls.env["payment.method"].create(
            {
                "name": "Test card",
                "code": "offer_test",
                "image": PIXEL,
                "provider_ids": [Command.set(cls.provider.ids)],
            }
        )
        cls.old_token = str(uuid4())
        cls.env.flush_all()

    @classmethod
    def _create_document(cls, product, content):
        return cls.env["product.document"].create(
            {
                "name": "Menu.txt",
                "raw": content,
                "res_model": "product.product",
                "res_id": product.id,
                "attached_on_sale": "quotation",
            }
        )

    def __getitem__(self, name):
        return getattr(self, name)


class OfferMatrixCase(MatrixMixin, OfferSecurityCase):
    def login_of(self, role):
        return {
            "owner": "offer_portal",
            "colleague": "offer_colleague",
            "stranger": "offer_stranger",
            "employee": "offer_employee",
            "other salesperson": "offer_other_salesman",
        }[role]

    def token_of(self, kind, route):
        order = self.order_to_sign if route.path is SIGNED else self.order
        return {
            "right": order.access_token,
            "wrong": str(uuid4()),
            "other": self.foreign_order.access_token,
            "rotated": self.old_tokens[order],
            "odd": "é\x00" + str(uuid4()),
        }[kind]

    def _set_mode(self, access, limited=False):
        self.company.offer_access_mode = access
        orders = self.order | self.order_to_sign | self.confirmed
        orders.offer_limit_to_contacts = limited
        self.old_tokens = {order: order.access_token for order in orders}
        for order in orders:
            order.access_token = str(uuid4())
