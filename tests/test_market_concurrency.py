"""Many workshops at the same moment, on a server with several workers."""

import os
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
import requests
from _foundation.server import Server
from client import Client
from market import Market, Request, Workshop
from offers import PASSWORD, Desk
from parallel import at_once, p95, while_locked

OPENERS = 50
RACERS = 16
REPLAYS = 20
# How many requests they run for, one after the other.
RACES = int(os.environ.get("OFFERDESK_RACES") or 1)
SECONDS = 20.0
pytestmark = pytest.mark.usefixtures("no_limits")


@pytest.fixture
def market(desk: Desk) -> Market:
    """The marketplace."""
    return Market(desk)


def opener(client: Client, request: Request):
    """The click on the button that opens a contact, ready to be made."""
    return sender(client, request.path, f"{request.path}/open")


def sender(client: Client, page: str, action: str, **values: str):
    """The sending of a form of a page, ready to be made."""
    token = client.csrf_token(page)

    def click() -> str:
        answer = requests.post(
            f"{client.url}{action}",
            {"csrf_token": token, **values},
            cookies=client.session.cookies.get_dict(),
            allow_redirects=False,
            timeout=60,
        )
        assert answer.status_code == 303, answer.text[:1000]
        return re.sub(r"\d+", "<id>", answer.headers["Location"].split("?")[0])

    return click


def click_all(server: Server, workshops: list[Workshop], request: Request) -> Counter:
    """Let all workshops click at once, and count where they end up."""
    clients = [workshop.client(server.url) for workshop in workshops]
    done = at_once([opener(client, request) for client in clients])
    assert p95(done) < SECONDS
    return Counter(one.result for one in done)


def test_fifty_open_one_request(server: Server, market: Market):
    """Nobody waits for the others, and each gets the contact once."""
    workshops = [market.workshop() for _number in range(OPENERS)]
    category = market.category()
    for _race in range(RACES):
        request = market.published(category)
        found = click_all(server, workshops, request)
        assert found == {"/my/market/take/<id>": OPENERS}
        takes = market.takes(request)
        assert len({take["workshop_id"] for take in takes}) == len(takes) == OPENERS
        assert {take["customer_phone"] for take in takes} == {"+32 2 765 43 21"}


def test_last_place(server: Server, market: Market):
    """Of those who want the last place, one gets it; the others are told."""
    category = market.category(max_takers=2)
    first, *racers = [market.workshop() for _number in range(RACERS + 1)]
    for _race in range(RACES):
        request = market.published(category)
        click_all(server, [first], request)
        found = click_all(server, racers, request)
        assert found.pop("/my/market/take/<id>") == 1
        assert sum(found.values()) == RACERS - 1
        assert len(market.takes(request)) == 2


def test_colleagues(server: Server, market: Market):
    """Two people of one workshop click at once: one contact, both see it."""
    request = market.published(market.category())
    workshop = market.workshop()
    people = [workshop.person, market.employee(workshop.partner)]
    market.desk.admin.call("lead.market.workshop", "action_activate", [workshop.id])
    clients = [Client(server.url).login(one.email, PASSWORD) for one in people]
    clicks = [opener(client, request) for client in clients * 4]
    found = Counter(one.result for one in at_once(clicks))
    assert found == {"/my/market/take/<id>": 8}
    assert len(market.takes(request)) == 1


def test_withdrawn_at_the_same_moment(server: Server, desk: Desk, market: Market):
    """Who opened before the request was closed has the contact, nobody after."""
    request = market.published(market.category())
    workshops = [market.workshop() for _number in range(RACERS)]
    clients = [workshop.client(server.url) for workshop in workshops]
    close = partial(
        desk.admin.call,
        "lead.market.request",
        "action_close",
        [request.id],
        context={"market_close_reason": "withdrawn"},
    )
    done = at_once([close, *(opener(client, request) for client in clients)])
    found = Counter(one.result for one in done[1:])
    assert found["/my/market/take/<id>"] == len(market.takes(request))
    assert sum(found.values()) == RACERS
    state = desk.read("lead.market.request", [request.id], "state")
    assert state[0]["state"] == "closed"


def test_withdrawn_before_the_contact_is_stored(
    server: Server, market: Market, connect: Callable
):
    """The click waits for the withdrawal, is repeated by Odoo, and then sees it."""
    request = market.published(market.category())
    click = opener(market.workshop().client(server.url), request)
    change = "UPDATE lead_market_request SET state = 'closed' WHERE id = %s"
    found = while_locked(connect, change, (request.id,), click)
    assert found == "/my/market/requests"
    assert market.takes(request) == []


def test_replayed(server: Server, desk: Desk, market: Market):
    """Each form of a workshop is sent many times, at once and afterwards: it takes
    effect once."""
    request = market.published(market.category())
    client = market.workshop().client(server.url)

    def replay(click: Callable) -> None:
        done = at_once([click] * REPLAYS)
        assert len({one.result for one in done} | {click()}) == 1

    replay(opener(client, request))
    (take,) = market.takes(request)
    page = f"/my/market/take/{take['id']}"
    letter = {"subject": "Our offer", "body": "42 000", "key": str(uuid4())}
    replay(sender(client, page, f"{page}/send", **letter))
    talk = {"summary": "Wants to see a sample.", "key": str(uuid4())}
    replay(sender(client, page, f"{page}/talk", **talk))
    order = {"contract_no": "C-1", "planned_finish_date": "2090-01-01"}
    replay(sender(client, page, f"{page}/order", **order, amount_gross="42 000"))
    on_take = [("model", "=", "lead.market.take"), ("res_id", "=", take["id"])]
    comments = [*on_take, ("message_type", "=", "comment")]
    assert len(desk.find("mail.message", comments, "id")) == 2
    orders = desk.find("lead.market.order", [("take_id", "=", take["id"])], "id")
    assert len(orders) == 1
