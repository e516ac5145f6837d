"""The pictures of the documents, made from the demo data of a running server.

`bin/pictures` runs this; it is no part of the tests. The same pages give the same
pictures: window, language and moments are fixed, and what belongs to the moment alone
is left out."""

import base64
import io
import subprocess
from pathlib import Path

import pytest
from _foundation.databases import Databases
from _foundation.paths import ROOT
from client import Client
from offers import Desk, OfferPage, Person, log_in, wait_until
from order_requests import Studio
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from rfq_designs import DesignPage, Maker

FOLDER = ROOT / "docs" / "pictures"
LARGEST = 150 * 1024
COLOURS = 256
DESKTOP = {"viewport": {"width": 1200, "height": 860}}
EDITOR = {"viewport": {"width": 1440, "height": 1300}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
CUSTOMER = Person(0, "Ingrid Solberg", "customer")
SELLER = Person(0, "Sofie Lind", "salesperson")
COMPANY = "Nordlys Events"
LOGO = f"""
<body style="margin: 0; font: bold 40px 'Liberation Sans', sans-serif; color: #4b3b63">
<div style="display: inline-block; padding: 10px 4px; white-space: nowrap">
<svg width="44" height="40" viewBox="0 0 44 40" style="vertical-align: -6px">
<path d="M2 38 22 4l20 34z" fill="#4b3b63"/>
<path d="M12 38l10-17 10 17z" fill="#e8a33d"/>
</svg> {COMPANY}</div></body>
"""
# Far enough in the future for offers to stay valid, and the same for ever.
MOMENTS = """
UPDATE res_partner SET create_date = '2030-01-02';
UPDATE sale_order SET create_date = '2030-05-06 09:00',
    date_order = '2030-05-06 09:00', validity_date = '2030-05-27';
UPDATE sale_order SET offer_replied_date = '2030-05-08 08:12'
    WHERE offer_replied_date IS NOT NULL;
UPDATE mail_message SET date = '2030-05-07 13:40' WHERE is_offer_feedback;
UPDATE sale_offer_history_line SET answer_date = '2030-05-08 08:12'
    WHERE answer_date IS NOT NULL;
DELETE FROM ir_attachment WHERE res_model = 'sale.offer.history' AND res_field = 'pdf';
UPDATE sale_offer_history SET date = '2030-05-08 08:12', pdf_state = 'pending',
    pdf_attempts = 0, next_attempt = '2026-01-01';
"""
# Requests keep what lies between them; the time to answer them counts from now.
REQUEST_MOMENTS = """
WITH latest AS (
    SELECT '2030-05-08 09:00' - max(submitted_on) AS span FROM order_request
)
UPDATE order_request SET submitted_on = submitted_on + span,
    first_response_on = first_response_on + span, offered_on = offered_on + span,
    closed_on = closed_on + span, desired_start = '2030-06-01'::date + 3 * id,
    response_due = now() + interval '4 hours 40 minutes' + id * interval '95 minutes'
    FROM latest;
UPDATE sale_order SET first_confirmed_on = closed_on FROM order_request
    WHERE order_request.id = order_request_id AND first_confirmed_on IS NOT NULL;
UPDATE order_request SET user_id = res_users.id FROM res_users
    WHERE login = 'salesperson';
UPDATE sale_order SET user_id = res_users.id FROM res_users
    WHERE login = 'salesperson' AND order_request_id IS NOT NULL;
"""


@pytest.fixture(scope="module", autouse=True)
def fixed_data(desk: Desk, databases: Databases, database: str, browser: Browser):
    """Demo data with a company of its own, all of one moment."""
    page = browser.new_page(device_scale_factor=2)
    page.set_content(LOGO)
    logo = page.locator("div").screenshot(omit_background=True)
    page.close()
    desk.set_company(name=COMPANY, logo=base64.b64encode(logo).decode())
    databases.sql(database, MOMENTS)
    databases.sql(database, REQUEST_MOMENTS)
    job = desk.ref("sale_offer_reply.ir_cron_offer_documents")
    desk.admin.call("ir.cron", "method_direct_trigger", [job])
    not_done = [("pdf_state", "!=", "done")]
    wait_until(lambda: not desk.find("sale.offer.history", not_done), "the documents")


def save(name: str, picture: bytes | Path) -> None:
    """Keep a picture, as small as it gets."""
    source = io.BytesIO(picture) if isinstance(picture, bytes) else picture
    image = Image.open(source).convert("RGB")
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.png"
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    assert file.stat().st_size <= LARGEST, f"{name}: {file.stat().st_size} bytes"


def order(desk: Desk, name: str) -> int:
    """One of the offers of the demo data."""
    return desk.ref(f"sale_offer_reply.sale_order_{name}_demo")


def open_offer(page: Page, desk: Desk) -> OfferPage:
    """The offer that waits, with some answers chosen."""
    log_in(page, CUSTOMER, "customer")
    offer = OfferPage(page).open(f"/my/orders/{order(desk, 'conference')}")
    for number, answer in enumerate(("Yes", "Unsure", "No")):
        offer.asked.nth(number).get_by_text(answer, exact=True).click()
    expect(page.locator(".o_offer_bar_text")).to_contain_text("3 of 12")
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    return offer


def test_offer_page(desk: Desk, visit):
    page = visit(**DESKTOP)
    open_offer(page, desk)
    page.evaluate("document.querySelector('#wrapwrap').scrollTo(0, 0)")
    save("offer_page", page.screenshot(animations="disabled"))


def test_offer_page_on_a_phone(desk: Desk, visit):
    page = visit(**PHONE)
    offer = open_offer(page, desk)
    offer.asked.first.evaluate(
        "node => node.closest('tr').previousElementSibling.scrollIntoView()"
    )
    save("offer_page_phone", page.screenshot(animations="disabled"))


def test_my_offers(visit):
    page = visit(viewport={"width": 1200, "height": 760})
    log_in(page, CUSTOMER, "customer")
    page.goto("/my/offers")
    page.wait_for_load_state("networkidle")
    save("my_offers", page.screenshot(animations="disabled"))


def test_order_form(desk: Desk, visit):
    page = visit(viewport={"width": 1366, "height": 1260})
    log_in(page, SELLER, "salesperson")
    page.goto(f"/odoo/sales/{order(desk, 'retreat')}")
    form = page.locator(".o_action_manager")
    expect(form.get_by_text("Live Jazz Trio")).to_be_visible()
    expect(form.locator(".o-mail-Message").first).to_be_visible()
    save("order_form", form.screenshot(animations="disabled"))


def test_document(desk: Desk, visit, tmp_path: Path):
    page = visit()
    log_in(page, CUSTOMER, "customer")
    OfferPage(page).open(f"/my/orders/{order(desk, 'retreat')}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    options = ["-png", "-r", "100", "-f", "1", "-singlefile"]
    command = ["pdftoppm", *options, download.value.path(), tmp_path / "page"]
    subprocess.run(command, check=True)
    save("document", tmp_path / "page.png")


def show_services(desk: Desk, page: Page) -> None:
    """The form of a service as a new customer sees it, who has to ask until six in the
    morning. The day is that of the picture."""
    night = [{"weekday": str(day), "hour_from": 6.5, "hour_to": 6} for day in range(7)]
    Studio(desk).set_policy(window_ids=[(5,), *((0, 0, one) for one in night)])
    log_in(page, desk.contact("Ella Hansen", login=True))
    page.goto("/my/services")
    page.get_by_role("link", name="Logo Design").click()
    expect(page.locator("#order_request_gate")).to_contain_text("order directly from")
    page.wait_for_load_state("networkidle")


def test_request_hours(desk: Desk, visit):
    page = visit(viewport={"width": 1200, "height": 1300})
    manager = {"group_ids": [(4, desk.ref("sales_team.group_sale_manager"))]}
    (seller,) = desk.find("res.users", [("login", "=", "salesperson")], "id")
    desk.admin.call("res.users", "write", [seller["id"]], manager)
    log_in(page, SELLER, "salesperson")
    page.goto(f"/odoo/order.request.policy/{Studio(desk).policy}")
    page.get_by_role("tab", name="Active Hours").click()
    expect(page.get_by_role("grid").first).to_be_visible()
    form = page.locator(".o_form_sheet")
    save("request_hours", form.screenshot(animations="disabled"))


def test_request_form(desk: Desk, visit):
    page = visit(viewport={"width": 1200, "height": 1040})
    show_services(desk, page)
    page.get_by_label("What does your company do?").fill("A bakery, since 1921.")
    page.get_by_label("What do you need?").fill("A loaf of rye, drawn by hand.")
    page.evaluate("document.activeElement.blur()")
    save("request_form", page.screenshot(animations="disabled"))


def test_request_form_on_a_phone(desk: Desk, visit):
    page = visit(**PHONE)
    show_services(desk, page)
    page.evaluate("document.querySelector('#wrapwrap').scrollTo(0, 0)")
    save("request_form_phone", page.screenshot(animations="disabled"))


def test_request_inbox(visit):
    page = visit(viewport={"width": 1200, "height": 420})
    log_in(page, SELLER, "salesperson")
    page.goto("/odoo/order-requests")
    expect(page.get_by_text("R00001")).to_be_visible()
    page.mouse.move(0, 0)
    inbox = page.locator(".o_action_manager")
    save("request_inbox", inbox.screenshot(animations="disabled"))


def test_request_figures(desk: Desk, visit):
    seller = Client(desk.admin.url).login("salesperson", "salesperson")
    period = {"date_from": "2030-02-08", "date_to": "2030-05-08"}
    (figures,) = seller.call("order.request.figures", "create", [period])
    page = visit(viewport={"width": 1200, "height": 1300})
    log_in(page, SELLER, "salesperson")
    page.goto(f"/odoo/order.request.figures/{figures}")
    # Odoo loads its graphs when they are first needed.
    graphs = page.locator(".o_graph_renderer canvas")
    expect(graphs).to_have_count(3, timeout=90_000)
    page.wait_for_timeout(1000)  # the bars grow
    form = page.locator(".o_form_sheet")
    save("request_figures", form.screenshot(animations="disabled"))


# === DESIGNS ===


@pytest.fixture
def table(desk: Desk) -> int:
    """The design of a table."""
    return Maker(desk).design("table")


def open_design(page: Page, desk: Desk, table: int) -> DesignPage:
    """The page of the table, wider than it was drawn."""
    log_in(page, CUSTOMER, "customer")
    page.goto(f"/rfq/d/{Maker(desk).code(table)}?p_width=2400&p_material=walnut")
    design = DesignPage(page).wait()
    expect(design.model).to_have_attribute("data-busy", "0")
    page.wait_for_load_state("networkidle")
    return design


def test_design_page(desk: Desk, visit, table: int):
    page = visit(**DESKTOP)
    open_design(page, desk, table)
    save("design_page", page.screenshot(animations="disabled"))


def test_design_page_on_a_phone(desk: Desk, visit, table: int):
    page = visit(**PHONE)
    open_design(page, desk, table)
    save("design_page_phone", page.screenshot(animations="disabled"))


def test_design_rule(desk: Desk, visit, table: int):
    """A rule of the editor's picture, as customers meet it."""
    page = visit(**DESKTOP)
    design = open_design(page, desk, table)
    design.number("leg_size").fill("50")
    expect(design.problems).to_be_visible()
    design.field("leg_size").scroll_into_view_if_needed()
    save("design_rule", page.screenshot(animations="disabled"))


def test_design_editor(desk: Desk, visit, table: int):
    page = visit(**EDITOR)
    log_in(page, SELLER, "salesperson")
    page.goto(f"/odoo/action-rfq_configurator.rfq_design_action/{table}")
    form = page.locator(".o_form_view")
    form.get_by_role("tab", name="Recipe").click()
    design = DesignPage(page).wait()
    expect(design.model).to_have_attribute("data-busy", "0")
    page.mouse.move(0, 0)
    save("design_recipe", page.screenshot(animations="disabled"))
