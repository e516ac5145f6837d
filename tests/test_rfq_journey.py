"""A design in the browser: from the link in a mail over the request to the order, and
to what is left of the request when its time is over."""

import json
import re

import lxml.etree
import pytest
from offers import (
    PASSWORD,
    Desk,
    Person,
    button_of,
    html_of,
    log_in,
    wait_until,
)
from playwright.sync_api import Page, expect
from rfq_designs import DesignPage, Maker, number_of
from signing import sign

NEED_THICK_LEGS = "Tables wider than 2000 mm need legs of 60 mm."
WIDE = "2,400 × 800 × 740 mm"
# Milliseconds; scripts of the back office are put together when they are first needed.
FIRST_VISIT = 120_000
# The time to keep the request ends.
LATER = """
    UPDATE rfq_request SET purge_after = CURRENT_DATE - 1 WHERE id = :'request'::int
"""


@pytest.fixture
def maker(desk: Desk) -> Maker:
    """Who publishes designs."""
    return Maker(desk)


@pytest.fixture(autouse=True)
def signed_offers(desk: Desk):
    """Offers are signed, neither paid nor answered line by line."""
    with desk.signed_offers():
        yield


@pytest.fixture
def later(databases, database: str, desk: Desk):
    """A function that lets the time to keep a request end, and the daily job run."""

    def later(request: int) -> None:
        databases.sql(database, LATER, request=str(request))
        job = desk.ref("base.autovacuum_job")
        desk.admin.call("ir.cron", "method_direct_trigger", [job])

    return later


def configure(design: DesignPage) -> str:
    """Change a table within its rules; returns the link to what came of it."""
    expect(design.size).to_have_text("1,600 × 800 × 740 mm")
    before = design.picture()
    assert design.picture() == before
    design.slide("width", 2400)
    expect(design.size).to_have_text(WIDE)
    wide = design.picture()
    assert wide != before
    design.field("material").get_by_label("Walnut").check()
    wait_until(lambda: design.picture() != wide, "the model is of walnut")
    # Who changed nothing of the legs gets those that the width needs.
    expect(design.number("leg_size")).to_have_value("60")

    # What isn't possible is explained, and can't be sent.
    design.number("leg_size").fill("50")
    expect(design.field("leg_size")).to_contain_text(NEED_THICK_LEGS)
    design.send()
    expect(design.problems).to_contain_text(NEED_THICK_LEGS)
    expect(design.number("leg_size")).to_be_focused()
    assert "/submit" not in design.page.url
    design.field("leg_size").get_by_role("button", name="As in the original").click()
    expect(design.problems).to_be_hidden()

    # Both models side by side.
    compare = design.page.get_by_role("button", name="Compare with the original")
    compare.click()
    expect(design.model).to_contain_text("Original")
    compare.click()
    expect(design.model).not_to_contain_text("Original")
    return design.page.locator(".o_rfq_link").get_attribute("href")


def read_request(desk: Desk, seller: Person) -> None:
    """See that the seller's mail has all of the request."""
    mail = desk.mail_to(seller, "New request")
    rows = {
        " ".join(row.text_content().split()) for row in html_of(mail).iterfind(".//tr")
    }
    assert any("Width 2,400 mm" in row and "1,600 mm" in row for row in rows), rows
    files = {
        part.get_filename().rsplit(".", 1)[-1]: part.get_payload(decode=True)
        for part in mail.iter_attachments()
    }
    data = json.loads(files["json"])
    width = next(one for one in data["parameters"] if one["code"] == "width")
    assert (width["value"], width["modified"]) == ("2400", True)
    assert data["buyer"]["contact"] == "Bea Blum"
    document = lxml.etree.fromstring(files["xml"])
    assert lxml.etree.QName(document).localname == "RequestForQuotation"
    assert files["glb"].startswith(b"glTF")


def answer(page: Page, seller: Person, request: int, desk: Desk) -> int:
    """See the request's model and make a quotation of it; returns the order."""
    page.goto(f"/web/login?login={seller.email}&redirect=/odoo/rfqs/{request}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(DesignPage(page).size).to_have_text(WIDE, timeout=FIRST_VISIT)
    page.get_by_role("button", name="Create Quotation").click()
    expect(page.locator(".o_field_widget[name=order_line]")).to_contain_text(
        "Width: 2,400 mm"
    )
    (line,) = desk.find(
        "sale.order.line", [("rfq_request_id", "=", request)], "order_id"
    )
    return line["order_id"]


def accept(page: Page, place: str, customer: Person) -> None:
    """Sign the quotation that the page of the request leads to."""
    page.goto(place)
    page.get_by_role("link", name="See the offer").click()
    expect(page.locator("#quote_content")).to_contain_text("Width: 2,400 mm")
    sign(page, customer)
    page.goto(place)
    expect(page.locator("main")).to_contain_text("Ordered")


def test_journey(desk: Desk, maker: Maker, visit, later, no_limits):
    seller = desk.seller("Sven Seller")
    customer = desk.contact("Bea Blum")
    table = maker.design("table")
    maker.invite(table, customer)
    maker.publish(table, user_id=seller.user)
    page = visit()
    page.goto(button_of(desk.mail_to(customer, "ready for you"), "Open the design"))
    assert "token" not in page.url
    design = DesignPage(page).wait()
    link = configure(design)
    page.get_by_label("Remarks").fill("For eight people.")
    design.send()
    request = number_of(page)
    place = page.url.replace("notice=sent", "")
    expect(page.locator("#rfq_notice")).to_contain_text("Your request was sent")
    expect(design.wait().size).to_have_text(WIDE)

    # The link opens the same configuration again.
    page.goto(link)
    expect(design.wait().size).to_have_text(WIDE)
    expect(page.locator(".o_rfq_changes")).to_contain_text("original: 2")
    expect(design.field("material").get_by_label("Walnut")).to_be_checked()

    read_request(desk, seller)
    order = answer(visit(), seller, request, desk)
    desk.admin.call("sale.order", "action_quotation_sent", [order])
    accept(page, place, customer)
    assert maker.request(request, "state")["state"] == "accepted"

    # What the customer sent goes, what was ordered stays.
    later(request)
    page.goto(place)
    expect(page.locator("main")).to_contain_text("This request was removed")
    left = maker.request(request, "name", "message", "values", "partner_id", "state")
    assert re.match("RFQ", left.pop("name"))
    left.pop("id")
    assert left == {
        **dict.fromkeys(("message", "values", "partner_id"), False),
        "state": "accepted",
    }
    (line,) = desk.find(
        "sale.order.line", [("order_id", "=", order)], "name", "rfq_values"
    )
    assert "Width: 2,400 mm" in line["name"]
    assert line["rfq_values"]["material"] == "walnut"
    domain = [("res_model", "=", "sale.order"), ("res_id", "=", order)]
    files = desk.find("ir.attachment", domain, "name")
    assert {"json", "xml", "glb"} <= {one["name"].rsplit(".", 1)[-1] for one in files}


def test_last_of_many_moves_counts(maker: Maker, visit):
    """Twenty quick moves end with the model of the last one."""
    page = visit()
    page.goto(f"/rfq/d/{maker.code(maker.design('table'))}")
    design = DesignPage(page).wait()
    for step in range(20):
        design.slide("width", 1000 + 50 * step)
    expect(design.size).to_have_text("1,950 × 800 × 740 mm")


def test_without_webgl(desk: Desk, maker: Maker, visit):
    """The form works where models can't be shown."""
    page = visit()
    log_in(page, desk.contact("Bo Blum", login=True))
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"/rfq/d/{maker.code(maker.design('table'))}")
    expect(page.locator(".o_rfq_viewer")).to_contain_text("can't show models in 3D")
    design = DesignPage(page)
    design.slide("width", 1800)
    design.send()
    request = number_of(page)
    assert maker.request(request, "values")["values"]["width"] == "1800"


def test_without_javascript(desk: Desk, maker: Maker, visit, no_limits):
    """The server says what isn't possible, keeps what was filled in, takes the rest."""
    customer = desk.contact("Berit Blum")
    table = maker.design("table")
    maker.invite(table, customer)
    maker.publish(table)
    page = visit(java_script_enabled=False)
    page.goto(button_of(desk.mail_to(customer, "ready for you"), "Open the design"))
    design = DesignPage(page)
    expect(page.locator(".o_rfq_placeholder img")).to_be_visible()
    design.number("width").fill("2100")
    design.number("leg_size").fill("50")
    page.get_by_label("Remarks").fill("For two.")
    design.send()
    expect(page.locator("#rfq_errors")).to_contain_text(NEED_THICK_LEGS)
    expect(page.get_by_label("Remarks")).to_have_value("For two.")
    expect(design.number("width")).to_have_value("2100")
    design.number("leg_size").fill("60")
    design.send()
    request = number_of(page)
    expect(page.locator("#rfq_notice")).to_contain_text("Your request was sent")
    sent = maker.request(request, "values", "message", "partner_id")
    assert sent["values"]["width"] == "2100"
    assert sent["message"] == "For two."
    assert sent["partner_id"] == customer.partner
