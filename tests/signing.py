"""Signing on the page of an order, as customers do."""

import re

from offers import Person
from playwright.sync_api import Page


def sign(page: Page, customer: Person, button: str = "Accept & Sign") -> None:
    """Sign an order in the window that `button` opens."""
    page.wait_for_selector("body[is-ready=true]")
    page.get_by_role("button", name=button).first.click()
    modal = page.locator("#modalaccept")
    # Odoo draws the name once the window is all there. Until then the picture has no
    # size, and who is quicker reads that the signature is missing.
    page.wait_for_function(
        "() => document.querySelector('#modalaccept canvas')?.width > 0"
    )
    modal.get_by_label("Full Name").fill(customer.name)
    modal.get_by_role("button", name="Accept & Sign").click()
    page.wait_for_url(re.compile("message=sign_ok"), wait_until="commit")
