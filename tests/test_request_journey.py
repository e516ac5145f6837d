"""An order request on the portal, from the service's page to the signed order."""

import datetime
import re

import pytest
from offers import Desk, Person, button_of, log_in
from order_requests import BRIEF, QUESTION, Studio, number_of
from playwright.sync_api import Page, expect
from signing import sign


@pytest.fixture
def seller(desk: Desk) -> Person:
    """Somebody who answers requests."""
    return desk.seller("Rita Seller")


@pytest.fixture
def studio(desk: Desk) -> Studio:
    """Whose services are on the portal."""
    return Studio(desk)


@pytest.fixture(autouse=True)
def signed_offers(desk: Desk):
    """Offers are signed, neither paid nor answered line by line."""
    with desk.signed_offers():
        yield


def ask(page: Page) -> int:
    """Fill in the form of a service; returns the request."""
    page.goto("/my/services")
    page.get_by_role("link", name="Logo of the journey").click()
    expect(page.locator("#order_request_gate")).to_contain_text("made to measure")
    page.get_by_label(QUESTION).fill("A bakery")
    page.get_by_label("What do you need?").fill(BRIEF)
    start = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)
    page.get_by_label("Wished start").fill(start.isoformat())
    page.get_by_role("button", name="Send request").click()
    request = number_of(page)
    expect(page.get_by_role("status").first).to_contain_text("Your request was sent")
    return request


def test_journey(desk: Desk, studio: Studio, seller: Person, visit):
    questions = [(0, 0, {"name": QUESTION})]
    studio.service(
        "Logo of the journey",
        890,
        seller,
        "always",
        order_request_question_ids=questions,
    )
    customer = desk.contact("Bea Blum", login=True)
    page = visit()
    log_in(page, customer)
    request = ask(page)
    desk.mail_to(seller, "New request")

    # The first offer is too dear; the second one is signed.
    studio.offer(seller, request, 990)
    page.goto(button_of(desk.mail_to(customer, "Our offer"), "request"))
    expect(page.locator("main")).to_contain_text("990.00")
    expect(page.locator("main")).to_contain_text("With two drafts.")
    page.get_by_text("Ask for changes to the offer").click()
    page.get_by_label("What should be different?").fill("One draft is enough.")
    page.get_by_role("button", name="Ask for another offer").click()
    expect(page.get_by_role("status").first).to_contain_text("another offer")
    studio.offer(seller, request, 790)
    page.goto(f"/my/requests/{request}")
    page.get_by_role("link", name="See and accept the offer").click()
    sign(page, customer)
    order = desk.find("sale.order", [("order_request_id", "=", request)], "state")
    assert sorted(one["state"] for one in order) == ["cancel", "sale"]
    page.goto(f"/my/requests/{request}")
    expect(page.locator("main")).to_contain_text("Ordered")


def test_own_order_is_not_answered_line_by_line(
    desk: Desk, studio: Studio, seller: Person, visit
):
    """Who chose a service from the list has nothing to answer."""
    desk.set_company(offer_reply_default=True)
    service = studio.service("Review of the journey", 150, seller, "never")
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
