"""What the page of a design brings along, and that it keeps up with quick hands."""

import gzip
from collections.abc import Callable

import pytest
from offers import Desk
from playwright.sync_api import Page, Response, expect
from rfq_designs import DesignPage, Maker

# Bytes that are transferred until the model is there, in a browser that has nothing.
MOST_BYTES = 1_200_000
# What a reverse proxy compresses.
COMPRESSED = ("text/", "javascript", "json", "wasm", "svg", "font", "gltf")
LIBRARIES = ("/three-subset-", "/manifold-")
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


@pytest.fixture
def table(desk: Desk) -> str:
    """The address of the demo's table, which everybody may see."""
    maker = Maker(desk)
    design = maker.design("table")
    maker.publish(design, access_mode="public")
    return f"/rfq/d/{maker.code(design)}"


class Transfer:
    """What a page transfers, as a proxy that compresses would."""

    def __init__(self, page: Page) -> None:
        self.responses: list[Response] = []
        # No built-in method: Playwright has to mark it as known.
        page.context.on("response", lambda response: self.responses.append(response))

    def sizes(self) -> dict[str, int]:
        """Bytes by address."""
        return {
            response.url: self._size(response)
            for response in self.responses
            if response.ok and not response.url.startswith(("data:", "blob:"))
        }

    def _size(self, response: Response) -> int:
        body = response.body()
        kind = response.header_value("content-type") or ""
        if any(part in kind for part in COMPRESSED):
            return len(gzip.compress(body))
        return len(body)


def test_weight(visit: Callable, table: str, record_testsuite_property: Callable):
    page = visit()
    transfer = Transfer(page)
    page.goto(table)
    DesignPage(page).wait()
    page.wait_for_load_state("networkidle")
    sizes = transfer.sizes()
    for library in LIBRARIES:
        assert any(library in url for url in sizes), f"{library}: {sorted(sizes)}"
    record_testsuite_property("rfq_page_bytes", sum(sizes.values()))
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])[:10]
    assert sum(sizes.values()) <= MOST_BYTES, heaviest


def test_libraries_are_for_models_alone(visit: Callable, table: str):
    page = visit()
    transfer = Transfer(page)
    for path in ("/my/rfqs", "/web/login", "/rfq/d/nothing-there"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    loaded = [response.url for response in transfer.responses]
    assert loaded
    for library in ("rfq_configurator.assets_", *LIBRARIES):
        assert not [url for url in loaded if library in url]


def test_quick_moves_end_with_the_right_model(
    visit: Callable, table: str, record_testsuite_property: Callable
):
    page = visit()
    page.goto(table)
    design = DesignPage(page).wait()
    arguments = ["width", 1600, 2400, MOVES, PAUSE, "2,400 × 800 × 740 mm"]
    milliseconds, shown = page.evaluate(SLIDE, arguments)
    record_testsuite_property("rfq_model_ms", round(milliseconds))
    # The model follows the hand that rests, not each of its moves.
    assert shown < MOVES / 2
    expect(design.number("width")).to_have_value("2400")
    expect(design.model).to_have_attribute("data-busy", "0")
