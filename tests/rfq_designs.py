"""Designs that customers configure, their page, and requests of them."""

import re
from dataclasses import dataclass

from client import Client
from offers import PASSWORD, Desk, Person, wait_until
from playwright.sync_api import Locator, Page, expect

# What lies above a model is no part of its picture.
ONLY_THE_MODEL = ".o_rfq_viewer > :not(.o_rfq_stage) { visibility: hidden }"

# Moves of a quick hand, and the milliseconds from one to the next.
MOVES, PAUSE = 20, 16
# Moves a slider like a finger, then waits for the model of the last place; returns the
# milliseconds that took, and how many other sizes were shown meanwhile.
SLIDE = """
async ([code, start, last, moves, pause, size]) => {
    const range = document.querySelector(
        `.o_rfq_field[data-code=${code}] .o_rfq_range`
    );
    const shown = document.querySelector(".o_rfq_size");
    const seen = new Set();
    const arrived = new Promise((resolve) => {
        new MutationObserver(() => {
            seen.add(shown.textContent);
            if (shown.textContent === size) {
                resolve(performance.now());
            }
        }).observe(shown, {characterData: true, childList: true, subtree: true});
    });
    let moved = 0;
    for (let move = 1; move <= moves; move++) {
        range.value = start + ((last - start) * move) / moves;
        moved = performance.now();
        range.dispatchEvent(new Event("input", {bubbles: true}));
        await new Promise((resolve) => setTimeout(resolve, pause));
    }
    const end = await arrived;
    return [end - moved, seen.size];
}
"""


@dataclass
class Maker:
    """Publishes designs and answers requests."""

    desk: Desk

    def design(self, name: str) -> int:
        """One of the demo's designs."""
        return self.desk.ref(f"rfq_configurator.rfq_design_{name}_demo")

    def code(self, design: int) -> str:
        """What stands in the address of a design."""
        return self.desk.read("rfq.design", [design], "code")[0]["code"]

    def invite(self, design: int, customer: Person) -> None:
        """Give a customer a link of their own."""
        values = {"design_id": design, "partner_id": customer.partner}
        self.desk.admin.call("rfq.design.access", "create", values)

    def publish(self, design: int, **values) -> None:
        """Change a design and publish it again, which tells those who are invited."""
        call = self.desk.admin.call
        call("rfq.design", "action_draft", [design])
        call("rfq.design", "write", [design], values)
        call("rfq.design", "action_publish", [design])

    def request(self, number: int, *names: str) -> dict:
        """Fields of a request."""
        return self.desk.read("rfq.request", [number], *names)[0]

    def wait_for_files(self, request: int) -> None:
        """Wait until the job that makes the files of a request is done."""
        wait_until(
            lambda: self.request(request, "files_state")["files_state"] == "done",
            f"files of request {request}",
        )

    def quote(self, seller: Person, request: int) -> int:
        """Answer with a quotation, as the seller's buttons do; returns the order."""
        client = Client(self.desk.admin.url).login(seller.email, PASSWORD)
        action = client.call("rfq.request", "action_create_quotation", [request])
        client.call("sale.order", "action_quotation_sent", [action["res_id"]])
        return action["res_id"]


class DesignPage:
    """What a customer does on the page of a design."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def model(self) -> Locator:
        """The model in 3D."""
        return self.page.locator(".o_rfq_viewer")

    @property
    def size(self) -> Locator:
        """How large the model is."""
        return self.page.locator(".o_rfq_size")

    @property
    def problems(self) -> Locator:
        """What keeps the configuration from being sent."""
        return self.page.locator(".o_rfq_issues")

    def field(self, code: str) -> Locator:
        """A parameter with all that belongs to it."""
        return self.page.locator(f".o_rfq_field[data-code={code}]")

    def number(self, code: str) -> Locator:
        """Where a number is typed."""
        return self.field(code).get_by_role("textbox")

    def wait(self) -> "DesignPage":
        """Wait until the model is there."""
        expect(self.page.locator(".o_rfq_viewer[data-status=ready]")).to_be_visible()
        return self

    def slide(self, code: str, value: float) -> None:
        """Move a slider, as fast as a finger."""
        self.field(code).locator(".o_rfq_range").evaluate(
            """(range, value) => {
                range.value = value;
                range.dispatchEvent(new Event("input", {bubbles: true}));
            }""",
            value,
        )

    def slide_quickly(
        self, code: str, start: float, last: float, size: str
    ) -> tuple[float, int]:
        """Move a slider as fast as a finger, and wait for the model of the last place.

        Returns how many milliseconds after the last move the model's size was there,
        and how many sizes were shown meanwhile.
        """
        arguments = [code, start, last, MOVES, PAUSE, size]
        milliseconds, shown = self.page.evaluate(SLIDE, arguments)
        return milliseconds, shown

    def picture(self) -> bytes:
        """What is to be seen of the model, when it rests."""
        expect(self.model).to_have_attribute("data-busy", "0")
        return self.model.locator("canvas").screenshot(style=ONLY_THE_MODEL)

    def send(self) -> None:
        """Ask for a quotation."""
        self.page.locator(".o_rfq_send").click()


def number_of(page: Page) -> int:
    """The request whose page somebody was led to after sending it."""
    page.wait_for_url(re.compile(r"/my/rfqs/\d+\?.*notice=sent"))
    return int(re.search(r"/my/rfqs/(\d+)", page.url)[1])
