"""Customers and sellers of designs at the same moment, on a server with several
workers."""

import os
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import lxml.html
import pytest
import requests
from _foundation.server import Server
from client import Client, OdooError
from offers import PASSWORD, Desk, Person, wait_until
from parallel import at_once, while_locked
from rfq_designs import Maker

# How many requests they run for, one after the other.
RACES = int(os.environ.get("OFFERDESK_RACES") or 2)
SUBMISSIONS, DOWNLOADS = 10, 8
DONE = "done"
pytestmark = pytest.mark.usefixtures("no_limits", "unlimited")


@pytest.fixture(scope="module")
def unlimited(desk: Desk) -> Iterator[None]:
    """Everybody comes from one address here, and may ask as often as they want."""
    before = desk.read("res.company", [desk.company], "rfq_max_per_hour")[0]
    desk.set_company(rfq_max_per_hour=1000)
    yield
    desk.set_company(rfq_max_per_hour=before["rfq_max_per_hour"])


@pytest.fixture(scope="module")
def maker(desk: Desk) -> Maker:
    """Who publishes designs."""
    return Maker(desk)


@pytest.fixture(scope="module")
def sellers(desk: Desk) -> list[Person]:
    """Two who may answer all requests."""
    people = [desk.seller("Rita Seller"), desk.seller("Rolf Seller")]
    group = desk.ref("sales_team.group_sale_salesman_all_leads")
    users = [person.user for person in people]
    desk.admin.call("res.users", "write", users, {"group_ids": [(4, group)]})
    return people


@pytest.fixture
def customer(desk: Desk) -> Person:
    """Who asks."""
    return desk.contact("Bea Blum", login=True)


@pytest.fixture
def table(maker: Maker, sellers: list[Person]) -> Iterator[int]:
    """A design that everybody may see, published again afterwards."""
    design = maker.design("table")
    maker.publish(design, user_id=sellers[0].user)
    yield design
    maker.publish(design)


class FilledIn:
    """The form of a design, filled in and not sent yet."""

    def __init__(self, client: Client, code: str) -> None:
        self.client = client
        self.path = f"/rfq/d/{code}"
        page = lxml.html.fromstring(client.get(self.path).content)
        hidden = page.xpath("//form[contains(@class, 'o_rfq_form')]/input")
        self.fields = {field.get("name"): field.get("value") for field in hidden}
        self.fields |= {"quantity": "2", "p_width": "1700"}

    def send(self) -> requests.Response:
        """Send it in a connection of its own."""
        return requests.post(
            f"{self.client.url}{self.path}/submit",
            self.fields,
            cookies=self.client.session.cookies.get_dict(),
            allow_redirects=False,
            timeout=60,
        )


def request_in(answer: requests.Response) -> int:
    """The request whose page somebody was led to after sending it."""
    assert answer.status_code == 303, answer.text[-2000:]
    place = urlsplit(answer.headers["Location"])
    assert dict(parse_qsl(place.query))["notice"] == "sent"
    return int(place.path.rpartition("/")[2])


def wait_for_rest(maker: Maker, request: int) -> None:
    """Wait until the files of a request are made and all its mails have left: Odoo's
    queue repeats nothing that it meets."""
    maker.wait_for_files(request)
    mails = [("model", "=", "rfq.request"), ("res_id", "=", request)]
    wait_until(lambda: not maker.desk.find("mail.mail", mails, "state"), "the mails")


@pytest.fixture
def filled_in(
    server: Server, maker: Maker, customer: Person, table: int
) -> Callable[[], FilledIn]:
    """A function that fills in the form of the table."""
    client = Client(server.url).login(customer.email, PASSWORD)
    return lambda: FilledIn(client, maker.code(table))


@pytest.fixture
def request_of(filled_in: Callable, maker: Maker) -> Callable[[], int]:
    """A function that sends a request, whose files are made."""

    def send() -> int:
        request = request_in(filled_in().send())
        wait_for_rest(maker, request)
        return request

    return send


def press(client: Client, model: str, name: str, *ids: int) -> Callable:
    """A button, which tells what was refused."""

    def run():
        try:
            return client.call(model, name, list(ids)) or DONE
        except OdooError as error:
            return error

    return run


def results_of(calls: list[Callable]) -> list:
    """What calls that begin at the same moment return."""
    return [one.result for one in at_once(calls)]


def removal(desk: Desk, request: int) -> Callable:
    """The button of the window in which data are removed."""
    values = {"request_ids": [(6, 0, [request])], "step": "purge", "reason": "Asked"}
    (window,) = desk.admin.call("rfq.request.retention", "create", [values])
    return press(desk.admin, "rfq.request.retention", "action_apply", window)


def question(desk: Desk, request: int) -> Callable:
    """The button of the window in which the customer is asked something."""
    values = {"request_id": request, "kind": "question", "message": "Which wood?"}
    (window,) = desk.admin.call("rfq.request.reply", "create", [values])
    return press(desk.admin, "rfq.request.reply", "action_send", window)


def test_one_form_many_times_at_once(
    desk: Desk, customer: Person, table: int, filled_in: Callable
):
    """There is one request, one mail, and everybody is led to it."""
    for race in range(1, RACES + 1):
        form = filled_in()
        numbers = {
            request_in(answer) for answer in results_of([form.send] * SUBMISSIONS)
        }
        assert len(numbers) == 1
        domain = [("idempotency_key", "=", form.fields["idempotency_key"])]
        found = desk.find("rfq.request", domain, "name", "state")
        assert [one["id"] for one in found] == list(numbers)
        desk.mail_to(customer, found[0]["name"])
        assert len(desk.mails_to(customer, "We received your request")) == race


def test_two_sellers_quote_at_once(
    server: Server, maker: Maker, sellers: list[Person], request_of: Callable
):
    """There is one quotation, which both are led to. The request is in review already,
    so that its state does not change with it."""
    clients = [Client(server.url).login(one.email, PASSWORD) for one in sellers]
    for _race in range(RACES):
        request = request_of()
        clients[0].call("rfq.request", "action_review", [request])
        results = results_of(
            [
                press(client, "rfq.request", "action_create_quotation", request)
                for client in clients
            ]
        )
        orders = {result["res_id"] for result in results}
        found = maker.request(request, "sale_order_ids", "state")
        assert set(found["sale_order_ids"]) == orders
        assert len(orders) == 1
        assert found["state"] == "in_review"


def test_quoted_and_cancelled_at_once(
    server: Server,
    maker: Maker,
    sellers: list[Person],
    customer: Person,
    request_of: Callable,
):
    """Nothing that the customer took back is quoted afterwards."""
    seller = Client(server.url).login(sellers[0].email, PASSWORD)
    client = Client(server.url).login(customer.email, PASSWORD)
    for _race in range(RACES):
        request = request_of()
        path = f"/my/rfqs/{request}"
        form = {"csrf_token": client.csrf_token(path)}
        quoted, cancelled = results_of(
            [
                press(seller, "rfq.request", "action_create_quotation", request),
                partial(client.post, f"{path}/cancel", form),
            ]
        )
        # It may be cancelled as long as the quotation was not sent.
        assert cancelled.status_code == 303
        found = maker.request(request, "sale_order_ids", "state")
        assert found["state"] == "cancelled"
        if isinstance(quoted, OdooError):
            assert "is now “Cancelled”" in str(quoted)
            assert not found["sale_order_ids"]
        else:
            assert found["sale_order_ids"] == [quoted["res_id"]]


def test_sent_while_it_is_taken_off(
    desk: Desk, maker: Maker, table: int, filled_in: Callable
):
    """It arrives, or the customer reads why not."""
    for _race in range(RACES):
        form = filled_in()
        answer, _done = results_of(
            [form.send, press(desk.admin, "rfq.design", "action_draft", table)]
        )
        domain = [("idempotency_key", "=", form.fields["idempotency_key"])]
        found = desk.find("rfq.request", domain, "state")
        if answer.status_code == 303:
            assert [one["id"] for one in found] == [request_in(answer)]
        else:
            assert answer.status_code in (404, 422)
            assert not found
        assert desk.read("rfq.design", [table], "state")[0]["state"] == "draft"
        # From now on nothing arrives.
        assert form.send().status_code in (303, 404)
        assert len(desk.find("rfq.request", domain, "state")) == len(found)
        maker.publish(table)


@pytest.fixture
def guest_request(
    server: Server, maker: Maker, table: int
) -> Callable[[], tuple[int, str]]:
    """A function with which a visitor sends a request; returns it and its link. Nobody
    is responsible, and all mails have left."""
    maker.publish(table, user_id=False)

    def send() -> tuple[int, str]:
        form = FilledIn(Client(server.url), maker.code(table))
        form.fields |= {
            "contact_name": "Gus Guest",
            "contact_email": "gus@guest.example",
        }
        answer = form.send()
        request = request_in(answer)
        wait_for_rest(maker, request)
        query = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        return request, query["access_token"]

    return send


def test_downloaded_while_it_is_removed(
    server: Server, desk: Desk, guest_request: Callable
):
    """Everybody gets all of the file, or reads that it is gone."""
    client = Client(server.url)
    for _race in range(RACES):
        request, token = guest_request()
        path = f"/my/rfqs/{request}/file/data_json?access_token={token}"
        whole = client.get(path).content
        results = results_of(
            [
                removal(desk, request),
                *[partial(client.get, path)] * DOWNLOADS,
            ]
        )
        assert not isinstance(results[0], OdooError), results[0]
        for answer in results[1:]:
            assert answer.status_code in (200, 410), answer.text[-2000:]
            assert answer.status_code == 410 or answer.content == whole
        assert client.get(path).status_code == 410


def test_written_while_it_is_removed(
    server: Server, desk: Desk, guest_request: Callable
):
    """Nothing of what the customer writes stays."""
    client = Client(server.url)
    for _race in range(RACES):
        request, token = guest_request()
        path = f"/my/rfqs/{request}?access_token={token}"
        form = {
            "csrf_token": client.csrf_token(path),
            "access_token": token,
            "idempotency_key": str(uuid.uuid4()),
            "message": "In blue, please.",
        }
        results = results_of(
            [
                removal(desk, request),
                partial(client.post, f"/my/rfqs/{request}/reply", form),
            ]
        )
        # Who comes first has it; the other one waits.
        assert not isinstance(results[0], OdooError), results[0]
        assert results[1].status_code in (303, 410), results[1].text[-2000:]
        assert client.get(path).status_code == 410
        domain = [("model", "=", "rfq.request"), ("res_id", "=", request)]
        assert not desk.find("mail.message", domain, "body")


@pytest.mark.parametrize("button", [removal, question])
def test_pressed_while_a_customer_writes(
    desk: Desk, connect: Callable, guest_request: Callable, button: Callable
):
    """The button waits until the customer's transaction is over, then does its work."""
    request, _token = guest_request()
    change = "UPDATE rfq_request SET last_form_key = 'theirs' WHERE id = %s"
    result = while_locked(connect, change, (request,), button(desk, request))
    assert result == DONE
    found = desk.read("rfq.request", [request], "purged_on", "answer_ids")[0]
    assert found["purged_on"] or found["answer_ids"]
