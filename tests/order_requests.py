"""Services that need a request, and the steps from the request to the order."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

import lxml.html
import requests
from client import Client
from offers import PASSWORD, Desk, Person
from playwright.sync_api import Page

BRIEF = "A loaf, drawn by hand.\nOne colour."
QUESTION = "For whom is it?"


@dataclass
class Studio:
    """Sells services, and looks first at what new customers want."""

    desk: Desk
    # From when a first order is possible at once again.
    until: datetime = field(init=False)

    @cached_property
    def policy(self) -> int:
        """The company's policy; the demo data have one."""
        domain = [
            ("company_id", "=", self.desk.company),
            ("user_id", "=", False),
            ("team_id", "=", False),
        ]
        return self.desk.find("order.request.policy", domain, "id")[0]["id"]

    def set_policy(self, **values) -> None:
        """Change the company's policy."""
        self.desk.admin.call("order.request.policy", "write", [self.policy], values)

    def ask_first(self) -> "Studio":
        """Make first orders requests for the next hours, whatever the time is now."""
        now = datetime.now(UTC)
        self.until = now.replace(minute=0, second=0) + timedelta(hours=4)
        hours = {
            "hour_from": (now - timedelta(hours=1)).hour,
            "hour_to": self.until.hour or 24,
        }
        windows = [{"weekday": str(day), **hours} for day in range(7)]
        self.set_policy(
            tz="UTC",
            audience="first",
            away_ids=[(5,)],
            window_ids=[(5,), *((0, 0, window) for window in windows)],
        )
        return self

    def service(
        self, name: str, price: float, seller: Person, mode: str, **values
    ) -> int:
        """A service on the portal that somebody answers for; `mode` is policy, always
        or never."""
        (service,) = self.desk.admin.call(
            "product.template",
            "create",
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": price,
                    "taxes_id": [],
                    "order_request_published": True,
                    "order_request_mode": mode,
                    "order_request_user_id": seller.user,
                    **values,
                }
            ],
        )
        if mode == "policy":
            self.set_policy(product_tmpl_ids=[(4, service)])
        return service

    def request(self, number: int, *names: str) -> dict:
        """Fields of a request."""
        return self.desk.read("order.request", [number], *names)[0]

    def offer(self, seller: Person, request: int, price: float) -> None:
        """Answer with an offer, as the seller's window does."""
        client = Client(self.desk.admin.url).login(seller.email, PASSWORD)
        (window,) = client.call(
            "order.request.offer",
            "create",
            [{"request_id": request, "message": "With two drafts."}],
        )
        (line,) = client.call("order.request.offer", "read", [window], ["line_ids"])[0][
            "line_ids"
        ]
        client.call(
            "order.request.offer",
            "write",
            [window],
            {"line_ids": [(1, line, {"price_unit": price})]},
        )
        client.call("order.request.offer", "action_send", [window])


class FilledIn:
    """A form of a page, filled in by somebody."""

    def __init__(self, client: Client, page: str, path: str, **fields: str) -> None:
        self.client = client
        document = lxml.html.fromstring(client.get(page).content)
        (form,) = document.xpath(f"//form[contains(@action, '{path}')]")
        self.action = form.get("action")
        self.fields = dict(form.fields) | fields

    def send(self) -> str:
        """Send it in a connection of its own; returns where it led, or what was
        wrong."""
        answer = requests.post(
            self.client.url + self.action,
            self.fields,
            cookies=self.client.session.cookies.get_dict(),
            allow_redirects=False,
            timeout=60,
        )
        if answer.status_code == 303:
            return answer.headers["Location"]
        assert answer.status_code == 422, answer.text[:1000]
        page = lxml.html.fromstring(answer.content)
        return " ".join(page.xpath("string(//*[@role='alert'])").split())


def number_in(place: str) -> int:
    """The request whose page an address is."""
    return int(re.search(r"/my/requests/(\d+)", place)[1])


def number_of(page: Page) -> int:
    """The request whose page somebody was led to after sending it."""
    page.wait_for_url(re.compile(r"/my/requests/\d+\?notice=sent"))
    return number_in(page.url)
