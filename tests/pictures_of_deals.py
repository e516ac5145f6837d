"""The pictures of deals, their offers and their follow-ups: see `pictures`."""

from collections.abc import Callable

import pytest
from _foundation.databases import Databases
from offers import Desk, Person, log_in
from pictures import PHONE, fixed_data, save
from playwright.sync_api import Locator, Page, expect

__all__ = ["fixed_data"]

ADMIN = Person(0, "Mitchell Admin", "admin")
HOUSE = "Family house in Gdynia"
# What lies between them stays as it is.
MOMENTS = """
UPDATE res_company SET iap_enrich_auto_done = true;
UPDATE crm_lead SET create_date = '2030-05-01 09:00'::timestamp + id * interval '1 day',
    date_deadline = '2030-06-01'::date + (id % 60)::int,
    resume_on = '2030-07-01'::date + (id % 9)::int;
UPDATE crm_lead SET resume_on = NULL WHERE suspended_on IS NULL;
UPDATE crm_offer SET sent_on = '2030-05-06 09:12' WHERE sent_on IS NOT NULL;
UPDATE crm_offer SET first_view = '2030-05-07 07:40', last_view = '2030-05-08 18:05'
    WHERE first_view IS NOT NULL;
UPDATE crm_offer_event SET day = '2030-05-07', first_on = '2030-05-07 07:40',
    last_on = '2030-05-08 18:05';
UPDATE mail_message SET date = '2030-05-06 09:12'
    WHERE model IN ('crm.lead', 'crm.offer');
"""


@pytest.fixture(scope="module", autouse=True)
def fixed_deals(fixed_data: None, databases: Databases, database: str) -> None:
    """Deals of the demo data, all of one moment."""
    databases.sql(database, MOMENTS)


def deal(desk: Desk, name: str) -> int:
    """One of the deals of the demo data."""
    return desk.find("crm.lead", [("name", "=", name)], "id")[0]["id"]


def offer(desk: Desk, name: str = HOUSE) -> int:
    """The offer of a deal."""
    return desk.find("crm.offer", [("lead_id.name", "=", name)], "id")[0]["id"]


def variant(desk: Desk, label: str) -> int:
    """A variant of the offer for the house."""
    domain = [("crm_offer_id", "=", offer(desk)), ("variant_label", "=", label)]
    return desk.find("sale.order", domain, "id")[0]["id"]


def back_office(visit: Callable, path: str, width=1366, height=900) -> Page:
    """A page of the back office, as an administrator sees it."""
    page = visit(viewport={"width": width, "height": height})
    log_in(page, ADMIN, "admin")
    page.goto(f"/odoo/{path}")
    return page


def save_part(name: str, part: Locator) -> None:
    """Keep the picture of a part of a page, without what the pointer or the cursor
    would show."""
    expect(part).to_be_visible(timeout=90_000)
    part.page.wait_for_function("[...document.images].every(one => one.complete)")
    part.page.mouse.move(0, 0)
    part.page.evaluate("document.activeElement.blur()")
    save(name, part.screenshot(animations="disabled"))


# === WHAT CUSTOMERS SEE ===


def open_variants(page: Page, desk: Desk) -> None:
    """The page on which a customer compares three variants."""
    desk.set_company(offer_access_mode="link")
    page.goto(desk.admin.call("crm.offer", "get_portal_url", [offer(desk)]))
    expect(page.get_by_role("button", name="Choose B").first).to_be_attached()
    page.wait_for_load_state("networkidle")


def test_variants(desk: Desk, visit: Callable):
    page = visit(viewport={"width": 1200, "height": 980})
    open_variants(page, desk)
    save("variants", page.screenshot(animations="disabled"))


def test_variants_on_a_phone(desk: Desk, visit: Callable):
    page = visit(**PHONE)
    open_variants(page, desk)
    page.locator(".o_crm_offer_cards section").nth(1).scroll_into_view_if_needed()
    save("variants_phone", page.screenshot(animations="disabled"))


# === DEALS ===


def test_list_of_deals(visit: Callable):
    path = "action-crm.crm_lead_action_pipeline?view_type=list"
    page = back_office(visit, path, width=1720)
    page.locator(".o_facet_remove").first.click()
    page.get_by_role("searchbox").fill("W/2026")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_text(HOUSE)).to_be_visible()
    page.locator(".o_optional_columns_dropdown button").click()
    menu = page.locator(".o-dropdown--menu")
    menu.get_by_role("checkbox", name="Contact Name", exact=True).uncheck()
    for column in ("Expected Cost", "Expected Margin", "Deal Status"):
        menu.get_by_role("checkbox", name=column, exact=True).check()
    page.keyboard.press("Escape")
    save_part("deals", page.locator(".o_action_manager"))


@pytest.mark.parametrize(
    ("picture", "tab"),
    [
        ("deal_calculation", "Calculation"),
        ("deal_value", "Value"),
        ("deal_people", "People"),
        ("deal_competition", "Competition"),
    ],
)
def test_deal(desk: Desk, visit: Callable, picture: str, tab: str):
    page = back_office(visit, f"crm/{deal(desk, HOUSE)}")
    page.get_by_role("tab", name=tab, exact=True).click()
    save_part(picture, page.locator(".o_form_sheet_bg"))


def test_followup_of_a_deal(desk: Desk, visit: Callable):
    lead = desk.ref("crm_followup.crm_lead_garden_demo")
    page = back_office(visit, f"crm/{lead}", height=800)
    page.get_by_role("tab", name="Follow-up", exact=True).click()
    save_part("deal_followup", page.locator(".o_form_sheet_bg"))


def test_deal_without_calculation(desk: Desk, visit: Callable):
    lead = deal(desk, "Fleet of eleven vans")
    page = back_office(visit, f"crm/{lead}", height=640)
    page.get_by_role("tab", name="Value", exact=True).click()
    save_part("deal_without_calculation", page.locator(".o_form_sheet_bg"))


def test_whole_deal(desk: Desk, visit: Callable):
    """With what is planned and what was said, below it."""
    page = back_office(visit, f"crm/{deal(desk, HOUSE)}", height=1300)
    expect(page.locator(".o-mail-Message").first).to_be_visible()
    save_part("deal", page.locator(".o_action_manager"))


def test_correspondence(desk: Desk, visit: Callable):
    page = back_office(visit, f"crm/{deal(desk, HOUSE)}", height=420)
    page.get_by_role("button", name="Correspondence").click()
    expect(page.locator(".o_list_view .o_data_row").first).to_be_visible()
    save_part("deal_correspondence", page.locator(".o_action_manager"))


def test_suspend(desk: Desk, visit: Callable):
    page = back_office(visit, f"crm/{deal(desk, HOUSE)}")
    page.get_by_role("button", name="Suspend").click()
    save_part("deal_suspend", page.locator(".modal-content"))


def test_process(desk: Desk, visit: Callable):
    team = desk.ref("crm_offer_calculation.crm_team_windows_demo")
    page = back_office(
        visit, f"action-sales_team.crm_team_action_config/{team}", height=1400
    )
    page.get_by_role("tab", name="Process").click()
    save_part("process", page.locator(".o_form_sheet_bg"))


def test_settings(visit: Callable):
    page = back_office(visit, "settings")
    page.locator(".settings_tab .tab", has_text="CRM").click()
    settings = page.locator("#offer_calculation_enabled").locator("xpath=..")
    save_part("deal_settings", settings)


# === CALCULATION ===


def test_quotation(desk: Desk, visit: Callable):
    page = back_office(visit, f"sales/{variant(desk, 'B')}", width=1600)
    expect(page.locator("[name=order_line] .o_data_row").first).to_be_visible()
    save_part("variant", page.locator(".o_form_sheet_bg"))


def test_terms(desk: Desk, visit: Callable):
    page = back_office(visit, f"sales/{variant(desk, 'B')}", height=640)
    page.get_by_role("tab", name="Variant", exact=True).click()
    save_part("variant_terms", page.locator(".o_form_sheet_bg"))


def test_catalogue(desk: Desk, visit: Callable):
    page = back_office(visit, f"sales/{variant(desk, 'B')}", height=640)
    page.get_by_role("button", name="Catalog").click()
    page.get_by_role("searchbox").fill("Window")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_text("Window, wood").first).to_be_visible()
    save_part("catalogue", page.locator(".o_action_manager"))


def test_prices(desk: Desk, visit: Callable):
    page = back_office(visit, f"sales/{variant(desk, 'B')}")
    page.get_by_role("button", name="Set Prices").click()
    dialog = page.locator(".modal-content")
    dialog.get_by_label("Percentage").fill("35")
    dialog.get_by_label("Percentage").press("Tab")
    expect(dialog.locator(".o_data_row").first).to_be_visible()
    save_part("set_prices", dialog)


def test_costs(desk: Desk, visit: Callable):
    window = desk.ref("crm_offer_calculation.product_product_window_demo")
    desk.admin.call("product.product", "write", [window], {"standard_price": 214})
    page = back_office(visit, f"sales/{variant(desk, 'B')}")
    page.get_by_role("button", name="Refresh Costs").click()
    dialog = page.locator(".modal-content")
    expect(dialog.locator(".o_data_row").first).to_be_visible()
    save_part("refresh_costs", dialog)


# === OFFERS ===


def test_list_of_offers(visit: Callable):
    page = back_office(visit, "action-crm_offer_calculation.crm_offer_action")
    expect(page.locator(".o_data_row").first).to_be_visible()
    save_part("offers", page.locator(".o_action_manager"))


def test_views(desk: Desk, visit: Callable):
    action = "action-crm_offer_calculation.crm_offer_action"
    page = back_office(visit, f"{action}/{offer(desk)}")
    page.get_by_role("tab", name="Views").click()
    save_part("offer_views", page.locator(".o_form_sheet_bg"))


def test_send(desk: Desk, visit: Callable):
    name = "Boarding house by the lake"
    action = "action-crm_offer_calculation.crm_offer_action"
    page = back_office(visit, f"{action}/{offer(desk, name)}")
    page.get_by_role("button", name="Send").first.click()
    dialog = page.locator(".modal-content")
    expect(dialog.get_by_text("compare")).to_be_visible()
    save_part("send_offer", dialog)


def test_template(desk: Desk, visit: Callable):
    action = "action-sale_management.sale_order_template_action"
    page = back_office(visit, f"{action}/new")
    save_part("quotation_template", page.locator(".o_form_sheet_bg"))


# === REPORTS ===


@pytest.mark.parametrize(
    ("picture", "action"),
    [
        ("report_deals", "crm_lead_action_deals"),
        ("report_offers", "crm_offer_report_action"),
    ],
)
def test_report(visit: Callable, picture: str, action: str):
    page = back_office(visit, f"action-crm_offer_calculation.{action}", height=520)
    expect(page.locator(".o_pivot table")).to_be_visible()
    save_part(picture, page.locator(".o_action_manager"))


def grouped_deals(visit: Callable, *choices: str) -> Page:
    """The deals of the report, in groups that are chosen from the menu."""
    action = "action-crm_offer_calculation.crm_lead_action_deals"
    page = back_office(visit, f"{action}?view_type=list", height=640)
    page.locator(".o_searchview_dropdown_toggler").click()
    menu = page.locator(".o_group_by_menu")
    for choice in choices:
        menu.get_by_text(choice, exact=True).first.click()
    page.keyboard.press("Escape")
    return page


def test_decisions(visit: Callable):
    page = grouped_deals(visit, "Expected Closing", "Month")
    save_part("report_decisions", page.locator(".o_action_manager"))


def test_customers(visit: Callable):
    page = grouped_deals(visit, "Salesperson", "Customer's Company")
    page.locator(".o_group_header").first.click()
    save_part("report_customers", page.locator(".o_action_manager"))


# === FOLLOW-UPS ===


def test_followup(desk: Desk, visit: Callable):
    page = back_office(visit, "action-crm.crm_lead_action_pipeline?view_type=list")
    page.locator(".o_facet_remove").first.click()
    for name in (HOUSE, "School gym", "Summer cottage"):
        row = page.locator(".o_data_row", has_text=name).first
        row.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Follow Up").click()
    dialog = page.locator(".modal-content")
    dialog.get_by_label("Template").click()
    page.get_by_role("option", name="Follow-up: Ask About the Offer").click()
    expect(dialog.locator(".o_data_row").first).to_be_visible()
    save_part("followup_bulk", dialog)


def test_followup_sequence(desk: Desk, visit: Callable):
    sequence = desk.ref("crm_followup.crm_followup_sequence_offer_demo")
    action = "action-crm_followup.crm_followup_sequence_action"
    page = back_office(visit, f"{action}/{sequence}", height=960)
    expect(page.get_by_text("Call and ask about the offer")).to_be_visible()
    save_part("followup_sequence", page.locator(".o_form_sheet_bg"))
