"""Order requests and orders on the portal that are paid, without a web shop."""

import pytest
from offers import Desk, Person, button_of, log_in
from order_requests import BRIEF, Studio, number_of
from payments import on_payments, pay, wait_for_paid
from playwright.sync_api import expect
from signing import sign

pytestmark = on_payments


@pytest.fixture(autouse=True)
def paid_offers(desk: Desk):
    """Offers are signed and paid, not answered line by line."""
    desk.set_company(
        offer_reply_default=False,
        portal_confirmation_sign=True,
        portal_confirmation_pay=True,
    )


@pytest.fixture
def studio(desk: Desk) -> Studio:
    """Whose services are on the portal."""
    return Studio(desk)


@pytest.fixture
def seller(desk: Desk) -> Person:
    """Somebody who answers requests."""
    return desk.seller("Rita Seller")


@pytest.fixture
def customer(desk: Desk) -> Person:
    """Who asks and pays."""
    return desk.contact("Bea Blum", login=True)


def orders_of(desk: Desk, customer: Person) -> list[dict]:
    """What became of a customer's orders."""
    domain = [("partner_id", "=", customer.partner)]
    names = ("state", "amount_paid", "order_request_id", "order_request_origin")
    return desk.find("sale.order", domain, *names)


def test_offer_is_signed_and_paid(
    desk: Desk, studio: Studio, seller: Person, customer: Person, visit
):
    service = studio.service("Logo of the payment", 890, seller, "always")
    page = visit()
    log_in(page, customer)
    page.goto(f"/my/services/{service}")
    page.get_by_label("What do you need?").fill(BRIEF)
    page.get_by_role("button", name="Send request").click()
    request = number_of(page)
    assert orders_of(desk, customer) == []

    studio.offer(seller, request, 790)
    page.goto(button_of(desk.mail_to(customer, "Our offer"), "request"))
    page.get_by_role("link", name="See and accept the offer").click()
    sign(page, customer, "Sign & Pay")
    pay(page.locator("#modalaccept"))
    wait_for_paid(page)
    (order,) = orders_of(desk, customer)
    assert (order["state"], order["amount_paid"]) == ("sale", 790)
    assert order["order_request_id"] == request
    assert studio.request(request, "state")["state"] == "accepted"
    page.goto(f"/my/requests/{request}")
    expect(page.locator("main")).to_contain_text("Ordered")


def test_order_is_paid(
    desk: Desk, studio: Studio, seller: Person, customer: Person, visit
):
    """What needs no request is ordered and paid at once."""
    desk.set_company(portal_confirmation_sign=False)
    service = studio.service("Review of the payment", 150, seller, "never")
    page = visit()
    log_in(page, customer)
    page.goto(f"/my/services/{service}")
    page.get_by_role("button", name="Order now").click()
    page.wait_for_url("**/my/orders/*")
    page.wait_for_selector("body[is-ready=true]")
    page.get_by_role("button", name="Accept & Pay").first.click()
    pay(page.locator("#modalaccept"))
    wait_for_paid(page)
    (order,) = orders_of(desk, customer)
    assert (order["state"], order["amount_paid"]) == ("sale", 150)
    assert order["order_request_origin"] == "customer"
