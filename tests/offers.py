"""People, offers and pages that the journeys through offers share."""

import base64
import io
import itertools
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property

import lxml.html
from _foundation.mail_sink import MailSink
from client import Client
from PIL import Image
from playwright.sync_api import Locator, Page, expect

PASSWORD = "correct horse battery"
# Name of the product, price, percentage of tax, terms.
ROOM = ("Double room", 100.0, 12, "Free of charge until 14 days before arrival.")
DINNER = ("Three-course dinner", 50.0, 25, None)
BAND = ("Jazz trio", 1450.0, 25, None)
BUS = ("Bus transfer", 300.0, 12, None)
# 2,650.00 without taxes, 3,221.50 with them.
LINES = ((ROOM, 4), (DINNER, 10), (BAND, 1), (BUS, 1))
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody with an address, and perhaps a login."""

    partner: int
    name: str
    email: str
    user: int | None = None


@dataclass
class Offer:
    """An order that asks for answers."""

    id: int
    name: str
    contact: Person
    seller: Person

    @property
    def path(self) -> str:
        """Where the customer finds it."""
        return f"/my/orders/{self.id}"


@dataclass
class Desk:
    """Makes what a journey starts from, as the administrator over RPC."""

    admin: Client
    mails: MailSink
    _products: dict[str, int] = field(default_factory=dict)

    def read(self, model: str, ids: list[int], *names: str) -> list[dict]:
        """Fields of records."""
        return self.admin.call(model, "read", ids, names, load=None)

    def find(self, model: str, domain: list, *names: str, **options) -> list[dict]:
        """Fields of the records in a domain."""
        return self.admin.call(
            model, "search_read", domain, names, load=None, **options
        )

    def ref(self, xmlid: str) -> int:
        """The id of a record with an external id."""
        module, name = xmlid.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        return self.find("ir.model.data", domain, "res_id")[0]["res_id"]

    @cached_property
    def company(self) -> int:
        """The company of the administrator, which makes the offers."""
        return self.find("res.users", [("login", "=", "admin")], "company_id")[0][
            "company_id"
        ]

    def set_company(self, **values) -> None:
        """Change settings of the company."""
        self.admin.call("res.company", "write", [self.company], values)

    @contextmanager
    def signed_offers(self) -> Iterator[None]:
        """Let offers be signed, neither paid nor answered line by line."""
        names = ("offer_reply_default", "portal_confirmation_pay")
        before = self.read("res.company", [self.company], *names)[0]
        self.set_company(**dict.fromkeys(names, False))
        yield
        self.set_company(**{name: before[name] for name in names})

    # ---- people ----

    def _user(self, name: str, login: str, groups: list[str], **values) -> Person:
        user = self.admin.call(
            "res.users",
            "create",
            {
                "name": name,
                "login": login,
                "email": login,
                "password": PASSWORD,
                "group_ids": [(6, 0, [self.ref(group) for group in groups])],
                **values,
            },
            context={"no_reset_password": True},
        )
        partner = self.read("res.users", [user], "partner_id")[0]["partner_id"]
        return Person(partner, name, login, user)

    def seller(self, name: str = "Sofie Seller") -> Person:
        """A salesperson who reads mails."""
        groups = ["base.group_user", "sales_team.group_sale_salesman"]
        login = f"{name.split()[0].lower()}{next(_numbers)}@seller.example"
        values = {"notification_type": "email", "tz": "Europe/Oslo"}
        return self._user(name, login, groups, **values)

    def contact(self, name: str = "Kari Contact", login: bool = False) -> Person:
        """A contact person of a new customer."""
        number = next(_numbers)
        company = self.admin.call(
            "res.partner",
            "create",
            {"name": f"Fjord Conference {number}", "is_company": True},
        )
        email = f"{name.split()[0].lower()}{number}@fjord.example"
        partner = self.admin.call(
            "res.partner",
            "create",
            {"name": name, "email": email, "parent_id": company},
        )
        person = Person(partner, name, email)
        if login:
            person = self._user(name, email, ["base.group_portal"], partner_id=partner)
        return person

    def visitor(self, name: str) -> Person:
        """Somebody whom nobody knows yet."""
        email = f"{name.split()[0].lower()}{next(_numbers)}@visitor.example"
        return Person(0, name, email)

    # ---- offers ----

    def _tax(self, percent: int) -> int:
        name = f"Event VAT {percent}%"
        domain = [("name", "=", name), ("company_id", "=", self.company)]
        if found := self.find("account.tax", domain, "id"):
            return found[0]["id"]
        return self.admin.call(
            "account.tax",
            "create",
            {"name": name, "amount": percent, "type_tax_use": "sale"},
        )

    def product(self, name: str, price: float, percent: int, terms: str | None) -> int:
        """A service with that price."""
        if name not in self._products:
            values = {
                "name": name,
                "type": "service",
                "list_price": price,
                "taxes_id": [(6, 0, [self._tax(percent)])],
                "offer_terms": terms,
            }
            self._products[name] = self.admin.call("product.product", "create", values)
        return self._products[name]

    def draft(self, contact: Person, seller: Person, lines=LINES, **values) -> Offer:
        """An offer that is not sent yet."""
        commands = [
            (0, 0, {"product_id": self.product(*product), "product_uom_qty": quantity})
            for product, quantity in lines
        ]
        companies = [self.company, values.get("company_id", self.company)]
        order = self.admin.call(
            "sale.order",
            "create",
            {
                "partner_id": contact.partner,
                "user_id": seller.user,
                "offer_reply_enabled": True,
                "require_signature": False,
                "require_payment": False,
                "order_line": commands,
                **values,
            },
            # The administrator has no part in it.
            context={
                "mail_create_nosubscribe": True,
                "allowed_company_ids": companies[::-1],
            },
        )
        name = self.read("sale.order", [order], "name")[0]["name"]
        return Offer(order, name, contact, seller)

    def sent(self, contact: Person, seller: Person, lines=LINES, **values) -> Offer:
        """An offer that waits for its customer; no mail was sent."""
        offer = self.draft(contact, seller, lines, **values)
        self.admin.call("sale.order", "action_quotation_sent", [offer.id])
        return offer

    def sister_company(self, name: str, welcome: str) -> int:
        """Another company that makes offers, with its own picture and welcome."""
        company = self.admin.call(
            "res.company",
            "create",
            {
                "name": name,
                "offer_portal_message": f"<p>{welcome}</p>",
                "offer_portal_image": picture("#885522"),
            },
        )
        admin = self.find("res.users", [("login", "=", "admin")], "id")[0]["id"]
        self.admin.call("res.users", "write", [admin], {"company_ids": [(4, company)]})
        return company

    def link(self, offer: Offer) -> str:
        """The link that anybody can pass on."""
        order = self.read("sale.order", [offer.id], "access_token")[0]
        return f"{offer.path}?access_token={order['access_token']}"

    def order(self, offer: Offer, *names: str) -> dict:
        """Fields of the order."""
        return self.read("sale.order", [offer.id], *names)[0]

    def lines(self, offer: Offer, *names: str) -> list[dict]:
        """Fields of the order's lines, in their order."""
        return self.find("sale.order.line", [("order_id", "=", offer.id)], *names)

    def line(self, offer: Offer, product: tuple) -> int:
        """The id of the line of a product."""
        domain = [
            ("order_id", "=", offer.id),
            ("product_id", "=", self._products[product[0]]),
        ]
        return self.find("sale.order.line", domain, "id")[0]["id"]

    # ---- mails ----

    def mail_to(
        self, person: Person, subject: str, seconds: float = 60
    ) -> EmailMessage:
        """The mail to somebody whose subject contains a text, once it has arrived."""
        return self.mails.wait_for(
            lambda mail: (
                person.email in mail["X-Envelope-To"] and subject in mail["Subject"]
            ),
            seconds,
        )

    def mails_to(self, person: Person, subject: str) -> list[EmailMessage]:
        """All mails to somebody whose subject contains a text."""
        return [
            mail
            for mail in self.mails.messages()
            if person.email in mail["X-Envelope-To"] and subject in mail["Subject"]
        ]


def picture(colour: str) -> str:
    """A banner in one colour, as it is sent to Odoo."""
    file = io.BytesIO()
    Image.new("RGB", (1200, 300), colour).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


# ---- what is in mails ----


def html_of(mail: EmailMessage) -> lxml.html.HtmlElement:
    """The HTML of a mail."""
    return lxml.html.fromstring(mail.get_body(("html",)).get_content())


def button_of(mail: EmailMessage, text: str) -> str:
    """Where a button in a mail leads to."""
    for link in html_of(mail).iter("a"):
        if text in link.text_content():
            return link.get("href")
    raise AssertionError(f"no button {text!r} in {mail['Subject']!r}")


def pdf_text(pdf: bytes) -> str:
    """The text of a PDF, with single spaces."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return " ".join(done.stdout.decode().split())


def pdfs_of(mail: EmailMessage) -> list[bytes]:
    """The PDF files attached to a mail."""
    return [
        part.get_content()
        for part in mail.iter_attachments()
        if part.get_content_type() == "application/pdf"
    ]


def wait_until(check: Callable[[], object], what: str, seconds: float = 60):
    """What `check` returns, as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (result := check()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.25)
    return result


# ---- pages ----


def log_in(page: Page, person: Person, password: str = PASSWORD) -> None:
    """Log in on the log-in page."""
    # Without a name in the address Odoo hides the form until its scripts run.
    page.goto(f"/web/login?login={person.email}")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile(r"/(odoo|my)\b"))


@dataclass
class OfferPage:
    """The customer's page of an offer, as somebody sees and uses it."""

    page: Page

    def open(self, path: str) -> "OfferPage":
        """Go there and wait until it is ready."""
        self.page.goto(path)
        return self.ready()

    def ready(self) -> "OfferPage":
        """Wait until the page's own scripts run."""
        self.page.wait_for_selector("body[is-ready=true]")
        return self

    @property
    def asked(self) -> Locator:
        """The lines that are to be answered."""
        return self.page.locator("fieldset.o_offer_answer")

    def line(self, product: tuple) -> Locator:
        """A line that is to be answered."""
        return self.page.get_by_role("group", name=f"Your answer to {product[0]}")

    def choose(self, product: tuple, answer: str) -> None:
        """Press an answer of a line."""
        self.line(product).get_by_text(answer, exact=True).click()

    def choose_all(self, answer: str) -> None:
        """Press the same answer in each line."""
        for line in self.asked.all():
            line.get_by_text(answer, exact=True).click()

    def comment(self, product: tuple, text: str) -> None:
        """Write a comment on a line."""
        line = self.line(product)
        box = line.get_by_label("Comment on this line")
        if not box.is_visible():
            line.locator("summary").click()
        box.fill(text)

    def expect_chosen(self, product: tuple, answer: str | None) -> None:
        """See which answer of a line is pressed."""
        for label in ("Yes", "Unsure", "No"):
            radio = self.line(product).get_by_role("radio", name=label, exact=True)
            expect(radio).to_be_checked(checked=label == answer)

    def expect_total(self, answer: str, count: int, total: str) -> None:
        """See what an answer adds up to, taxes included."""
        row = self.page.locator(".o_offer_totals").get_by_role("row", name=answer)
        expect(row.locator("[data-value=count]")).to_have_text(str(count))
        expect(row.locator("[data-value=total]")).to_have_text(total)

    @property
    def missing(self) -> Locator:
        """The list of what is still to be answered."""
        return self.page.locator(".o_offer_missing")

    @property
    def notice(self) -> Locator:
        """What the page says about the last step."""
        return self.page.locator(".o_offer_notice")

    def accept_terms(self) -> None:
        """Tick the box."""
        self.page.get_by_label("I accept the terms and conditions").check()

    def send(self) -> None:
        """Send the reply."""
        self.page.get_by_role("button", name="Send reply").click()

    def expect_sent(self) -> None:
        """See that the reply has arrived."""
        expect(self.notice).to_contain_text("Thank you, your reply has been sent")
