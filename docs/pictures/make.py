"""Make the pictures of the docs from the running demo, so that they stay true.

Start `bin/serve`, then: .venv/bin/python docs/pictures/make.py http://127.0.0.1:8069
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
COLORS = 128
CUSTOMER = "customer"
# The reference that the customer gave to the offer with everything in it.
OFFER = "Sales Conference"


def take(page: Page, name: str) -> None:
    """Save what the window shows, small enough for a repository."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLORS).save(FOLDER / f"{name}.png", optimize=True)


def log_in(page: Page) -> None:
    """Log in as the customer of the demo."""
    page.goto("/web/login")
    page.get_by_label("Email").fill(CUSTOMER)
    page.get_by_label("Password").fill(CUSTOMER)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my**")


def open_offer(page: Page) -> None:
    """Open the offer and answer some of its lines."""
    page.goto("/my/offers")
    page.locator("tr", has_text=OFFER).get_by_role("link").first.click()
    buttons = page.locator(".o_offer_buttons")
    for number, answer in enumerate(("yes", "unsure", "no")):
        buttons.nth(number).locator(f".o_offer_{answer}").click()
    page.locator("#details").scroll_into_view_if_needed()


def main(url: str) -> None:
    """Take all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, width, height in (
            ("offer_page", 1280, 860),
            ("offer_page_phone", 390, 844),
        ):
            page = browser.new_page(
                base_url=url,
                locale="en-US",
                viewport={"width": width, "height": height},
            )
            log_in(page)
            open_offer(page)
            page.wait_for_load_state("networkidle")
            take(page, name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
