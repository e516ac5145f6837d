"""The customer's pages by WCAG 2.2 AA, as far as a program can tell."""

from collections.abc import Callable

import pytest
from accessibility import SIZES, check
from market import Market
from offers import BUS, DINNER, ROOM, Desk, Offer, OfferPage, log_in
from order_requests import BRIEF, QUESTION, Studio, number_of
from playwright.sync_api import Page, expect
from rfq_designs import DesignPage, Maker
from rfq_designs import number_of as rfq_of


@pytest.fixture(params=SIZES)
def page(visit: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """An empty page on one of the screens."""
    width, height = SIZES[request.param]
    return visit(viewport={"width": width, "height": height})


@pytest.fixture
def offer(desk: Desk, seller, page: Page) -> Offer:
    """An offer whose customer has logged in."""
    contact = desk.contact(login=True)
    log_in(page, contact)
    return desk.sent(contact, seller, note="<p>Prices hold for 30 guests.</p>")


@pytest.fixture(scope="module")
def seller(desk: Desk):
    """Who makes the offers."""
    return desk.seller()


def test_offer_page(desk: Desk, page: Page, offer: Offer):
    form = OfferPage(page).open(offer.path)
    form.choose(ROOM, "Yes")
    form.choose(DINNER, "Unsure")
    form.choose(BUS, "No")
    check(page)
    form.send()
    expect(form.notice).to_contain_text("Your reply was not sent yet")
    check(page)
    form.choose_all("Yes")
    form.choose(DINNER, "Unsure")
    form.accept_terms()
    form.send()
    form.expect_sent()
    check(page)
    line = desk.line(offer, ROOM)
    desk.admin.call("sale.order.line", "write", [line], {"price_unit": 110})
    form.open(offer.path)
    expect(page.get_by_text("Changed:")).to_be_visible()
    check(page)


def test_feedback(page: Page, offer: Offer):
    OfferPage(page).open(offer.path)
    page.locator(".o_offer_form").get_by_role("button", name="Feedback").click()
    panel = page.get_by_role("dialog", name="Feedback")
    expect(panel.get_by_role("button", name="Send feedback")).to_be_in_viewport()
    check(page)
    panel.get_by_label("Your feedback").fill("Is there a lift?")
    panel.get_by_role("button", name="Send feedback").click()
    expect(OfferPage(page).notice).to_contain_text("Thank you for your feedback")
    page.goto(f"{offer.path}/offer/feedback")
    check(page)


def test_list_of_offers(page: Page, offer: Offer):
    page.goto("/my/offers")
    expect(page.get_by_role("link", name=offer.name)).to_be_visible()
    check(page)


# ---- the marketplace, with its demo data ----

WORKSHOP_PAGES = (
    "",
    "/requests",
    "/work",
    "/orders",
    "/statement",
    "/reviews",
    "/letters",
    "/letters/new",
    "/customers",
    "/notices",
)


def test_market_for_workshops(desk: Desk, page: Page):
    market = Market(desk)
    workshop = market.workshop()
    request = market.published(market.category())
    log_in(page, workshop.person)
    for path in WORKSHOP_PAGES:
        page.goto(f"/my/market{path}")
        check(page)
    page.goto(request.path)
    check(page)
    page.locator("form[action$='/open'] button").click()
    page.wait_for_url("**/my/market/take/*")
    check(page)
    take = page.url.split("?")[0]
    for path in ("/order", "/checkin?answer=contracted"):
        page.goto(f"{take}{path}")
        check(page)


def test_market_links_that_lead_nowhere(page: Page, no_limits):
    for path in ("/market/checkin/1?pid=1", "/market/request/ZZZZZZZ"):
        page.goto(path)
        check(page)


def test_market_for_customers(desk: Desk, page: Page):
    page.goto("/market/request")
    check(page)
    page.locator("form[action^='/market/request']").evaluate(
        "form => { form.noValidate = true }"
    )
    page.get_by_role("button", name="Send request").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    check(page)
    request = Market(desk).published(Market(desk).category())
    lead = desk.read("crm.lead", [request.lead], "market_token")[0]
    page.goto(f"/market/request/{request.number}?access_token={lead['market_token']}")
    check(page)
    page.goto("/market/workshops")
    check(page)
    page.locator("a[href^='/market/workshop/']").first.click()
    check(page)


# ---- order requests ----


def test_requests(desk: Desk, page: Page, seller):
    studio = Studio(desk)
    service = studio.service(
        "Logo for everybody",
        890,
        seller,
        "always",
        description_sale="Three drafts, two rounds of changes.",
        order_request_question_ids=[(0, 0, {"name": QUESTION})],
    )
    log_in(page, desk.contact(login=True))
    page.goto("/my/requests")
    check(page)
    page.goto("/my/services")
    check(page)
    page.goto(f"/my/services/{service}")
    check(page)
    page.locator("form.o_order_request_form").evaluate(
        "form => { form.noValidate = true }"
    )
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    check(page)
    page.get_by_label(QUESTION).fill("Everybody")
    page.get_by_label("What do you need?").fill(BRIEF)
    page.get_by_role("button", name="Send request").click()
    request = number_of(page)
    check(page)
    studio.offer(seller, request, 790)
    page.goto(f"/my/requests/{request}")
    check(page)
    page.goto("/my/requests")
    check(page)


# ---- designs to configure ----


def test_designs(desk: Desk, page: Page, seller, no_limits):
    maker = Maker(desk)
    customer = desk.contact(login=True)
    log_in(page, customer)
    page.goto("/my/rfqs")
    check(page)
    page.goto("/rfq/d/nothing-there")
    check(page)
    table = maker.design("table")
    maker.publish(table, user_id=seller.user)
    page.goto(f"/rfq/d/{maker.code(table)}?p_width=2400&p_shelf=true")
    design = DesignPage(page).wait()
    check(page)
    design.number("leg_size").fill("50")
    expect(design.problems).to_be_visible()
    check(page)
    design.number("leg_size").fill("70")
    page.get_by_role("button", name="Compare with the original").click()
    expect(design.model).to_contain_text("Original")
    check(page)
    page.locator(".o_rfq_form").evaluate("form => { form.noValidate = true }")
    page.get_by_label("Quantity").fill("0")
    design.send()
    expect(page.locator("#rfq_errors")).to_be_visible()
    design.wait()
    check(page)
    page.get_by_label("Quantity").fill("2")
    design.send()
    request = rfq_of(page)
    desk.mail_to(customer, "We received your request")
    maker.wait_for_files(request)
    design.wait()
    check(page)
    page.get_by_label("Your message").fill("By autumn, please.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#rfq_notice")).to_be_visible()
    maker.quote(seller, request)
    page.goto(f"/my/rfqs/{request}")
    design.wait()
    expect(page.get_by_role("link", name="See the offer")).to_be_visible()
    check(page)
    page.goto("/my/rfqs")
    check(page)
