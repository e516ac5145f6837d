"""The shop's pages of order requests by WCAG 2.2 AA."""

from collections.abc import Callable

import pytest
from accessibility import SIZES, check
from offers import Desk
from playwright.sync_api import Page, expect
from shop import Shop, gate_of, on_shop, put_into_cart

pytestmark = on_shop


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
    page.locator("form.o_order_request_form").evaluate(
        "form => { form.noValidate = true }"
    )
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()
    check(page, "#wrap")
