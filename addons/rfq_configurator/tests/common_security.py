import base64
from uuid import uuid4

from odoo import SUPERUSER_ID
from odoo.tests import new_test_user
from odoo.tools.misc import file_open

from odoo.addons.offerdesk_test_support.files import png
from odoo.addons.offerdesk_test_support.http_case import Route, RouteCase
from odoo.addons.offerdesk_test_support.matrix import (
    PRINCIPALS as COMMON_PRINCIPALS,
)
from odoo.addons.offerdesk_test_support.matrix import MatrixMixin, Principal
from odoo.addons.offerdesk_test_support.templates import KeptTemplatesCase

from .common_rfq import RfqCommon

TABLE = {"code": "test_table"}
VASE = {"code": "test_vase", "fingerprint": "any"}
PICTURE_OF = {**TABLE, "fingerprint": "any"}
# Requests of the same customer: one that waits, and our proposal for another one.
SENT = {"rfq_id": lambda case: case.rfq.id}
PROPOSED = {"rfq_id": lambda case: case.proposal.id}


def _key(case):
    return str(uuid4()) if case.fresh_keys else case.KEY


def _form(case):
    return {
        "version_sha": case.design.current_version_id.sha256,
        "idempotency_key": _key(case),
        "quantity": "2",
        "p_width": "1700",
        "requested_date": "2099-12-31",
        "target_price": "800",
        "message": "With a drawer.",
        "contact_name": "Bea Blum",
        "contact_email": "bea@blum.example",
        "contact_phone": "",
    }


def _step(action, path, notice, **extra):
    name = "rfq" if path is SENT else "proposal"
    return Route(
        f"/my/rfqs/<int:rfq_id>/{action}",
        verb="POST",
        path=path,
        fields=lambda case: {
            "access_token": getattr(case, name).access_token,
            "idempotency_key": _key(case),
            **extra,
        },
        good=f"303 /my/rfqs/<id> notice={notice}",
        writes=True,
    )


DESIGN = Route(
    "/rfq/d/<string:code>",
    path=TABLE,
    fields={"p_width": "1700", "p_material": "walnut"},
    odd_names=lambda case: ["p_nothing", "p_", "access_token"],
    token="token",
    shows=lambda case: "Area of the top",
)
# Odoo itself refuses what is too long for the two, with an exception of its own.
DEFINITION = Route(
    "/rfq/d/<string:code>/definition",
    verb="POST",
    kind="jsonrpc",
    path=TABLE,
    good="ok",
    token=None,
    shows=lambda case: "Area of the top",
    ours=False,
)
EVALUATE = Route(
    "/rfq/d/<string:code>/evaluate",
    verb="POST",
    kind="jsonrpc",
    path=TABLE,
    fields={"inputs": {"width": 1700}},
    good="ok",
    token=None,
    shows=lambda case: "canonical",
    ours=False,
)
MODEL = Route("/rfq/d/<string:code>/file/<string:fingerprint>", path=VASE, token=None)
PICTURE = Route(
    "/rfq/d/<string:code>/picture/<string:fingerprint>", path=PICTURE_OF, token=None
)
SUBMIT = Route(
    "/rfq/d/<string:code>/submit",
    verb="POST",
    path=TABLE,
    fields=_form,
    # Not `save`, which makes a draft of it.
    odd_names=lambda case: [
        *("p_nothing", "p_material", "files", "partner_id", "check", "saved"),
    ],
    good="303 /my/rfqs/<id> notice=sent",
    writes=True,
    token=None,
)
DESIGN_ROUTES = [DESIGN, DEFINITION, EVALUATE, MODEL, PICTURE, SUBMIT]
LIST = Route(
    "/my/rfqs", fields={"page": "1"}, token=None, shows=lambda case: case.rfq.name
)
LIST_PAGE = Route(
    "/my/rfqs/page/<int:page>",
    path={"page": 1},
    token=None,
    shows=lambda case: case.rfq.name,
)
RFQ = Route(
    "/my/rfqs/<int:rfq_id>",
    path=SENT,
    fields=lambda case: {"access_token": case.rfq.access_token, "notice": "sent"},
    shows=lambda case: "drawn by hand",
)
RFQ_FILE = Route(
    "/my/rfqs/<int:rfq_id>/file/<string:kind>",
    path={**SENT, "kind": "data_json"},
    fields=lambda case: {"access_token": case.rfq.access_token},
    shows=lambda case: "drawn by hand",
)
CONVERSATION_FILE = Route(
    "/my/rfqs/<int:rfq_id>/file/<int:attachment_id>",
    path={**SENT, "attachment_id": lambda case: case.file.id},
    fields=lambda case: {"access_token": case.rfq.access_token},
    shows=lambda case: "It has four legs",
)
REPLY = _step("reply", SENT, "replied", message="In blue, please.")
CANCEL = _step("cancel", SENT, "cancelled")
ACCEPT = _step("accept", PROPOSED, "sent")
BY_LINK = [RFQ, RFQ_FILE, CONVERSATION_FILE, REPLY, CANCEL, ACCEPT]
OWN_ROUTES = [*DESIGN_ROUTES, LIST, LIST_PAGE, *BY_LINK]


def _thread(case, **extra):
    return {
        "thread_model": "rfq.request",
        "thread_id": case.rfq.id,
        "token": case.rfq.access_token,
        **extra,
    }


# Routes of the core that lead to requests.
CORE_ROUTES = [
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


class RfqSecurityCase(RouteCase, KeptTemplatesCase, RfqCommon):
    """Requests of two customers, and everybody who may want to see them.

    The table is for invited customers, and so is a vase, which is always the same.
    """

    fingerprint_modules = (
        *("base", "mail", "base_offerdesk", "account", "sale", "sale_management"),
        "rfq_configurator",
    )
    fingerprint_ignored = ("portal_throttle",)
    KEY = "11111111-1111-4111-8111-111111111111"
    fresh_keys = False
    # What the customer pays is nobody's but ours: the formula, notes, other customers.
    secrets = ("0.31337", "They never pay", "A stranger's table")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague_user = cls._create_login("rfq_colleague", "Ben Blum")
        cls.colleague_user.partner_id.parent_id = cls.customer
        new_test_user(cls.env, "rfq_employee", groups="base.group_user")
        cls.design.write(
            {
                "price_formula": "width * 0.31337",
                "image": base64.b64encode(png()),
                "allow_upload": True,
            }
        )
        cls.design.with_user(cls.manager).action_publish()
        cls._create_vase()
        cls._create_requests()
        # A visit is noted once in a while, which is no effect of what is tested.
        (cls.access | cls.vase_access)._note_visit()
        cls.env.flush_all()

    @classmethod
    def _create_vase(cls):
        with file_open("rfq_configurator/demo/models/vase.glb", "rb") as file:
            content = base64.b64encode(file.read())
        cls.vase = cls.env["rfq.design"].create(
            {
                "name": "Vase",
                "code": "test_vase",
                "source": "static",
                "model_file": content,
                "model_filename": "vase.glb",
                "user_id": cls.seller.id,
            }
        )
        cls.vase_access, cls.foreign_access = cls.env["rfq.design.access"].create(
            [
                {"design_id": cls.vase.id, "partner_id": partner.id}
                for partner in (cls.contact, cls.stranger_user.partner_id)
            ]
        )
        cls.vase.with_user(cls.manager).action_publish()

    @classmethod
    def _create_requests(cls):
        cls.rfq = cls._send(
            {"width": 1800},
            message="A table, drawn by hand.",
            uploads=[("table.txt", b"It has four legs")],
        ).with_user(SUPERUSER_ID)
        cls.file = cls.rfq._get_conversation().attachment_ids
        cls.rfq._make_files()
        cls.rfq.with_user(cls.seller)._ask("Is it for a shop?")
        # as the chatter of the back office posts a note
        cls.rfq.message_post(
            body="They never pay",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        asked = cls._send({"width": 2500})
        cls.proposal = asked._counter({"width": 2400}, "").with_user(SUPERUSER_ID)
        cls.foreign = cls._send(
            design=cls.vase,
            token=cls.foreign_access.token,
            message="A stranger's table",
        ).with_user(SUPERUSER_ID)


class RfqMatrixCase(MatrixMixin, RfqSecurityCase):
    principals = PRINCIPALS
    verbs = ("GET", "POST")

    def login_of(self, role):
        return {
            "owner": "rfq_portal",
            "colleague": "rfq_colleague",
            "stranger": "rfq_stranger",
            "employee": "rfq_employee",
            "other salesperson": "rfq_other_seller",
            "seller": "rfq_seller",
        }[role]

    def token_of(self, kind, route):
        name = "token" if route is DESIGN else "access_token"
        document, other = self.rfq, self.foreign
        if route is DESIGN:
            document, other = self.access, self.foreign_access
        elif route is ACCEPT:
            document = self.proposal
        return {
            "right": document[name],
            "wrong": str(uuid4()),
            "other": other[name],
            "rotated": self.old_tokens[document],
            "odd": "é\x00" + str(uuid4()),
        }[kind]

    def _rotate_tokens(self):
        """Give all documents new links; what was sent before is worth nothing."""
        self.old_tokens = {self.access: self.access.token}
        self.access.action_renew()
        for document in (self.rfq, self.proposal):
            self.old_tokens[document] = document.access_token
            document.access_token = str(uuid4())
