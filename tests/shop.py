"""The web shop: what it sells, and what customers do there."""

from dataclasses import dataclass

import pytest
from offers import Person
from order_requests import QUESTION, Studio
from playwright.sync_api import Locator, Page

# For tests whose server is the shop. There is one server at a time.
on_shop = pytest.mark.parametrize("site", ["shop"], indirect=True, scope="session")


@dataclass
class Service:
    """Something that is sold in the shop."""

    id: int
    name: str
    url: str


@dataclass
class Shop(Studio):
    """A studio that sells in the web shop."""

    def sell(self, name: str, price: float, seller: Person, mode: str) -> Service:
        """Put a service on sale; `mode` is policy, always or never."""
        questions = [(0, 0, {"name": QUESTION})] if mode != "never" else []
        service = self.service(
            name,
            price,
            seller,
            mode,
            is_published=True,
            order_request_question_ids=questions,
        )
        url = self.desk.read("product.template", [service], "website_url")[0]
        return Service(service, name, url["website_url"])

    def carts(self, request: int) -> list[dict]:
        """The orders of whoever sent a request."""
        partner = self.request(request, "commercial_partner_id")
        return self.desk.find(
            "sale.order",
            [("partner_id", "child_of", partner["commercial_partner_id"])],
            "state",
            "order_line",
            "transaction_ids",
            "amount_paid",
            "amount_total",
            order="id",
        )


def put_into_cart(page: Page, *services: Service) -> None:
    """Add services to the cart and go there."""
    for service in services:
        page.goto(service.url)
        page.wait_for_selector("body[is-ready=true]")
        with page.expect_response("**/shop/cart/add"):
            page.get_by_role("button", name="Add to cart").click()
    page.goto("/shop/cart")
    page.wait_for_selector("body[is-ready=true]")


def gate_of(page: Page) -> Locator:
    """What the cart says about the gate."""
    return page.get_by_role("status").filter(has_text="look at")
