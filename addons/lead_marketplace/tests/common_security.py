from uuid import uuid4

from odoo.fields import Date, Datetime
from odoo.tests import new_test_user

from odoo.addons.offerdesk_test_support.http_case import Route, RouteCase
from odoo.addons.offerdesk_test_support.matrix import (
    LINK_PRINCIPALS,
    MatrixMixin,
    Principal,
)

from .common import MarketCommon
from .common_customer import PIXEL


def _number(name):
    return {"number": lambda case: case[name].number}


def _id(part, name):
    return {part: lambda case: case[name].id}


def _request_fields(case):
    return {
        "idempotency_key": str(uuid4()) if case.fresh_keys else case.KEY,
        "category_id": str(case.memorials.id),
        "description": "A stele of dark granite with a portrait, about 1 m high.",
        "for_whom": "Ivanova Maria",
        "region_id": str(case.region.id),
        "city": "Vardal",
        "segment": "premium",
        "budget": "25 000",
        "name": "Vera Customer",
        "email": "vera.customer@private.example",
        "phone": "+47 21 00 00 07",
        "contact_mode": "phone_email",
        "consent": "1",
    }


def _with_token(fields):
    return lambda case: {
        "access_token": case.request._get_lead().market_token,
        **(fields(case) if callable(fields) else fields),
    }


def _order_fields(case):
    today = str(Date.context_today(case.take))
    return {
        "contract_no": "C-77",
        "contract_date": today,
        "planned_finish_date": "",
        "work_done_date": today,
        "amount_gross": "1 000,50",
        "amount_net": "800",
        "excluded_amount": "",
        "excluded_reason": "",
        "currency_id": str(case.company.currency_id.id),
    }


def _letter_fields(case):
    return {
        "subject": "Our offer",
        "body": "Dear Vera,\n\nwe would like to make the stone.",
        "key": str(uuid4()) if case.fresh_keys else case.KEY,
    }


CUSTOMERS_PAGE = "/market/request/<string:number>"
REQUEST, TAKE = "/my/market/request/<string:number>", "/my/market/take/<int:take_id>"
IN_WORK = _id("take_id", "take")
GO_TAKE = "303 /my/market/take/<id>"
GO_ORDERS = "303 /my/market/orders"


def _page(rule, shows=None, token=None, **options):
    return Route(rule, shows=shows, token=token, **options)


def _form(rule, good, token=None, **options):
    return Route(rule, verb="POST", good=good, writes=True, token=token, **options)


# === CUSTOMERS ===

REQUEST_FORM = _page("/market/request", fields={"category": "1"})
REQUEST_SEND = _form(
    "/market/request",
    "303 /market/request/<id> notice=received",
    fields=_request_fields,
)
CUSTOMER_PAGE = _page(
    CUSTOMERS_PAGE,
    lambda case: "Vera Customer",
    "access_token",
    path=_number("request"),
    fields=_with_token({"notice": "received"}),
)


def _customer_form(action, notice, fields):
    return _form(
        f"{CUSTOMERS_PAGE}/{action}",
        f"303 /market/request/<id> notice={notice}",
        "access_token",
        path=_number("request"),
        fields=_with_token(fields),
    )


CORRECT = _customer_form("correct", "corrected", _request_fields)
WITHDRAW = _customer_form("withdraw", "withdrawn", {})
DONE = _customer_form(
    "done",
    "done",
    lambda case: {
        "who": f"take_{case.take.id}",
        "done_on": str(Date.context_today(case.take)),
        "amount": "1 000",
    },
)
REVIEW = _customer_form(
    "review",
    "reviewed",
    lambda case: {
        "take_id": str(case.take.id),
        "rating": "4",
        "text": "Careful work, and they kept the day that they had named.",
        "author_name": "Vera C.",
    },
)
CUSTOMER_ROUTES = [CUSTOMER_PAGE, CORRECT, WITHDRAW, DONE, REVIEW]

# === WORKSHOPS, BY A LINK ===

ASKED = _id("take_id", "asked_take")


def _checkin_fields(case):
    return {
        "pid": str(case.granite_user.partner_id.id),
        "access_token": case.checkin_token(),
    }


CHECKIN_LINK = _page(
    "/market/checkin/<int:take_id>",
    lambda case: case.asked_take.request_id.number,
    "access_token",
    path=ASKED,
    fields=lambda case: {**_checkin_fields(case), "answer": "contracted"},
)
CHECKIN_LINK_ANSWER = _form(
    "/market/checkin/<int:take_id>",
    "303 /market/checkin/<id>",
    "access_token",
    path=ASKED,
    fields=lambda case: {
        **_checkin_fields(case),
        "answer": "contracted",
        "contract_no": "C-79",
        "planned_finish_date": str(Date.add(Date.context_today(case.take), months=1)),
        "reason": "",
    },
)
CHECKIN_LINKS = [CHECKIN_LINK, CHECKIN_LINK_ANSWER]

# === EVERYBODY ===

WORKSHOPS = _page(
    "/market/workshops",
    lambda case: case.granite.partner_id.name,
    fields={"category": "", "region": "", "page": "1"},
)
WORKSHOPS_PAGE = _page(
    "/market/workshops/page/<int:page>", path={"page": 1}, fields={"category": ""}
)
WORKSHOP = _page(
    "/market/workshop/<string:slug>",
    lambda case: "crooked",
    path={"slug": lambda case: f"granite-{case.granite.id}"},
)
LOGO = _page(
    "/market/workshop/<int:workshop_id>/logo", path=_id("workshop_id", "granite")
)

# === WORKSHOPS ===

OVERVIEW = _page("/my/market", lambda case: "Contacts opened")
FEED = _page(
    "/my/market/requests",
    lambda case: "Granite memorial",
    fields={"search": "", "category": "", "segment": "", "after": "", "opened": "1"},
)
CARD = _page(REQUEST, lambda case: "Opening is free", path=_number("unopened"))
OPEN = _form(f"{REQUEST}/open", GO_TAKE, path=_number("unopened"))
CARD_PHOTO = _page(
    f"{REQUEST}/photo/<int:photo_id>",
    path={**_number("request"), **_id("photo_id", "photo")},
    fields={"size": "thumb"},
)
WORK = _page(
    "/my/market/work",
    lambda case: case.request.number,
    fields={"state": "open", "buyer": "", "after": ""},
)
TAKE_PAGE = _page(
    TAKE, lambda case: "Vera Customer", path=IN_WORK, fields={"all": "1", "letter": ""}
)
TAKE_PHOTO = _page(
    f"{TAKE}/photo/<int:photo_id>",
    path={**IN_WORK, **_id("photo_id", "photo")},
    fields={"size": ""},
)
TAKE_FILE = _page(
    f"{TAKE}/file/<int:file_id>",
    lambda case: "Sketch of the stone",
    path={**IN_WORK, **_id("file_id", "file")},
)
IMPORTANT = _form(
    f"{TAKE}/important", GO_TAKE, path=IN_WORK, fields={"important": "1", "back": ""}
)
READ = _form(f"{TAKE}/read", GO_TAKE, path=IN_WORK)
NOTE = _form(f"{TAKE}/note", GO_TAKE, path=IN_WORK, fields={"note": "Visit in May"})
ARCHIVE = _form(
    f"{TAKE}/archive", GO_TAKE, path=IN_WORK, fields={"reason": "lost", "undo": ""}
)
CHECKIN = _page(
    f"{TAKE}/checkin",
    lambda case: "Vera",
    path=IN_WORK,
    fields={"answer": "contracted"},
)
CHECKIN_ANSWER = _form(
    f"{TAKE}/checkin",
    GO_ORDERS,
    path=IN_WORK,
    fields=lambda case: {
        "answer": "contracted",
        "contract_no": "C-78",
        "planned_finish_date": str(Date.add(Date.context_today(case.take), months=1)),
        "reason": "",
    },
)
TALK = _form(
    f"{TAKE}/talk",
    GO_TAKE,
    path=IN_WORK,
    fields=lambda case: {
        "summary": "Wants a portrait.",
        "important": "1",
        "key": case.KEY,
    },
)
SEND = _form(f"{TAKE}/send", GO_TAKE, path=IN_WORK, fields=_letter_fields)
ORDER_FORM = _page(
    f"{TAKE}/order", lambda case: "Vera", path=IN_WORK, fields={"order": ""}
)
DECLARE = _form(f"{TAKE}/order", GO_ORDERS, path=IN_WORK, fields=_order_fields)
ORDERS = _page(
    "/my/market/orders", lambda case: case.request.number, fields={"after": ""}
)
SUSPECTED = _id("order_id", "suspected")
ACCEPT = _form("/my/market/order/<int:order_id>/accept", GO_ORDERS, path=SUSPECTED)
CONTEST = _form(
    "/my/market/order/<int:order_id>/contest",
    GO_ORDERS,
    path=SUSPECTED,
    fields={"reason": "It was somebody else."},
)
PERIOD = {"date_from": "2020-01-01", "date_to": "2199-12-31"}
STATEMENT = _page("/my/market/statement", lambda case: "C-1", fields=PERIOD)
STATEMENT_CSV = _page("/my/market/statement/csv", lambda case: "C-1", fields=PERIOD)
STATEMENT_PDF = _page("/my/market/statement/pdf", fields=PERIOD)
REVIEWS = _page("/my/market/reviews", lambda case: "crooked")
REPLY = _form(
    "/my/market/review/<int:review_id>/reply",
    "303 /my/market/reviews",
    path=_id("review_id", "review"),
    fields={"reply": "We have set it right."},
)
NOTICES = _page("/my/market/notices", others=("POST",))
NOTICES_SAVE = _form(
    "/my/market/notices", "303 /my/market/notices", fields={"wants_digest": "1"}
)
LETTERS = _page("/my/market/letters", lambda case: case.letter.name)
LETTER_NEW = _page("/my/market/letters/new")
LETTER = _page(
    "/my/market/letters/<int:letter_id>",
    lambda case: case.letter.name,
    path=_id("letter_id", "letter"),
)
GO_LETTERS = "303 /my/market/letters"
LETTER_TEXT = {"name": "After a talk", "subject": "Our talk", "body": "Dear customer,"}
LETTER_CREATE = _form("/my/market/letters/new", GO_LETTERS, fields=LETTER_TEXT)
LETTER_SAVE = _form(
    "/my/market/letters/<int:letter_id>",
    GO_LETTERS,
    path=_id("letter_id", "letter"),
    fields=LETTER_TEXT,
)
LETTER_DELETE = _form(
    "/my/market/letters/<int:letter_id>/delete",
    GO_LETTERS,
    path=_id("letter_id", "letter"),
)
LETTER_EXAMPLES = _form("/my/market/letters/examples", GO_LETTERS)
CUSTOMERS = _page("/my/market/customers", lambda case: "Petrova Anna")
GO_CUSTOMERS = "303 /my/market/customers"
CUSTOMERS_ADD = _form(
    "/my/market/customers/add", GO_CUSTOMERS, fields={"names": "Sidorov Pavel"}
)
CUSTOMERS_REMOVE = _form(
    "/my/market/customers/<int:customer_id>/remove",
    GO_CUSTOMERS,
    path=_id("customer_id", "own_customer"),
)
TAKE_ROUTES = [
    *(TAKE_PAGE, TAKE_PHOTO, TAKE_FILE, IMPORTANT, READ, NOTE, ARCHIVE, TALK, SEND),
    *(CHECKIN, CHECKIN_ANSWER, ORDER_FORM, DECLARE),
]
WORKSHOP_ROUTES = [
    *(OVERVIEW, FEED, CARD, OPEN, CARD_PHOTO, WORK, *TAKE_ROUTES, ORDERS, ACCEPT),
    *(CONTEST, STATEMENT, STATEMENT_CSV, STATEMENT_PDF, REVIEWS, REPLY),
    *(NOTICES, NOTICES_SAVE),
    *(LETTERS, LETTER_NEW, LETTER, LETTER_CREATE, LETTER_SAVE, LETTER_DELETE),
    *(LETTER_EXAMPLES, CUSTOMERS, CUSTOMERS_ADD, CUSTOMERS_REMOVE),
]
PUBLIC_ROUTES = [
    *(REQUEST_FORM, REQUEST_SEND, *CUSTOMER_ROUTES, *CHECKIN_LINKS),
    *(WORKSHOPS, WORKSHOPS_PAGE, WORKSHOP, LOGO),
]
OWN_ROUTES = [*PUBLIC_ROUTES, *WORKSHOP_ROUTES]
PRINCIPALS = (
    *LINK_PRINCIPALS,
    Principal("workshop", "workshop"),
    Principal("colleague", "colleague"),
    Principal("rival", "rival"),
    Principal("applicant", "applicant"),
    Principal("terminated", "terminated"),
    Principal("portal", "portal"),
    Principal("employee", "employee"),
    Principal("operator", "operator"),
    Principal("accountant", "accountant"),
)


class MarketSecurityCase(RouteCase, MarketCommon):
    """A workshop with all that it can have, and everybody who may want to see it."""

    fingerprint_modules = (
        *("base", "mail", "base_offerdesk", "account", "crm", "lead_marketplace"),
    )
    fingerprint_ignored = ("portal_throttle",)
    KEY = "11111111-1111-4111-8111-111111111111"
    fresh_keys = False
    # The customer whom nobody has opened, and what another workshop wrote.
    secrets = (
        "Hidden Person",
        "hidden.person@secret.example",
        "21 00 00 99",
        "Slatesecret",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.no")
        published = [("state", "=", "published")]
        cls.env["lead.market.request"].search(published).write({"state": "paused"})
        cls.slate, cls.slate_user = cls._create_workshop("slate", "Slate Ltd")
        cls.colleague = cls._create_workshop_user(
            "market_colleague", cls.granite.partner_id
        )
        cls._create_people()
        cls._create_work()
        cls.env.flush_all()

    @classmethod
    def _create_people(cls):
        partner = cls.env["res.partner"].create(
            {"name": "Applicant Ltd", "is_company": True}
        )
        cls.applicant_user = cls._create_workshop_user(
            "market_applicant", partner, "base.group_portal"
        )
        cls.env["lead.market.workshop"].create(
            {"partner_id": partner.id, "company_id": cls.company.id}
        )
        new_test_user(cls.env, "market_portal", groups="base.group_portal")
        new_test_user(cls.env, "market_employee", groups="base.group_user")

    @classmethod
    def _create_work(cls):
        env = cls.env
        cls.request = cls._create_published_request()
        cls.photo = cls._attach(cls.request, "stone.png", PIXEL)
        cls.unopened = cls._create_published_request(
            cls._create_lead(
                name="Memorial",
                contact_name="Hidden Person",
                email_from="hidden.person@secret.example",
                phone="+47 21 00 00 99",
            ),
            for_whom="Olsen Ida",
        )
        rival_take = cls._open(cls.request, cls.slate_user).sudo()
        rival_take.note = "Slatesecret note"
        rival_take._send_letter(cls.slate_user, "Slatesecret", "Slatesecret letter")
        cls.take = cls._open(cls.request, cls.granite_user).sudo()
        letter = cls.take._send_letter(
            cls.granite_user,
            "Sketch",
            "See the sketch",
            [("a.txt", b"Sketch of the stone")],
        )
        cls.file = letter.attachment_ids
        order = cls._declare(cls.take, cls.granite_user)
        order.with_user(cls.operator).action_confirm()
        cls.other_take = cls._open(
            cls._create_published_request(cls._create_lead(), name="Another stone"),
            cls.granite_user,
        ).sudo()
        cls.asked_take = cls._open(
            cls._create_published_request(cls._create_lead(), name="A bench"),
            cls.granite_user,
        ).sudo()
        cls.asked_take.write({"checkin_on": Datetime.now(), "checkin_silent": 1})
        cls.suspected = env["lead.market.order"]._suspect(
            cls.other_take,
            "customer",
            "Said so",
            work_done_date=Date.context_today(cls.take),
            amount_gross=500,
            amount_net=400,
        )
        cls.review = env["lead.market.review"]._submit(
            cls.take, 2, "They were late, twice, and the stone is crooked."
        )
        cls.review.with_user(cls.operator).action_publish()
        cls.letter = env["lead.market.letter"].create(
            {
                "workshop_id": cls.granite.id,
                "name": "First letter",
                "subject": "Our offer",
                "body": "Dear customer",
            }
        )
        cls.own_customer = env["lead.market.own.customer"].create(
            {"workshop_id": cls.granite.id, "name": "Petrova Anna"}
        )
        cls.granite.profile = "<p>Stones since 1902.</p>"
        cls.slate.with_user(cls.manager)._set_state("terminated", "Resale")

    @classmethod
    def _attach(cls, record, name, content):
        return cls.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def checkin_token(self, user=None, take=None):
        """Return the token of a link, by default the right one."""
        partner = (user or self.granite_user).partner_id
        return (take or self.asked_take)._get_checkin_token(partner.id)

    def __getitem__(self, name):
        return getattr(self, name)


class MarketMatrixCase(MatrixMixin, MarketSecurityCase):
    principals = PRINCIPALS
    verbs = ("GET", "POST")

    def login_of(self, role):
        """Return the login of a role of `PRINCIPALS`, None for a visitor.

        :rtype: str | None
        """
        return {
            "visitor": None,
            "workshop": self.granite_user.login,
            "colleague": self.colleague.login,
            "rival": self.marble_user.login,
            "applicant": self.applicant_user.login,
            "terminated": self.slate_user.login,
            "portal": "market_portal",
            "employee": "market_employee",
            "operator": self.operator.login,
            "accountant": self.accountant.login,
        }[role]

    def token_of(self, kind, route):
        lead = self.request._get_lead()
        by_checkin = route in CHECKIN_LINKS
        return {
            "right": self.checkin_token() if by_checkin else lead.market_token,
            "wrong": str(uuid4()),
            "other": self.checkin_token(take=self.take)
            if by_checkin
            else self.unopened._get_lead().market_token,
            # A link of a check-in is never made anew: that of another person.
            "rotated": self.checkin_token(user=self.marble_user)
            if by_checkin
            else self.old_token,
            "odd": "é\x00" + str(uuid4()),
        }[kind]

    def _rotate_token(self):
        lead = self.request._get_lead()
        self.old_token = lead.market_token
        lead.market_token = str(uuid4())
