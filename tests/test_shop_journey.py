"""Order requests in the shop: from the cart to the request, the offer, the order."""

import re

import pytest
from offers import Desk, Person, button_of, log_in
from order_requests import BRIEF, QUESTION, number_of
from payments import pay, wait_for_paid
from playwright.sync_api import Page, expect
from shop import (
    Service,
    Shop,
    gate_of,
    on_shop,
    put_into_cart,
)
from signing import sign

pytestmark = on_shop


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Shop:
    """Whose first orders are requests now."""
    return Shop(desk).ask_first()


@pytest.fixture(scope="module")
def seller(desk: Desk) -> Person:
    """Somebody who answers requests."""
    return desk.seller("Rita Seller")


@pytest.fixture(scope="module")
def logo(shop: Shop, seller: Person) -> Service:
    """A service whose first orders are requests."""
    return shop.sell("Logo of the shop", 890, seller, "policy")


@pytest.fixture(scope="module")
def review(shop: Shop, seller: Person) -> Service:
    """A service that can be ordered at once."""
    return shop.sell("Review of the shop", 150, seller, "never")


def send_request(
    page: Page, guest: Person | None = None, scope: str | None = None
) -> int:
    """Go from the cart to the form and send it; returns the request."""
    page.get_by_role("button", name="Send a request").click()
    page.wait_for_url("**/shop/request")
    page.wait_for_selector("body[is-ready=true]")
    if guest:
        page.get_by_label("Your name").fill(guest.name)
        page.get_by_label("E-mail").fill(guest.email)
    page.get_by_label(QUESTION).fill("A bakery")
    page.get_by_label("What do you need?").fill(BRIEF)
    if scope:
        page.get_by_label(scope).check()
    page.get_by_role("button", name="Send request").click()
    return number_of(page)


def check_nothing_was_bought(shop: Shop, request: int) -> None:
    """There is a request, and neither an order nor a payment."""
    assert shop.request(request, "state", "sale_order_ids") == {
        "id": request,
        "state": "submitted",
        "sale_order_ids": [],
    }
    for cart in shop.carts(request):
        assert (cart["state"], cart["order_line"]) == ("draft", [])
        assert cart["transaction_ids"] == []


def test_guest(desk: Desk, shop: Shop, seller: Person, logo: Service, visit):
    guest = desk.visitor("Gitta Gast")
    page = visit()
    put_into_cart(page, logo)
    expect(gate_of(page)).to_contain_text("This is your first order with us")
    expect(gate_of(page)).to_contain_text(f"{shop.until:%d %b, %H:%M}")
    expect(page.get_by_role("button", name="Checkout")).to_have_count(0)

    # The shop's own way leads to the form as well.
    page.goto("/shop/checkout")
    expect(page).to_have_url(re.compile("/shop/request$"))
    expect(page.locator("main")).to_contain_text("We answer within 24 hours")
    page.goto("/shop/cart")
    request = send_request(page, guest)
    expect(page.get_by_role("status").first).to_contain_text("Your request was sent")
    expect(page.locator("main")).to_contain_text("A bakery")
    state = page.get_by_text("We look at it", exact=True)
    expect(state).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    check_nothing_was_bought(shop, request)

    mail = desk.mail_to(seller, "New request")
    assert BRIEF.splitlines()[0] in mail.get_body(("html",)).get_content()
    # The link in the mail is enough, on any device.
    other = visit()
    other.goto(button_of(desk.mail_to(guest, "We received your request"), "request"))
    expect(other.get_by_role("heading", level=1)).to_contain_text("Request")
    expect(other.locator("main")).to_contain_text("Logo of the shop")


def test_customer_gets_an_offer(
    desk: Desk, shop: Shop, seller: Person, logo: Service, visit
):
    desk.set_company(portal_confirmation_sign=True, portal_confirmation_pay=True)
    customer = desk.contact("Bea Blum", login=True)
    page = visit()
    log_in(page, customer)
    put_into_cart(page, logo)
    request = send_request(page)
    check_nothing_was_bought(shop, request)

    office = visit()
    log_in(office, seller)
    make_offer(office, button_of(desk.mail_to(seller, "Bea Blum"), "request"), "790")

    page.goto(button_of(desk.mail_to(customer, "Our offer"), "request"))
    expect(page.locator("main")).to_contain_text("790.00")
    page.get_by_role("link", name="See and accept the offer").click()
    sign(page, customer, "Sign & Pay")
    pay(page.locator("#modalaccept"))
    wait_for_paid(page)
    (order,) = desk.find(
        "sale.order", [("order_request_id", "=", request)], "state", "amount_paid"
    )
    assert (order["state"], order["amount_paid"]) == ("sale", 790)
    page.goto(f"/my/requests/{request}")
    expect(page.locator("main")).to_contain_text("Ordered")
    office.reload()
    expect(office.locator(".o_statusbar_status")).to_contain_text("Accepted")


def make_offer(page: Page, link: str, price: str) -> None:
    """The seller reads the request and answers with an offer."""
    page.goto(link)
    form = page.locator(".o_form_view")
    expect(form).to_contain_text("A loaf, drawn by hand.")
    expect(form).to_contain_text("A bakery")
    form.get_by_role("button", name="Send Offer").click()
    window = page.get_by_role("dialog")
    cell = window.locator("td[name=price_unit]")
    cell.click()
    cell.get_by_role("textbox").fill(price)
    window.get_by_label("Message to the Customer").fill("With two drafts.")
    window.get_by_role("button", name="Send Offer").click()
    expect(window).to_have_count(0)
    expect(form.get_by_role("button", name="Send Another Offer")).to_be_visible()


def test_rest_is_ordered_now(
    desk: Desk, shop: Shop, logo: Service, review: Service, visit
):
    guest = desk.visitor("Gerd Gast")
    page = visit()
    put_into_cart(page, logo, review)
    request = send_request(page, guest, "Request these, order the rest now")
    lines = desk.find("order.request.line", [("request_id", "=", request)], "name")
    assert [line["name"] for line in lines] == [logo.name]

    page.get_by_role("link", name="Order the rest").click()
    # A service needs no address.
    page.wait_for_url("**/shop/payment")
    expect(page.locator("#wrap")).to_contain_text(review.name)
    expect(page.locator("#wrap")).not_to_contain_text(logo.name)
    pay(page)
    expect(page.get_by_text("Thank you for your order.")).to_be_visible()
    (order,) = shop.carts(request)
    assert order["state"] == "sale"
    assert 0 < order["amount_total"] == order["amount_paid"]
    lines = desk.find("sale.order.line", [("order_id", "=", order["id"])], "name")
    assert [line["name"] for line in lines] == [review.name]
    assert shop.request(request, "state")["state"] == "submitted"


def test_everything_is_a_request(
    desk: Desk, shop: Shop, logo: Service, review: Service, visit
):
    guest = desk.visitor("Gesa Gast")
    page = visit()
    put_into_cart(page, logo, review)
    request = send_request(page, guest, "Send everything as a request")
    lines = desk.find("order.request.line", [("request_id", "=", request)], "name")
    assert {line["name"] for line in lines} == {logo.name, review.name}
    check_nothing_was_bought(shop, request)
    expect(page.get_by_role("link", name="Order the rest")).to_have_count(0)


def test_no_express_checkout_of_what_is_gated(logo: Service, review: Service, visit):
    page = visit()
    put_into_cart(page, review)
    express = page.get_by_role("button", name="Pay with Demo")
    expect(express).to_be_visible()
    put_into_cart(page, logo)
    expect(gate_of(page)).to_be_visible()
    expect(express).to_have_count(0)
    # All is as before as soon as nothing is left that needs a request.
    row = page.locator(".o_cart_product").filter(has_text=logo.name)
    row.get_by_role("link", name="Remove from cart").click()
    expect(gate_of(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Checkout")).to_be_visible()
    page.reload()
    expect(express).to_be_visible()
