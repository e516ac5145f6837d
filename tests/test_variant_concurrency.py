"""Two people of a customer at the same moment, on a server with several workers."""

import os
from collections.abc import Callable, Iterator

import pytest
from _foundation.server import Server
from client import Client
from offers import Desk, Person, picture
from parallel import at_once

# How many offers they decide about, one after the other.
RACES = int(os.environ.get("OFFERDESK_RACES") or 2)
SIGNATURE = picture("#222222")
pytestmark = pytest.mark.usefixtures("no_limits", "signed")


@pytest.fixture(scope="module")
def signed(desk: Desk) -> Iterator[None]:
    """Offers are signed here."""
    with desk.signed_offers():
        desk.set_company(portal_confirmation_sign=True)
        yield


@pytest.fixture(scope="module")
def seller(desk: Desk) -> Person:
    """Who makes the offers."""
    return desk.seller("Vera Seller")


@pytest.fixture(scope="module")
def contact(desk: Desk) -> Person:
    """Who gets them."""
    return desk.contact("Vito Contact")


@pytest.fixture
def offer_of(desk: Desk, seller: Person, contact: Person) -> Callable[[], dict]:
    """A function that sends an offer with two variants."""
    (product,) = desk.admin.call(
        "product.product",
        "create",
        [{"name": "Window", "type": "service", "list_price": 200, "taxes_id": []}],
    )

    def send() -> dict:
        (lead,) = desk.admin.call(
            "crm.lead",
            "create",
            [
                {
                    "name": "Windows for a house",
                    "type": "opportunity",
                    "partner_id": contact.partner,
                    "user_id": seller.user,
                }
            ],
        )
        offer = desk.admin.call("crm.lead", "action_new_offer", [lead])["res_id"]
        desk.admin.call("crm.offer", "action_add_variant", [offer])
        (found,) = desk.read("crm.offer", [offer], "variant_ids")
        for quantity, order in enumerate(found["variant_ids"], 1):
            line = {"product_id": product, "product_uom_qty": quantity}
            desk.admin.call(
                "sale.order", "write", [order], {"order_line": [(0, 0, line)]}
            )
        desk.admin.call("sale.order", "action_quotation_sent", found["variant_ids"])
        return found

    return send


def variants_of(desk: Desk, offer: dict, *names: str) -> list[dict]:
    """Fields of the variants, in the order of their labels."""
    return desk.read("sale.order", sorted(offer["variant_ids"]), *names)


def test_two_sign_at_once(desk: Desk, server: Server, offer_of: Callable):
    """One variant is ordered; who signed the other reads why it was too late."""
    for _race in range(RACES):
        offer = offer_of()
        orders = sorted(offer["variant_ids"])
        links = {
            order: desk.admin.call("sale.order", "get_portal_url", [order])
            for order in orders
        }

        def sign(order: int, link: str) -> dict:
            return Client(server.url).post_json(
                f"/my/orders/{order}/accept",
                access_token=link.partition("access_token=")[2],
                name="Vito Contact",
                signature=SIGNATURE,
            )

        calls = [
            lambda order=order, link=link: sign(order, link)
            for order, link in links.items()
        ]
        results = [done.result for done in at_once(calls)]
        (error,) = [result["error"] for result in results if "error" in result]
        assert "was accepted already" in error
        variants = variants_of(desk, offer, "state", "signed_by")
        assert sorted(one["state"] for one in variants) == ["cancel", "sale"]
        signed_by = {one["state"]: one["signed_by"] for one in variants}
        assert signed_by == {"sale": "Vito Contact", "cancel": False}


def test_two_choose_at_once(desk: Desk, server: Server, offer_of: Callable):
    """The seller finds one choice, the later one."""
    for _race in range(RACES):
        offer = offer_of()
        link = desk.admin.call("crm.offer", "get_portal_url", [offer["id"]])
        path, _mark, token = link.partition("?access_token=")

        def fill_in(order: int, link=link, path=path, token=token) -> Callable:
            client = Client(server.url)
            form = {
                "access_token": token,
                "csrf_token": client.csrf_token(link),
                "variant": str(order),
            }
            return lambda: client.post(f"{path}/choose", form).status_code

        calls = [fill_in(order) for order in sorted(offer["variant_ids"])]
        assert [done.result for done in at_once(calls)] == [303, 303]
        variants = variants_of(desk, offer, "variant_state")
        states = sorted(one["variant_state"] for one in variants)
        assert states == ["offered", "preferred"]
