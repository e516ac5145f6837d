"""An order request on the portal, from the service's page to the signed order."""

import datetime
import re

import pytest
from client import Client
from offers import PASSWORD, Desk, Person, button_of, log_in
from playwright.sync_api import Page, expect

BRIEF = "A loaf, drawn by hand.\nOne colour."


@pytest.fixture
def seller(desk: Desk) -> Person:
    """Somebody who answers requests."""
    return desk.seller("Rita Seller")


@pytest.fixture
def service(desk: Desk, seller: Person) -> dict:
    """A service on the portal that always needs a request."""
    (service,) = desk.admin.call(
        "product.template",
        "create",
        [
            {
                "name": "Logo of the journey",
                "type": "service",
                "list_price": 890,
                "taxes_id": [],
                "order_request_published": True,
                "order_request_mode": "always",
                "order_request_user_id": seller.user,
                "order_request_question_ids": [(0, 0, {"name": "For whom is it?"})],
            }
        ],
    )
    variant = desk.read("product.template", [service], "product_variant_id")[0]
    return {"id": service, "variant": variant["product_variant_id"]}


@pytest.fixture(autouse=True)
def policy(desk: Desk):
    """Order requests are on, and offers are signed, not answered line by line."""
    found = desk.find(
        "order.request.policy",
        [("company_id", "=", desk.company), ("user_id", "=", False)],
        "id",
    )
    if not found:
        desk.admin.call("order.request.policy", "create", [{"tz": "Europe/Paris"}])
    names = ("offer_reply_default", "portal_confirmation_pay")
    before = desk.read("res.company", [desk.company], *names)[0]
    desk.set_company(**dict.fromkeys(names, False))
    yield
    desk.set_company(**{name: before[name] for name in names})


def ask(page: Page, service: dict) -> str:
    """Fill in the service's form; returns the path of the request."""
    page.goto("/my/services")
    page.get_by_role("link", name="Logo of the journey").click()
    expect(page.locator("#order_request_gate")).to_contain_text("made to measure")
    page.get_by_label("For whom is it?").fill("A bakery")
    page.get_by_label("What do you need?").fill(BRIEF)
    start = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)
    page.get_by_label("Wished start").fill(start.isoformat())
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url(re.compile(r"/my/requests/\d+\?notice=sent"))
    expect(page.get_by_role("status").first).to_contain_text("Your request was sent")
    return re.search(r"/my/requests/\d+", page.url)[0]


def offer(desk: Desk, server, seller: Person, request: int, price: float) -> None:
    """Answer with an offer, as the seller's window does."""
    client = Client(server.url).login(seller.email, PASSWORD)
    (window,) = client.call(
        "order.request.offer",
        "create",
        [{"request_id": request, "message": "With two drafts."}],
    )
    (line,) = client.call("order.request.offer", "read", [window], ["line_ids"])[0][
        "line_ids"
    ]
    client.call(
        "order.request.offer",
        "write",
        [window],
        {"line_ids": [(1, line, {"price_unit": price})]},
    )
    client.call("order.request.offer", "action_send", [window])


def test_journey(desk: Desk, server, seller: Person, service: dict, visit):
    customer = desk.contact("Bea Blum", login=True)
    page = visit()
    log_in(page, customer)
    path = ask(page, service)
    request = int(path.rpartition("/")[2])
    mail = desk.mails.wait_for(lambda m: seller.email in m["X-Envelope-To"], 60)
    assert "New request" in mail["Subject"]

    # The first offer is too dear; the second one is signed.
    offer(desk, server, seller, request, 990)
    mail = desk.mails.wait_for(
        lambda m: customer.email in m["X-Envelope-To"]
        and "Our offer" in str(m["Subject"]),
        60,
    )
    page.goto(button_of(mail, "request"))
    expect(page.locator("main")).to_contain_text("990.00")
    expect(page.locator("main")).to_contain_text("With two drafts.")
    page.get_by_text("Ask for changes to the offer").click()
    page.get_by_label("What should be different?").fill("One draft is enough.")
    page.get_by_role("button", name="Ask for another offer").click()
    expect(page.get_by_role("status").first).to_contain_text("another offer")
    offer(desk, server, seller, request, 790)
    page.goto(path)
    page.get_by_role("link", name="See and accept the offer").click()
    sign(page, customer)
    order = desk.find("sale.order", [("order_request_id", "=", request)], "state")
    assert sorted(one["state"] for one in order) == ["cancel", "sale"]
    page.goto(path)
    expect(page.locator("main")).to_contain_text("Ordered")


def sign(page: Page, customer: Person) -> None:
    """Sign an order."""
    page.wait_for_selector("body[is-ready=true]")
    page.get_by_role("button", name="Accept & Sign").first.click()
    modal = page.locator("#modalaccept")
    modal.get_by_label("Full Name").fill(customer.name)
    modal.get_by_role("button", name="Accept & Sign").click()
    page.wait_for_url(re.compile("message=sign_ok"))


def test_own_order_is_not_answered_line_by_line(desk: Desk, seller: Person, visit):
    """Who chose a service from the list has nothing to answer."""
    desk.set_company(offer_reply_default=True)
    (service,) = desk.admin.call(
        "product.template",
        "create",
        [
            {
                "name": "Review of the journey",
                "type": "service",
                "list_price": 150,
                "order_request_published": True,
                "order_request_mode": "never",
            }
        ],
    )
    customer = desk.contact("Ben Blum", login=True)
    page = visit()
    log_in(page, customer)
    page.goto(f"/my/services/{service}")
    page.get_by_role("button", name="Order now").click()
    page.wait_for_url(re.compile(r"/my/orders/\d+"))
    expect(page.locator("#quote_content")).to_contain_text("Review of the journey")
    expect(page.get_by_role("radio")).to_have_count(0)
    sign(page, customer)
    orders = desk.find("sale.order", [("partner_id", "=", customer.partner)], "state")
    assert [one["state"] for one in orders] == ["sale"]
