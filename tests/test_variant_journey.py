"""An offer with variants in the browser: from the deal over the customer's phone to the
deal that is won."""

import re
from collections.abc import Iterator

import pytest
from offers import Desk, Person, button_of, log_in
from playwright.sync_api import Locator, Page, expect
from signing import sign

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
# Milliseconds; scripts of the back office are put together when they are first needed.
FIRST_VISIT = 120_000
# Name of the product, price, cost.
PRODUCTS = (("Sash window", 200.0, 120.0), ("Glazed door", 500.0, 300.0))


@pytest.fixture(autouse=True)
def signed_offers(desk: Desk) -> Iterator[None]:
    """Offers are signed, neither paid nor answered line by line."""
    with desk.signed_offers():
        desk.set_company(portal_confirmation_sign=True)
        yield


@pytest.fixture
def seller(desk: Desk) -> Person:
    """Who makes the offer."""
    return desk.seller("Wera Seller")


@pytest.fixture
def customer(desk: Desk) -> Person:
    """Who gets it."""
    return desk.contact("Bruno Blum")


@pytest.fixture
def lead(desk: Desk, seller: Person, customer: Person) -> int:
    """The deal, in the process of windows and doors."""
    for name, price, cost in PRODUCTS:
        values = {"name": name, "type": "service", "list_price": price}
        desk.admin.call(
            "product.product",
            "create",
            [{**values, "standard_price": cost, "taxes_id": []}],
        )
    (lead,) = desk.admin.call(
        "crm.lead",
        "create",
        [
            {
                "name": "Windows of a guest house",
                "type": "opportunity",
                "partner_id": customer.partner,
                "user_id": seller.user,
                "team_id": desk.ref("crm_offer_calculation.crm_team_windows_demo"),
            }
        ],
    )
    return lead


def variant(page: Page, label: str) -> Locator:
    """The row of a variant in the list of its offer."""
    cell = page.get_by_role("cell", name=label, exact=True)
    return page.locator(".o_data_row").filter(has=cell)


def add_product(page: Page, name: str) -> None:
    """Add a line to a quotation."""
    lines = page.locator("[name=order_line]")
    lines.get_by_text("Add a product", exact=True).click()
    cell = lines.locator(".o_selected_row .o_sol_product_many2one_cell").first
    cell.locator("input, textarea").first.press_sequentially(name, delay=20)
    page.locator(".o-autocomplete--dropdown-item").filter(has_text=name).first.click()
    price = lines.locator(".o_selected_row [name=price_unit] input")
    expect(price).not_to_have_value("0.00")
    page.locator(".o_form_button_save").click()
    expect(lines.locator(".o_data_row").last).to_contain_text(name)


def set_margin(page: Page, percent: str) -> None:
    """Let all prices come to a margin."""
    page.get_by_role("button", name="Set Prices", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Percentage").fill(percent)
    dialog.get_by_label("Percentage").press("Tab")
    expect(dialog.locator("[name=new_margin_percent]")).to_contain_text(percent)
    dialog.get_by_role("button", name="Set Prices", exact=True).click()
    expect(dialog).to_be_hidden()


def build(page: Page, lead: int) -> None:
    """Make three variants, each with a margin of its own."""
    page.goto(f"/odoo/crm/{lead}")
    button = page.get_by_role("button", name="New Offer", exact=True)
    button.click(timeout=FIRST_VISIT)
    offer = page.url
    page.wait_for_url(lambda url: url != offer)
    for label, percent, product in (
        ("A", "30", "Sash window"),
        ("B", "40", "Glazed door"),
        ("C", "50", "Glazed door"),
    ):
        expect(variant(page, label)).to_be_visible()
        variant(page, label).get_by_role("button", name="Details").click()
        add_product(page, product)
        set_margin(page, percent)
        page.locator(".o_breadcrumb a, .breadcrumb-item a").last.click()
        expect(variant(page, label)).to_contain_text(f"{percent}%")
        if label != "C":
            variant(page, label).get_by_role("button", name="Copy").click()
            page.locator("[name=order_line]").wait_for()
            page.locator(".o_breadcrumb a, .breadcrumb-item a").last.click()


def preview(page: Page) -> None:
    """See the page as the customer is going to."""
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview", exact=True).click()
    shown = opened.value
    table = shown.locator(".o_crm_offer_table").first
    expect(table).to_contain_text("Variant C")
    expect(table).to_contain_text("Not sent yet")
    expect(shown.locator("main")).not_to_contain_text("120.00")
    shown.close()


def send(page: Page) -> None:
    """Mail the offer."""
    page.get_by_role("button", name="Send", exact=True).click()
    composer = page.get_by_role("dialog")
    composer.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[name=state] .o_arrow_button_current").first).to_contain_text(
        "Sent"
    )


def compare(page: Page, link: str) -> None:
    """Swipe through the cards on a phone, and choose B."""
    page.goto(link)
    cards = page.locator(".o_crm_offer_cards section")
    expect(cards).to_have_count(3)
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width == PHONE["viewport"]["width"], "nothing but the cards is swiped"
    second = cards.nth(1)
    second.scroll_into_view_if_needed()
    expect(second).to_contain_text("Glazed door")
    second.get_by_role("button", name="Choose B").click()
    page.wait_for_url(re.compile(r"/my/orders/\d+"))


def test_from_deal_to_order(
    desk: Desk, visit, seller: Person, customer: Person, lead: int, no_limits
):
    office = visit(viewport={"width": 1440, "height": 900})
    log_in(office, seller)
    build(office, lead)
    (offer,) = desk.find("crm.offer", [("lead_id", "=", lead)], "name", "variant_ids")
    variants = desk.read(
        "sale.order", sorted(offer["variant_ids"]), "margin_percent", "amount_untaxed"
    )
    margins = [round(one["margin_percent"], 2) for one in variants]
    assert margins == [0.3, 0.4, 0.5]
    preview(office)
    send(office)

    link = button_of(desk.mail_to(customer, offer["name"]), "Compare the Variants")
    phone = visit(**PHONE)
    # Signing makes the first PDF, and the styles for it.
    phone.set_default_navigation_timeout(FIRST_VISIT)
    compare(phone, link)
    (chosen,) = desk.read("crm.offer", [offer["id"]], "state")
    assert chosen["state"] == "chosen"
    order = phone.url
    phone.goto(link)
    cards = phone.locator(".o_crm_offer_cards section")
    expect(cards.nth(1)).to_be_in_viewport(ratio=0.5)
    expect(cards.nth(0)).not_to_be_in_viewport(ratio=0.5)
    phone.goto(order)
    sign(phone, customer)

    states = desk.read("sale.order", sorted(offer["variant_ids"]), "state", "signed_by")
    assert [one["state"] for one in states] == ["cancel", "sale", "cancel"]
    assert states[1]["signed_by"] == customer.name
    names = ("won_status", "expected_revenue", "deal_status")
    (deal,) = desk.read("crm.lead", [lead], *names)
    assert deal["won_status"] == deal["deal_status"] == "won"
    assert deal["expected_revenue"] == variants[1]["amount_untaxed"]

    # The salesperson sees who did what, and what became of it.
    office.reload()
    expect(variant(office, "B")).to_contain_text("Sales Order", timeout=FIRST_VISIT)
    expect(office.locator(".o-mail-Thread")).to_contain_text(
        f"{customer.name} chose variant B"
    )
    phone.goto(link)
    expect(phone.locator("main")).to_contain_text("You accepted variant B")
