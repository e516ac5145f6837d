"""A request from the customer's first words to the review, with all who take part."""

import datetime
import re

import pytest
from _foundation.databases import Databases
from _foundation.server import Server
from client import Client
from market import Market, Workshop
from offers import PASSWORD, Desk, Person, button_of, log_in, wait_until
from playwright.sync_api import Page, expect

EMAIL, PHONE = "vera.berg@family.example", "+47 21 00 00 07"
STORY = "Dark granite, one person, an engraved portrait. To be set up in May."
SUBMIT = "button[type=submit]"


@pytest.fixture
def market(desk: Desk) -> Market:
    """The marketplace, with one kind of work."""
    return Market(desk)


def staff(desk: Desk, server: Server, name: str, group: str) -> Client:
    """A session of somebody who works for the portal."""
    login = f"{name.lower()}@market.example"
    desk._user(name, login, ["base.group_user", group])
    return Client(server.url).login(login, PASSWORD)


def send(page: Page, form: str) -> None:
    """Send the form whose action contains a text."""
    page.locator(f"form[action*='{form}'] {SUBMIT}").first.click()


def ask(page: Page, category: int) -> str:
    """Fill in the customer's form; returns the number of the request."""
    page.goto("/market/request")
    page.locator("[name=category_id]").select_option(str(category))
    page.locator("[name=description]").fill(STORY)
    page.locator("[name=for_whom]").fill("Berg, Olav")
    page.locator("[name=region_id]").select_option(index=1)
    page.locator("[name=name]").fill("Vera Berg")
    page.locator("[name=email]").fill(EMAIL)
    page.locator("[name=phone]").fill(PHONE)
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url(re.compile(r"/market/request/\w+\?access_token="))
    return re.search(r"/market/request/(\w+)", page.url)[1]


def open_contact(page: Page, workshop: Workshop, number: str) -> str:
    """Find the request in the list and open its contact; returns the take's page."""
    log_in(page, workshop.person)
    page.goto("/my/market/requests")
    page.locator(f"a[href='/my/market/request/{number}']").first.click()
    expect(page.locator("main")).to_contain_text("Dark granite")
    expect(page.locator("main")).not_to_contain_text(PHONE)
    send(page, "/open")
    page.wait_for_url(re.compile(r"/my/market/take/\d+"))
    expect(page.locator("main")).to_contain_text(PHONE)
    return re.search(r"/my/market/take/\d+", page.url)[0]


def write_letter(page: Page, take: str, text: str) -> None:
    """Send an offer from the page of the take."""
    page.goto(take)
    page.locator("form[action$='/send'] [name=subject]").fill("Our offer")
    page.locator("form[action$='/send'] [name=body]").fill(text)
    send(page, "/send")
    expect(page.locator("main")).to_contain_text(text)


def run_job(desk: Desk, name: str) -> None:
    """Run a job of the marketplace now."""
    job = desk.ref(f"lead_marketplace.{name}")
    desk.admin.call("ir.cron", "method_direct_trigger", [job])


def test_journey(
    desk: Desk,
    server: Server,
    market: Market,
    databases: Databases,
    database: str,
    visit,
):
    category = market.category(name="Memorials of the journey")
    operator = staff(desk, server, "Olga", "lead_marketplace.group_operator")
    manager = staff(desk, server, "Mats", "lead_marketplace.group_manager")
    accountant = staff(desk, server, "Anna", "account.group_account_invoice")
    granite, marble = market.workshop("Granite"), market.workshop("Marble")

    # The customer asks, and gets a mail with the way back.
    customer = visit()
    number = ask(customer, category)
    vera = Person(0, "Vera Berg", EMAIL)
    mail = desk.mails.wait_for(lambda mail: EMAIL in mail["X-Envelope-To"], 60)
    assert number in button_of(mail, "request")

    # The operator calls and publishes.
    (request,) = operator.call(
        "lead.market.request", "search", [("number", "=", number)]
    )
    operator.call(
        "lead.market.request", "write", [request], {"name": "Granite memorial"}
    )
    lead = operator.call("lead.market.request", "read", [request], ["lead_id"])
    talk = {"lead_id": lead[0]["lead_id"][0], "result": "reached"}
    talk |= {"intent_confirmed": True, "for_whom_confirmed": True}
    operator.call("lead.market.call", "create", talk)
    operator.call("lead.market.request", "action_publish", [request])

    # A workshop sees before it opens the contact that it knows this customer.
    page = visit()
    log_in(page, marble.person)
    page.goto("/my/market/customers")
    page.locator("[name=names]").fill("Olav Berg")
    send(page, "/customers/add")
    page.goto(f"/my/market/request/{number}")
    expect(page.locator("main")).to_contain_text("your customer")

    # Two open it; each writes, and neither hears of the other.
    winner = visit()
    take = open_contact(winner, granite, number)
    other = open_contact(visit(), marble, number)
    assert take != other
    write_letter(winner, take, "A stone for 2,400, set up in May.")
    letter = desk.mail_to(vera, "Our offer")
    everything = letter.as_string()
    assert marble.person.email not in everything and PHONE not in everything

    # The customer says who did the work; the workshop is asked, and reminded.
    customer.reload()
    customer.locator("#title_done").scroll_into_view_if_needed()
    details = customer.locator("details", has=customer.locator("#field_who"))
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    customer.get_by_label(re.compile("^Granite")).first.check()
    done = datetime.datetime.now(tz=datetime.UTC).date() - datetime.timedelta(days=5)
    customer.locator("#field_done_on").fill(done.isoformat())
    send(customer, "/done")
    desk.mail_to(granite.person, "order")
    run_job(desk, "ir_cron_market_deadlines")
    orders = [("take_id.request_id", "=", request)]
    (order,) = operator.call("lead.market.order", "search", orders)
    desk.mail_to(granite.person, "Please declare")

    # A week goes by: it is late. A manager looks at it; nothing happens by itself.
    databases.sql(
        database,
        "UPDATE lead_market_order SET work_done_date = work_done_date - 7, "
        "deadline_date = deadline_date - 7",
    )
    run_job(desk, "ir_cron_market_deadlines")
    late = [("order_id", "=", order), ("kind", "=", "late")]
    (incident,) = manager.call("lead.market.incident", "search", late)
    manager.call("lead.market.incident", "action_confirm", [incident])
    standing = manager.call("lead.market.workshop", "read", [granite.id], ["state"])
    assert standing[0]["state"] == "active"

    desk.mail_to(granite.person, "please read this about our agreement")
    winner.goto("/my/market")
    expect(winner.locator("#market_incidents")).to_contain_text("was to be declared")

    # The workshop declares it, late.
    winner.goto("/my/market/orders")
    expect(winner.locator("main")).to_contain_text(number)
    winner.goto(f"{take}/order")
    form = winner.locator(f"form[action='{take}/order']")
    form.locator("[name=contract_no]").fill("G-17")
    finished = done - datetime.timedelta(days=7)
    form.locator("[name=work_done_date]").fill(finished.isoformat())
    form.locator("[name=amount_gross]").fill("2400")
    form.locator(SUBMIT).first.click()
    winner.wait_for_url(lambda url: not url.endswith("/order"))
    winner.goto("/my/market/orders")
    expect(winner.locator("main")).to_contain_text("Late")
    (found,) = operator.call(
        "lead.market.order", "search_read", orders, ["state", "amount_gross", "is_late"]
    )
    assert (found["state"], found["amount_gross"]) == ("declared", 2400)
    assert found["is_late"]
    assert manager.call("lead.market.incident", "search", late) == [incident], "once"

    # Accrued, invoiced, paid: 10 % of it.
    operator.call("lead.market.order", "action_confirm", [order])
    (accrual,) = accountant.call(
        "lead.market.accrual", "search", [("order_id", "=", order)]
    )
    accountant.call("lead.market.accrual", "action_invoice", [accrual])
    (line,) = accountant.call(
        "lead.market.accrual", "read", [accrual], ["invoice_line_id", "amount"]
    )
    assert line["amount"] == 240
    (move,) = accountant.call(
        "account.move", "search", [("line_ids", "in", [line["invoice_line_id"][0]])]
    )
    accountant.call("account.move", "action_post", [move])
    states = accountant.call("lead.market.order", "read", [order], ["state"])
    assert states[0]["state"] == "invoiced"
    action = accountant.call("account.move", "action_register_payment", [move])
    wizard = accountant.call(
        "account.payment.register", "create", {}, context=action["context"]
    )
    accountant.call("account.payment.register", "action_create_payments", [wizard])
    states = accountant.call("lead.market.order", "read", [order], ["state"])
    assert states[0]["state"] == "paid"
    winner.goto("/my/market/orders")
    expect(winner.locator("main")).to_contain_text("Paid")
    winner.goto("/my/market/statement")
    expect(winner.locator("main")).to_contain_text("240")

    # The customer reviews it; the operator lets it through; everybody reads it.
    customer.goto(customer.url.split("#")[0])
    details = customer.locator("details", has=customer.locator("#field_rating"))
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    if customer.locator("select#field_take_id").count():
        option = customer.locator("#field_take_id option", has_text="Granite")
        customer.locator("#field_take_id").select_option(option.get_attribute("value"))
    customer.locator("#rating_5").check()
    customer.locator("#field_text").fill("Beautiful work, and in time.")
    send(customer, "/review")
    wait_until(
        lambda: operator.call(
            "lead.market.review", "search", [("workshop_id", "=", granite.id)]
        ),
        "the review",
    )
    review = operator.call(
        "lead.market.review", "search", [("workshop_id", "=", granite.id)]
    )
    operator.call("lead.market.review", "action_publish", review)
    public = visit()
    public.goto(f"/market/workshop/{granite.id}")
    expect(public.locator("main")).to_contain_text("Beautiful work, and in time.")
