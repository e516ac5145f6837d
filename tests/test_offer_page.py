"""The offer's page for different people, browsers and moments."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from offers import (
    BAND,
    BUS,
    DINNER,
    ROOM,
    Desk,
    Offer,
    OfferPage,
    Person,
    log_in,
    pdf_text,
    pdfs_of,
    picture,
)
from playwright.sync_api import Locator, Page, expect
from signing import sign

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
TOUCH = 44
# What a finger has to hit on our parts of a page.
CONTROLS = ".btn, .btn-close, input[type=file], select, summary, .list-group-item a"


@pytest.fixture(scope="module")
def seller(desk: Desk) -> Person:
    """Somebody who makes the offers."""
    return desk.seller()


@pytest.fixture
def contact(desk: Desk) -> Person:
    """A contact person who has a password already."""
    return desk.contact(login=True)


@pytest.fixture
def offer(desk: Desk, seller: Person, contact: Person) -> Offer:
    """An offer that waits for an answer."""
    return desk.sent(contact, seller)


@pytest.fixture
def link_mode(desk: Desk) -> Iterator[None]:
    """Whoever has the link may answer."""
    desk.set_company(offer_access_mode="link")
    yield
    desk.set_company(offer_access_mode="login")


def open_as(page: Page, contact: Person, offer: Offer) -> OfferPage:
    """The offer's page, after logging in."""
    log_in(page, contact)
    return OfferPage(page).open(offer.path)


def quantities(desk: Desk, offer: Offer) -> list[float]:
    """What is ordered, line by line."""
    return [line["product_uom_qty"] for line in desk.lines(offer, "product_uom_qty")]


def replies(desk: Desk, offer: Offer, *names: str) -> list[dict]:
    """The replies that the offer's history holds, newest first."""
    domain = [("order_id", "=", offer.id), ("kind", "in", ["reply", "on_behalf"])]
    return desk.find("sale.offer.history", domain, "kind", *names)


# ---- ways to answer ----


def test_without_javascript(desk: Desk, visit, contact: Person, offer: Offer):
    page = visit(java_script_enabled=False)
    log_in(page, contact)
    page.goto(offer.path)
    form = OfferPage(page)
    form.choose(ROOM, "Yes")
    form.choose(DINNER, "Unsure")
    form.comment(DINNER, "Is there fish?")
    form.choose(BUS, "No")
    page.get_by_label("Message").fill("Thank you so far.")
    form.send()

    expect(form.notice).to_contain_text("Your reply was not sent yet")
    expect(form.notice).to_contain_text("Please accept the terms and conditions")
    expect(form.line(BAND)).to_contain_text("Please answer this line.")
    expect(form.line(ROOM)).not_to_contain_text("Please answer this line.")
    form.expect_chosen(ROOM, "Yes")
    form.expect_chosen(DINNER, "Unsure")
    form.expect_chosen(BUS, "No")
    expect(form.line(DINNER).get_by_role("textbox")).to_have_value("Is there fish?")
    expect(page.get_by_label("Message")).to_have_value("Thank you so far.")

    form.choose(BAND, "No")
    form.accept_terms()
    form.send()
    form.expect_sent()
    assert quantities(desk, offer) == [4, 0, 0, 0]
    assert desk.order(offer, "state")["state"] == "sale"


def test_feedback_without_javascript(visit, contact: Person, offer: Offer):
    page = visit(java_script_enabled=False)
    log_in(page, contact)
    page.goto(offer.path)
    page.get_by_role("button", name="Feedback").first.click()
    expect(
        page.get_by_role("heading", name=f"Feedback on {offer.name}")
    ).to_be_visible()
    page.get_by_label("About").select_option(BUS[0])
    page.get_by_label("Your feedback").fill("Does it wait for us?")
    page.get_by_role("button", name="Send feedback").click()
    expect(OfferPage(page).notice).to_contain_text("Thank you for your feedback")
    row = page.locator(".o_offer_row").filter(has_text="Does it wait for us?")
    expect(row).to_have_count(1)


def test_visitor_with_the_link_types_a_name(
    desk: Desk, visit, seller: Person, link_mode
):
    contact = desk.contact()
    offer = desk.sent(contact, seller)
    page = OfferPage(visit()).open(desk.link(offer))
    page.choose_all("Yes")
    page.accept_terms()
    page.page.locator(".o_offer_form").get_by_label("Your name").fill("Per Passer-by")
    page.send()
    page.expect_sent()
    (reply,) = replies(desk, offer, "partner_verified", "partner_id", "name_typed")
    assert (reply["partner_verified"], reply["name_typed"]) == (
        "typed",
        "Per Passer-by",
    )
    assert not reply["partner_id"]
    (pdf,) = pdfs_of(
        desk.mail_to(contact, f"Thank you for your answers to offer {offer.name}")
    )
    assert "Per Passer-by" in pdf_text(pdf)


def test_keyboard_only(desk: Desk, visit, contact: Person, offer: Offer):
    page = open_as(visit(), contact, offer)
    tab_to(page.page, page.line(ROOM).get_by_role("radio", name="Yes"))
    page.page.keyboard.press("Space")
    tab_to(page.page, page.line(DINNER).get_by_role("radio", name="Yes"))
    page.page.keyboard.press("ArrowRight")
    tab_to(page.page, page.line(BAND).get_by_role("radio", name="Yes"))
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    tab_to(page.page, page.line(BUS).locator("summary"))
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Tab")
    page.page.keyboard.type("How long is the way?")
    page.page.keyboard.press("Shift+Tab")
    page.page.keyboard.press("Shift+Tab")
    page.page.keyboard.press("Space")
    page.expect_chosen(ROOM, "Yes")
    page.expect_chosen(DINNER, "Unsure")
    page.expect_chosen(BAND, "No")
    tab_to(page.page, page.page.get_by_label("I accept the terms and conditions"))
    page.page.keyboard.press("Space")
    tab_to(page.page, page.page.get_by_role("button", name="Send reply"))
    page.page.keyboard.press("Enter")
    page.expect_sent()
    answers = [line["offer_answer"] for line in desk.lines(offer, "offer_answer")]
    assert answers == ["yes", "unsure", "no", "yes"]


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus; on the way each stop can be seen."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            hidden = page.evaluate(COVERED)
            assert not hidden, f"the focus is covered by {hidden}"
            return
    raise AssertionError(f"Tab does not reach {target}")


# What lies over the middle of what has the focus; a radio shows as its label.
COVERED = """() => {
    const node = document.activeElement;
    const seen = node.labels?.[0]?.matches(".btn") ? node.labels[0] : node;
    const {x, y, width, height} = seen.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const isFree = seen.contains(top) || top?.contains(seen);
    return isFree ? "" : top?.outerHTML || "the edge";
}"""


def test_seller_answers_on_behalf(desk: Desk, visit, contact: Person):
    seller = desk.seller("Ove Onbehalf")
    offer = desk.sent(contact, seller)
    office = visit()
    log_in(office, seller)
    office.goto(f"/odoo/sales/{offer.id}")
    office.get_by_role("button", name="Answer on Behalf").click()
    office.wait_for_url(re.compile(offer.path))
    page = OfferPage(office).ready()
    expect(page.notice).to_contain_text("on behalf of the customer")
    page.choose_all("Yes")
    page.accept_terms()
    page.send()
    page.expect_sent()
    (pdf,) = pdfs_of(desk.mail_to(seller, f"Answers to offer {offer.name}"))
    assert seller.name in pdf_text(pdf)
    assert replies(desk, offer)[0]["kind"] == "on_behalf"
    assert not desk.mails_to(contact, offer.name)


def test_reply_leads_into_signing(desk: Desk, visit, seller: Person, contact: Person):
    offer = desk.sent(contact, seller, require_signature=True)
    page = open_as(visit(), contact, offer)
    expect(page.page.get_by_role("button", name="Accept & Sign")).to_have_count(0)
    page.choose_all("Yes")
    page.choose(BAND, "No")
    page.accept_terms()
    page.send()
    page.expect_sent()
    expect(page.notice).to_contain_text("One more step: please sign")
    assert desk.order(offer, "state")["state"] == "sent"

    page.ready()
    expect(page.page.locator("#modalaccept")).to_contain_text("$ 1,409.00")
    sign(page.page, contact, "Sign now")
    assert desk.order(offer, "state", "signed_by")["state"] == "sale"
    assert quantities(desk, offer) == [4, 10, 0, 1]


def test_a_combo_is_read_before_it_is_answered(desk: Desk, visit):
    """Its parts stand between its name and its answer."""
    customer = Person(0, "Ingrid Solberg", "customer")
    page = visit()
    log_in(page, customer, "customer")
    order = desk.ref("sale_offer_reply.sale_order_conference_demo")
    OfferPage(page).open(f"/my/orders/{order}")
    combo = page.get_by_role("row", name="Three-Course Gala Dinner").first
    rows = combo.locator("xpath=following-sibling::tr")
    for number, part in enumerate(("Arctic Char", "Reindeer Fillet", "Cloudberry")):
        expect(rows.nth(number)).to_contain_text(part)
    answer = rows.nth(3).locator("fieldset")
    expect(answer).to_have_accessible_name(re.compile("Three-Course Gala Dinner"))


# ---- what stays of what was entered ----


def test_draft_survives_the_closed_page(
    desk: Desk, visit, contact: Person, offer: Offer
):
    first = visit()
    page = open_as(first, contact, offer)
    page.choose(ROOM, "Yes")
    page.choose(BUS, "No")
    page.comment(BUS, "We walk.")
    first.get_by_label("Message").fill("More tomorrow.")
    first.close()

    page = OfferPage(first.context.new_page()).open(offer.path)
    page.expect_chosen(ROOM, "Yes")
    page.expect_chosen(BUS, "No")
    page.expect_chosen(BAND, None)
    expect(page.line(BUS).get_by_role("textbox")).to_have_value("We walk.")
    expect(page.page.get_by_label("Message")).to_have_value("More tomorrow.")
    page.expect_total("Yes", 1, "$ 448.00")

    page.choose(DINNER, "Unsure")
    page.choose(BAND, "Unsure")
    page.choose(ROOM, "Unsure")
    page.send()
    page.expect_sent()
    page.ready()
    keys = page.page.evaluate("() => Object.keys(localStorage)")
    assert not [key for key in keys if key.startswith("offer_reply")]


def test_back_button(desk: Desk, visit, contact: Person, offer: Offer):
    page = open_as(visit(), contact, offer)
    page.choose_all("Unsure")
    page.choose(BUS, "No")
    page.page.goto("/my/offers")
    page.page.go_back()
    page.ready()
    page.expect_chosen(BAND, "Unsure")
    page.expect_chosen(BUS, "No")
    page.send()
    page.expect_sent()

    page.page.go_back()
    page.ready()
    page.send()
    expect(page.notice).not_to_be_empty()
    answers = [line["offer_answer"] for line in desk.lines(offer, "offer_answer")]
    assert answers == ["unsure", "unsure", "unsure", "no"]


def test_offer_expires_while_the_page_is_open(
    desk: Desk, visit, contact: Person, offer: Offer
):
    page = open_as(visit(), contact, offer)
    page.choose_all("Yes")
    page.choose(BAND, "No")
    page.comment(BAND, "Too loud.")
    page.accept_terms()
    expires(desk, offer, days=-1)
    page.send()
    expect(page.notice).to_contain_text("Your reply was not sent")
    expect(page.notice).to_contain_text("This offer has expired")
    assert not replies(desk, offer)

    expires(desk, offer, days=7)
    page.open(offer.path)
    page.expect_chosen(ROOM, "Yes")
    page.expect_chosen(BAND, "No")
    expect(page.line(BAND).get_by_role("textbox")).to_have_value("Too loud.")
    page.accept_terms()
    page.send()
    page.expect_sent()
    assert quantities(desk, offer) == [4, 10, 0, 1]


def expires(desk: Desk, offer: Offer, days: int) -> None:
    """Set the last day of the offer."""
    day = (date.today() + timedelta(days)).isoformat()  # noqa: DTZ011
    desk.admin.call("sale.order", "write", [offer.id], {"validity_date": day})


def test_seller_changes_a_line_while_the_page_is_open(
    desk: Desk, visit, contact: Person, offer: Offer
):
    page = open_as(visit(), contact, offer)
    page.choose_all("Yes")
    page.comment(ROOM, "With a view?")
    page.accept_terms()
    line = desk.line(offer, DINNER)
    desk.admin.call("sale.order.line", "write", [line], {"price_unit": 55})
    page.send()
    expect(page.notice).to_contain_text("was changed or answered while you had it open")
    changed = page.page.locator(".o_offer_row").filter(has_text="Changed:")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text(re.compile(r"was\s+.*50\.00.*55\.00", re.DOTALL))
    page.expect_chosen(DINNER, None)
    page.expect_chosen(ROOM, "Yes")
    expect(page.line(ROOM).get_by_role("textbox")).to_have_value("With a view?")
    page.choose(DINNER, "Yes")
    page.send()
    page.expect_sent()
    assert desk.order(offer, "amount_untaxed")["amount_untaxed"] == 2700


# ---- decline ----


def test_seller_declines(
    desk: Desk, visit, seller: Person, contact: Person, offer: Offer
):
    page = open_as(visit(), contact, offer)
    page.choose_all("No")
    page.send()
    page.expect_sent()
    expect(page.notice).to_contain_text("We will get back to you")

    office = visit()
    log_in(office, seller)
    office.goto(f"/odoo/sales/{offer.id}")
    office.get_by_role("button", name="Mark as Declined").click()
    dialog = office.get_by_role("dialog")
    dialog.get_by_role("textbox").last.fill("They booked the lighthouse.")
    dialog.get_by_role("button", name="Mark as Declined").click()
    expect(office.locator("[name=offer_declined]").first).to_contain_text(
        "They booked the lighthouse."
    )
    assert desk.order(offer, "state", "offer_status")["offer_status"] == "declined"

    page.open(offer.path)
    expect(page.page.locator(".o_offer_reply")).to_contain_text("was cancelled")
    expect(page.asked).to_have_count(0)
    page.page.goto("/my/offers")
    row = page.page.get_by_role("row").filter(has_text=offer.name)
    expect(row).to_contain_text("Declined")


# ---- the list ----


def test_offers_of_two_companies(desk: Desk, visit, seller: Person, contact: Person):
    sister = desk.sister_company("Lighthouse Events", "Offers from the lighthouse")
    waiting = desk.sent(contact, seller)
    answered = desk.sent(contact, seller)
    other = desk.sent(
        contact, seller, company_id=sister, lines=[(BUS, 1)], user_id=False
    )
    desk.set_company(
        offer_portal_message="<p>Glad to have you here.</p>",
        offer_portal_image=picture("#225577"),
    )
    page = visit()
    answer = open_as(page, contact, answered)
    answer.choose_all("Unsure")
    answer.send()
    answer.expect_sent()

    page.goto("/my")
    page.get_by_role("link", name=re.compile("Your Offers")).click()
    groups = page.locator(".o_offer_company")
    expect(groups).to_have_count(2)
    for welcome, names in (
        ("Glad to have you here.", {waiting.name, answered.name}),
        ("Offers from the lighthouse", {other.name}),
    ):
        group = groups.filter(has_text=welcome)
        shown = group.locator("tbody a").all_text_contents()
        assert {text.strip() for text in shown} == names
        banner = group.locator(".o_offer_banner img")
        expect(banner).to_have_js_property("complete", True)
        assert banner.evaluate("img => img.naturalWidth") > 0
    sources = groups.locator("img").evaluate_all("imgs => imgs.map(img => img.src)")
    assert len(set(sources)) == 2
    row = page.get_by_role("row")
    expect(row.filter(has_text=waiting.name)).to_contain_text("Waiting for your answer")
    expect(row.filter(has_text=answered.name)).to_contain_text("You are unsure")
    row.filter(has_text=other.name).get_by_role("link").click()
    expect(OfferPage(page).ready().asked).to_have_count(1)


# ---- phone ----


def test_phone(desk: Desk, visit, contact: Person, offer: Offer):
    phone = visit(**PHONE)
    page = open_as(phone, contact, offer)
    check_phone(phone)
    page.choose(ROOM, "Yes")
    page.comment(ROOM, "A rather long comment, " * 5)
    phone.get_by_text("Terms of this line").first.click()
    page.send()
    expect(page.notice).to_contain_text("3 lines have no answer yet")
    page.ready()
    check_phone(phone)
    phone.locator(".o_offer_form").get_by_role("button", name="Feedback").click()
    expect(phone.get_by_role("dialog", name="Feedback")).to_be_visible()
    check_phone(phone)
    phone.keyboard.press("Escape")
    page.choose_all("Unsure")
    page.send()
    page.expect_sent()
    phone.goto("/my/offers")
    check_phone(phone)


def check_phone(page: Page) -> None:
    """Nothing runs out at the side, and each control can be hit with a finger."""
    assert page.evaluate(WIDEST) <= PHONE["viewport"]["width"]
    for control in page.locator("[class*=o_offer_]").locator(CONTROLS).all():
        if control.is_visible():
            box = control.bounding_box()
            text = control.evaluate("node => node.outerHTML")
            assert min(box["width"], box["height"]) >= TOUCH, (box, text)


WIDEST = """() => Math.max(
    ...[...document.querySelectorAll("html, body, #wrapwrap, main")].map(
        (node) => node.scrollWidth
    )
)"""
