"""Both sides of a request at the same moment, on a server with several workers."""

import os
from collections.abc import Callable
from functools import partial

import pytest
import requests
from _foundation.server import Server
from client import Client, OdooError
from offers import PASSWORD, Desk, Person, picture
from order_requests import BRIEF, FilledIn, Studio, number_in
from parallel import at_once

# How many requests they run for, one after the other.
RACES = int(os.environ.get("OFFERDESK_RACES") or 2)
REPLAYS = 10
DONE = "done"
SIGNATURE = picture("#222222")
pytestmark = pytest.mark.usefixtures("no_limits")


@pytest.fixture(scope="module")
def studio(desk: Desk) -> Studio:
    """Whose services are asked for."""
    return Studio(desk)


@pytest.fixture(scope="module")
def sellers(desk: Desk, studio: Studio) -> list[Person]:
    """Two who may answer all requests."""
    people = [desk.seller("Rita Seller"), desk.seller("Rolf Seller")]
    group = desk.ref("sales_team.group_sale_salesman_all_leads")
    users = [person.user for person in people]
    desk.admin.call("res.users", "write", users, {"group_ids": [(4, group)]})
    return people


@pytest.fixture(scope="module")
def service(studio: Studio, sellers: list[Person]) -> int:
    """What is asked for."""
    return studio.service("Logo of the races", 890, sellers[0], "always")


@pytest.fixture
def customer(desk: Desk) -> Person:
    """Who asks."""
    return desk.contact("Bea Blum", login=True)


def ask(server: Server, customer: Person, service: int) -> FilledIn:
    """A request, ready to be sent."""
    client = Client(server.url).login(customer.email, PASSWORD)
    page = f"/my/services/{service}"
    return FilledIn(client, page, "/order", mode="request", brief=BRIEF)


def window(
    server: Server, seller: Person, request: int, name: str, **values
) -> Callable[[], str]:
    """The button of a window that a seller opened for a request."""
    client = Client(server.url).login(seller.email, PASSWORD)
    model = f"order.request.{name}"
    (opened,) = client.call(model, "create", [{"request_id": request, **values}])
    button = "action_refuse" if name == "refuse" else "action_send"

    def press() -> str:
        try:
            client.call(model, button, [opened])
        except OdooError as error:
            return str(error)
        return DONE

    return press


@pytest.fixture
def request_of(server: Server, customer: Person, service: int) -> Callable[[], int]:
    """A function that sends a request."""

    def send() -> int:
        return number_in(ask(server, customer, service).send())

    return send


def check_one_answer(results: list[str]) -> None:
    """One was done; the other seller is told why theirs was not."""
    (told,) = [result for result in results if result != DONE]
    assert "UserError" in told
    assert "answered this request while you had it open" in told


def results_of(calls: list[Callable]) -> list:
    """What calls that begin at the same moment return."""
    return [one.result for one in at_once(calls)]


def test_offer_and_refusal_at_once(
    desk: Desk,
    server: Server,
    studio: Studio,
    sellers: list[Person],
    request_of: Callable,
):
    """Nobody refuses an offer that a colleague has just made, or the reverse."""
    reason = desk.ref("order_request.order_request_reason_busy")
    for _race in range(RACES):
        request = request_of()
        results = results_of(
            [
                window(server, sellers[0], request, "offer"),
                window(server, sellers[1], request, "refuse", reason_id=reason),
            ]
        )
        check_one_answer(results)
        found = studio.request(request, "state", "sale_order_ids")
        is_offer = results[0] == DONE
        assert found["state"] == ("offered" if is_offer else "refused")
        assert len(found["sale_order_ids"]) == is_offer


def test_two_offers_at_once(
    desk: Desk,
    server: Server,
    studio: Studio,
    sellers: list[Person],
    customer: Person,
    request_of: Callable,
):
    """The customer gets one of them."""
    for race in range(1, RACES + 1):
        request = request_of()
        offers = [window(server, seller, request, "offer") for seller in sellers]
        check_one_answer(results_of(offers))
        found = studio.request(request, "state", "sale_order_ids", "name")
        assert found["state"] == "offered"
        assert len(found["sale_order_ids"]) == 1
        desk.mail_to(customer, f"Our offer for your request {found['name']}")
        assert len(desk.mails_to(customer, "Our offer")) == race


def test_signed_and_withdrawn_at_once(
    desk: Desk,
    server: Server,
    studio: Studio,
    sellers: list[Person],
    customer: Person,
    request_of: Callable,
    signed_offers,
):
    """Two colleagues of the customer decide differently."""
    client = Client(server.url).login(customer.email, PASSWORD)
    for _race in range(RACES):
        request = request_of()
        studio.offer(sellers[0], request, 790)
        form = FilledIn(client, f"/my/requests/{request}", "/withdraw")
        order = studio.request(request, "offer_id")["offer_id"]
        answer, place = results_of([partial(accept, client, order), form.send])
        state = desk.read("sale.order", [order], "state")[0]["state"]
        request_state = studio.request(request, "state")["state"]
        if "redirect_url" in answer:
            assert (state, request_state) == ("sale", "accepted")
            assert "is now “Accepted”" in place
        else:
            assert (state, request_state) == ("cancel", "withdrawn")
            assert "not in a state requiring customer signature" in answer["error"]
            assert "notice=withdrawn" in place


@pytest.fixture
def signed_offers(desk: Desk):
    """Offers are signed, not paid or answered line by line."""
    with desk.signed_offers():
        yield


def accept(client: Client, order: int) -> dict:
    """Sign an order; returns what the page is told."""
    answer = requests.post(
        f"{client.url}/my/orders/{order}/accept",
        json={"params": {"name": "Bea Blum", "signature": SIGNATURE}},
        cookies=client.session.cookies.get_dict(),
        timeout=60,
    ).json()
    assert "result" in answer, answer
    return answer["result"]


def test_same_form_many_times_at_once(
    desk: Desk,
    server: Server,
    sellers: list[Person],
    customer: Person,
    service: int,
):
    """A double click, ten times over: one request, and everybody is led to it."""
    for race in range(1, RACES + 1):
        form = ask(server, customer, service)
        places = set(results_of([form.send] * REPLAYS))
        assert len(places) == 1
        number = number_in(places.pop())
        assert len(desk.find("order.request", [("id", ">=", number)], "id")) == 1
        desk.mail_to(customer, "We received your request")
        assert len(desk.mails_to(customer, "We received your request")) == race
