"""Paying with the provider of Odoo's demo, whose payments end at once and nowhere."""

import pytest
from playwright.sync_api import Locator, Page

# For tests whose server is the portal with that provider, without a website.
on_payments = pytest.mark.parametrize(
    "site", ["payments"], indirect=True, scope="session"
)


def pay(place: Page | Locator) -> None:
    """Fill in the form of the payment and send it, on a page or in a window of it."""
    place.get_by_label("Payment Details (test data)").fill("4242 4242 4242 4242")
    place.locator("button[name=o_payment_submit_button]:visible").click()


def wait_for_paid(page: Page) -> None:
    """Wait until the order's page says that it is paid; the documents of the order
    are made first."""
    paid = page.locator("#quote_content").get_by_text("Your payment has been processed")
    paid.wait_for(timeout=60_000)
