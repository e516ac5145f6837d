"""The whole way of an offer: seller, customer, order, documents, second round."""

import re

from offers import (
    BAND,
    BUS,
    DINNER,
    PASSWORD,
    ROOM,
    Desk,
    Offer,
    OfferPage,
    Person,
    button_of,
    log_in,
    pdf_text,
    pdfs_of,
    wait_until,
)
from playwright.sync_api import Page, expect

PROGRAMME = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_from_offer_to_order_and_back(desk: Desk, visit):
    seller, contact = desk.seller(), desk.contact()
    offer = desk.draft(contact, seller, note="<p>Prices hold for 30 guests.</p>")

    office = visit()
    log_in(office, seller)
    send_from_backend(office, offer)

    link = button_of(desk.mail_to(contact, offer.name), "View and answer")
    customer = visit()
    choose_password(customer, link, contact)
    page = OfferPage(customer).ready()
    expect(customer).to_have_url(re.compile(rf"{offer.path}\b"))

    answer_line_by_line(page)
    ask_in_the_panel(page)
    send_reply(page)
    check_order(desk, offer)
    check_mails(desk, offer)
    check_download(page, offer)

    read_and_answer_feedback(office, offer)
    desk.mail_to(contact, f"Re: Feedback on offer {offer.name}")
    customer.reload()
    expect(
        customer.locator(".o_offer_row").filter(has_text="Band from 8?")
    ).to_contain_text("Yes, from eight.")
    check_backend_history(office, offer)

    change_price(office, offer)
    answer_again(page, offer)
    check_second_order(desk, offer)


def send_from_backend(page: Page, offer: Offer) -> None:
    """The salesperson finds the offer and mails it."""
    page.goto("/odoo/sales")
    page.get_by_role("cell", name=offer.name, exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    composer = page.get_by_role("dialog")
    expect(composer).to_contain_text("Your offer is ready")
    composer.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[name=offer_status]").first).to_contain_text(
        "Waiting for answer"
    )


def choose_password(page: Page, link: str, contact: Person) -> None:
    """The contact person opens the personal link for the first time."""
    page.goto(link)
    expect(page.get_by_label("Email")).to_have_value(contact.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Confirm Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()


def answer_line_by_line(page: OfferPage) -> None:
    """Amounts and what is missing follow each answer."""
    expect(page.asked).to_have_count(4)
    page.expect_total("To answer", 4, "$ 3,221.50")
    page.choose(ROOM, "Yes")
    page.choose(DINNER, "Yes")
    page.comment(DINNER, "Two guests eat vegan.")
    page.choose(BUS, "No")
    page.expect_total("Yes", 2, "$ 1,073.00")
    page.expect_total("No", 1, "$ 336.00")
    page.expect_total("To answer", 1, "$ 1,812.50")
    expect(page.missing).to_contain_text("Still to answer: 1")
    expect(page.missing.get_by_role("link")).to_have_text([BAND[0]])
    page.choose(BAND, "Unsure")
    expect(page.missing).to_be_hidden()
    page.expect_total("Unsure", 1, "$ 1,812.50")


def ask_in_the_panel(page: OfferPage) -> None:
    """A question with an attachment; what was chosen before stays."""
    page.page.get_by_role("button", name="Feedback").first.click()
    panel = page.page.get_by_role("dialog", name="Feedback")
    panel.get_by_label("About").select_option(BAND[0])
    panel.get_by_label("Your feedback").fill("Band from 8?")
    panel.get_by_label("Attachments").set_input_files(
        {"name": "programme.pdf", "mimeType": "application/pdf", "buffer": PROGRAMME}
    )
    panel.get_by_role("button", name="Send feedback").click()
    expect(page.notice).to_contain_text("Thank you for your feedback")
    page.ready()
    page.expect_chosen(ROOM, "Yes")
    page.expect_chosen(BAND, "Unsure")
    expect(page.line(DINNER).get_by_label("Comment on this line")).to_have_value(
        "Two guests eat vegan."
    )


def send_reply(page: OfferPage) -> None:
    """The terms are asked for, and lead to the order."""
    page.page.locator(".o_offer_row").get_by_text("Terms of this line").first.click()
    expect(page.page.get_by_text(ROOM[3])).to_be_visible()
    page.accept_terms()
    page.send()
    page.expect_sent()
    expect(page.notice).to_contain_text("What you accepted is confirmed")


def check_order(desk: Desk, offer: Offer) -> None:
    """The order holds what was taken, with its taxes."""
    order = desk.order(offer, "state", "offer_status", "amount_tax", "amount_total")
    assert order["state"] == "sale" and order["offer_status"] == "accepted"
    assert (order["amount_tax"], order["amount_total"]) == (173.0, 1073.0)
    lines = desk.lines(offer, "name", "product_uom_qty", "offer_answer", "price_tax")
    assert [tuple(line.values())[1:] for line in lines] == [
        (ROOM[0], 4, "yes", 48.0),
        (DINNER[0], 10, "yes", 125.0),
        (BAND[0], 0, "unsure", 0.0),
        (BUS[0], 0, "no", 0.0),
    ]


def check_mails(desk: Desk, offer: Offer) -> None:
    """Both sides get the document."""
    company = desk.read("res.company", [desk.company], "name")[0]["name"]
    for mail in (
        desk.mail_to(offer.contact, "Thank you for your answers"),
        desk.mail_to(offer.seller, f"Answers to offer {offer.name}"),
    ):
        (pdf,) = pdfs_of(mail)
        check_document(pdf, offer, company)


def check_document(pdf: bytes, offer: Offer, company: str) -> None:
    """It says who, what, and each answer."""
    text = pdf_text(pdf)
    for part in (offer.name, company, offer.contact.name, "1,073.00", ROOM[3]):
        assert part in text
    for product, answer in (
        (ROOM, "Yes"),
        (DINNER, "Yes"),
        (BAND, "Unsure"),
        (BUS, "No"),
    ):
        row = text[text.index(product[0]) :]
        assert re.search(r"\b(Yes|Unsure|No)\b", row)[0] == answer, (product, text)
    assert "Two guests eat vegan." in text


def check_download(page: OfferPage, offer: Offer) -> None:
    """The customer finds the document on the page."""
    page.page.reload()
    link = page.page.get_by_role("link", name="Download PDF")
    with page.page.expect_download() as download:
        link.click()
    check_document(download.value.path().read_bytes(), offer, "")


def read_and_answer_feedback(page: Page, offer: Offer) -> None:
    """The salesperson sees that there is something new."""
    page.goto(f"/odoo/sales/{offer.id}")
    page.get_by_role("button", name=re.compile("1 new Feedback")).click()
    row = page.get_by_role("row").filter(has_text="Band from 8?")
    expect(row).to_contain_text("programme.pdf")
    row.get_by_role("button", name="Reply").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Yes, from eight.")
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_role("row").filter(has_text="Yes, from eight.")).to_be_visible()


def check_backend_history(page: Page, offer: Offer) -> None:
    """The salesperson downloads the same document."""
    page.goto(f"/odoo/sales/{offer.id}")
    page.get_by_role("button", name=re.compile("History")).click()
    page.get_by_role("row").filter(has_text="Reply").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("PDF")).first.click()
    check_document(download.value.path().read_bytes(), offer, "")


def change_price(page: Page, offer: Offer) -> None:
    """The salesperson makes the dinner dearer."""
    page.goto(f"/odoo/sales/{offer.id}")
    row = page.locator("[name=order_line] tr.o_data_row").nth(1)
    expect(row).to_contain_text(DINNER[0])
    row.locator("td[name=price_unit]").click()
    row.locator("td[name=price_unit] input").fill("60")
    page.keyboard.press("Tab")
    save = page.get_by_role("button", name="Save manually")
    save.click()
    expect(save).to_be_hidden()
    expect(row.locator("td[name=offer_line_status]")).to_contain_text("Changed")


def answer_again(page: OfferPage, offer: Offer) -> None:
    """Only what changed or is unsure is asked; what was settled stands."""
    page.open(offer.path)
    expect(page.asked).to_have_count(2)
    changed = page.page.locator(".o_offer_row").filter(has_text="Changed:")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text(re.compile(r"was\s+50.00.*\s60.00", re.DOTALL))
    page.expect_chosen(DINNER, None)
    page.expect_chosen(BAND, "Unsure")
    page.choose(DINNER, "Yes")
    page.choose(BAND, "Yes")
    page.expect_total("Yes", 3, "$ 3,010.50")
    page.accept_terms()
    page.send()
    page.expect_sent()


def check_second_order(desk: Desk, offer: Offer) -> None:
    """The order follows, and the second document comes."""
    assert desk.order(offer, "amount_total")["amount_total"] == 3010.5
    lines = desk.lines(offer, "product_uom_qty")
    assert [line["product_uom_qty"] for line in lines] == [4, 10, 1, 0]
    subject = f"Answers to offer {offer.name}"
    mails = wait_until(
        lambda: desk.mails_to(offer.seller, subject)[1:], "the second document"
    )
    (pdf,) = pdfs_of(mails[0])
    assert "60.00" in pdf_text(pdf) and "3,010.50" in pdf_text(pdf)
