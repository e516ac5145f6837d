"""What the page of a design brings along, and that it keeps up with quick hands."""

import gzip
from collections.abc import Callable

import pytest
from offers import Desk, log_in
from playwright.sync_api import Page, Response, expect
from rfq_designs import MOVES, DesignPage, Maker

# Bytes that are transferred until the model is there, in a browser that has nothing.
MOST_BYTES = 1_200_000
# What a reverse proxy compresses.
COMPRESSED = ("text/", "javascript", "json", "wasm", "svg", "font", "gltf")
LIBRARIES = ("/three-subset-", "/manifold-")


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


def test_saved_before_it_is_possible(desk: Desk, visit: Callable, table: str):
    """The button saves what can't be sent yet, and the customer goes on with it."""
    page = visit()
    log_in(page, desk.contact("Bea Blum", login=True))
    page.goto(f"{table}?p_width=2400")
    design = DesignPage(page).wait()
    design.number("leg_size").fill("50")
    expect(design.problems).to_be_visible()
    page.get_by_role("button", name="Save for later").click()
    expect(page.locator("#rfq_notice")).to_contain_text("Nobody was told of it yet.")
    page.get_by_role("link", name="Go on").click()
    expect(design.wait().number("leg_size")).to_have_value("50")
    expect(design.problems).to_be_visible()


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
    milliseconds, shown = design.slide_quickly(
        "width", 1600, 2400, "2,400 × 800 × 740 mm"
    )
    record_testsuite_property("rfq_model_ms", round(milliseconds))
    # The model follows the hand that rests, not each of its moves.
    assert shown < MOVES / 2
    expect(design.number("width")).to_have_value("2400")
    expect(design.model).to_have_attribute("data-busy", "0")
