"""A page by WCAG 2.2 AA, as far as a program can tell."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Parts of these pages that Odoo itself makes, and what is wrong with them.
CORE = [
    "#chatterRoot",  # pale dates, pictures without a text
    ".bs-sidenav",  # links that are only 21 pixels high
]


def check(page: Page, part: str = "html") -> None:
    """Open what can be folded, and see that nothing is wrong with the page, or the part
    of it that is not Odoo's."""
    page.wait_for_selector("body[is-ready=true]")
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => { d.open = true })"
    )
    # Colours that are on their way are nobody's.
    page.evaluate("Promise.allSettled(document.getAnimations().map(a => a.finished))")
    results = Axe().run(
        page,
        context={
            "include": [[part]],
            "exclude": [[selector] for selector in CORE],
        },
        options={
            "runOnly": {"type": "tag", "values": LEVELS},
            "resultTypes": ["violations"],
        },
    )
    found = [
        f"{violation['id']}: {node['html']}\n    {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n".join(found)
