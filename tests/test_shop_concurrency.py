"""The shop's form sent many times at the same moment, on a server with workers."""

import pytest
from _foundation.server import Server
from client import Client
from offers import PASSWORD, Desk
from order_requests import BRIEF, FilledIn, number_in
from parallel import at_once
from shop import Service, Shop, on_shop

REPLAYS = 10
pytestmark = [on_shop, pytest.mark.usefixtures("no_limits")]


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Shop:
    """Whose services are asked for."""
    return Shop(desk)


@pytest.fixture(scope="module")
def services(desk: Desk, shop: Shop) -> list[Service]:
    """One that needs a request, and one that can be ordered at once."""
    seller = desk.seller("Rita Seller")
    return [
        shop.sell("Logo of the rush", 890, seller, "always"),
        shop.sell("Review of the rush", 150, seller, "never"),
    ]


def fill_cart(desk: Desk, client: Client, services: list[Service]) -> None:
    """Put services into the cart as the shop's pages do."""
    for service in services:
        variant = desk.read("product.template", [service.id], "product_variant_id")
        client.post_json(
            "/shop/cart/add",
            product_template_id=service.id,
            product_id=variant[0]["product_variant_id"],
            quantity=1,
        )


@pytest.mark.parametrize("scope", ["all", "gated"])
@pytest.mark.parametrize("is_guest", [True, False])
def test_same_form_many_times_at_once(
    desk: Desk,
    server: Server,
    shop: Shop,
    services: list[Service],
    scope: str,
    is_guest: bool,
):
    """A double click, ten times over: one request, one customer, one mail, and the
    rest stays in the cart."""
    client = Client(server.url)
    if is_guest:
        person = desk.visitor("Gitta Gast")
        contact = {"name": person.name, "email": person.email}
    else:
        person, contact = desk.contact("Bea Blum", login=True), {}
        client.login(person.email, PASSWORD)
    fill_cart(desk, client, services)
    page = "/shop/request"
    form = FilledIn(client, page, page, scope=scope, brief=BRIEF, **contact)
    for name in form.fields:
        if name.startswith("answer_"):
            form.fields[name] = "A bakery"
    (place,) = {done.result for done in at_once([form.send] * REPLAYS)}
    (request,) = desk.find(
        "order.request", [("partner_id.email", "=", person.email)], "line_ids"
    )
    assert request["id"] == number_in(place)
    assert len(request["line_ids"]) == (2 if scope == "all" else 1)
    assert len(desk.find("res.partner", [("email", "=", person.email)], "id")) == 1
    (cart,) = shop.carts(request["id"])
    assert cart["state"] == "draft"
    assert len(cart["order_line"]) == (0 if scope == "all" else 1)
    desk.mail_to(person, "We received your request")
    assert len(desk.mails_to(person, "We received your request")) == 1
