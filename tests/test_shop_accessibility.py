"""The website's pages of order requests and designs by WCAG 2.2 AA."""

from collections.abc import Callable

import pytest
from accessibility import SIZES, check
from offers import Desk
from playwright.sync_api import Page, expect
from rfq_designs import Maker
from shop import Shop, gate_of, on_shop, put_into_cart

pytestmark = on_shop

# Whether a field can be seen from its upper edge on.
IS_UNCOVERED = """field => {
    const {left, top} = field.getBoundingClientRect();
    return document.elementFromPoint(left + 9, top + 2) === field;
}"""


@pytest.fixture(params=SIZES)
def page(visit: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """An empty page on one of the screens."""
    width, height = SIZES[request.param]
    return visit(viewport={"width": width, "height": height})


def test_request_from_the_cart(desk: Desk, page: Page):
    shop, seller = Shop(desk).ask_first(), desk.seller()
    logo = shop.sell("Logo for everybody", 890, seller, "policy")
    review = shop.sell("Review for everybody", 150, seller, "never")
    put_into_cart(page, logo, review)
    expect(gate_of(page)).to_be_visible()
    check(page, "[name=order_request_gate]")
    page.goto("/shop/request")
    check(page, "#wrap")
    page.get_by_role("button", name="Send request").click()
    assert page.locator(":focus").evaluate(IS_UNCOVERED), "The header is on top of it"
    page.locator("form.o_order_request_form").evaluate(
        "form => { form.noValidate = true }"
    )
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()
    check(page, "#wrap")


def test_designs(desk: Desk, page: Page):
    maker = Maker(desk)
    for name in ("table", "bracket"):
        design = maker.design(name)
        maker.publish(design, access_mode="public", is_published=True)
    page.goto("/rfq")
    expect(page.get_by_role("link", name="Table")).to_be_visible()
    expect(page.get_by_role("link", name="Bracket")).to_be_visible()
    check(page, "#wrap")
