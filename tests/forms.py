"""The forms of the customer's page, sent as a browser without scripts does."""

from urllib.parse import parse_qs, urlsplit

import lxml.html
import requests
from _foundation.server import Server
from client import Client


class Form:
    """A form on the customer's page, filled in and ready to be sent."""

    def __init__(self, client: Client, path: str, form: str) -> None:
        self.client = client
        page = lxml.html.fromstring(client.get(path).content)
        (node,) = page.xpath(f"//form[@id='{form}']")
        self.action = node.get("action")
        self.fields = {
            field.get("name"): field.get("value") or field.text or ""
            for field in node.xpath(".//input[@name] | .//textarea[@name]")
            if field.get("type") not in ("checkbox", "file")
        }
        self.lines = sorted(
            {radio.get("name") for radio in page.xpath("//input[@type='radio']")}
        )

    def answer(self, answer: str, **fields: str) -> "Form":
        """Give all lines the same answer."""
        self.fields |= dict.fromkeys(self.lines, answer)
        return self.fill(accept_terms="1", name="Visitor", **fields)

    def fill(self, **fields: str) -> "Form":
        """Fill in some fields."""
        self.fields |= fields
        return self

    def send(self) -> str:
        """Send it in a connection of its own, and return what became of it."""
        answer = requests.post(
            self.client.url + self.action,
            self.fields,
            cookies=self.client.session.cookies.get_dict(),
            allow_redirects=False,
            timeout=60,
        )
        assert answer.status_code == 303, answer.text[:1000]
        place = urlsplit(answer.headers["Location"])
        (notice,) = parse_qs(place.query).get("offer", [place.path])
        return notice


def reply_form(server: Server, path: str) -> Form:
    """The reply form as a new visitor gets it."""
    return Form(Client(server.url), path, "o_offer_form")


def feedback_form(server: Server, path: str) -> Form:
    """The feedback form as a new visitor gets it."""
    form = Form(Client(server.url), path, "o_offer_feedback")
    return form.fill(name="Visitor", body="Is there a lift?")
