"""Requests, workshops and their people, for the journeys through the marketplace."""

import itertools
from dataclasses import dataclass
from functools import cached_property

from client import Client
from offers import PASSWORD, Desk, Person

_numbers = itertools.count(1)
CUSTOMER = {
    "contact_name": "Olga Sidorova",
    "email_from": "olga.sidorova@family.example",
    "phone": "+32 2 765 43 21",
}


@dataclass
class Workshop:
    """A partner workshop and one of its people."""

    id: int
    partner: int
    person: Person

    def client(self, url: str) -> Client:
        """A session of the workshop's person."""
        return Client(url).login(self.person.email, PASSWORD)


@dataclass
class Request:
    """A published request."""

    id: int
    number: str
    lead: int

    @property
    def path(self) -> str:
        """Where workshops find it."""
        return f"/my/market/request/{self.number}"


@dataclass
class Market:
    """Makes what a journey starts from, as the administrator over RPC."""

    desk: Desk

    @cached_property
    def region(self) -> int:
        """A region, of any country."""
        return self.desk.find("res.country.state", [], "id", limit=1)[0]["id"]

    def category(self, **values) -> int:
        """A category of requests."""
        values = {"name": f"Memorials {next(_numbers)}", **values}
        return self.desk.admin.call("lead.market.category", "create", values)

    def workshop(self, name: str = "Granit", **values) -> Workshop:
        """An active workshop with a login."""
        number = next(_numbers)
        call = self.desk.admin.call
        company = {"name": f"{name} {number}", "is_company": True}
        partner = call("res.partner", "create", company)
        workshop = call(
            "lead.market.workshop", "create", {"partner_id": partner, **values}
        )
        person = self.employee(partner)
        call("lead.market.workshop", "action_activate", [workshop])
        return Workshop(workshop, partner, person)

    def employee(self, partner: int) -> Person:
        """Somebody who works for a workshop, with a login of the portal."""
        email = f"worker{next(_numbers)}@workshop.example"
        contact = self.desk.admin.call(
            "res.partner",
            "create",
            {"name": f"Worker {email}", "email": email, "parent_id": partner},
        )
        return self.desk._user(
            f"Worker {email}", email, ["base.group_portal"], partner_id=contact
        )

    def published(self, category: int, customer: dict = CUSTOMER, **values) -> Request:
        """A request that was verified by phone and published."""
        call = self.desk.admin.call
        request = call(
            "lead.market.request",
            "create",
            {
                "name": "Granite memorial for one person",
                "description": "Grey granite, engraved portrait, to be set up in May.",
                "category_id": category,
                "region_id": self.region,
                "segment": "standard",
                "for_whom": "Ivan Sidorov",
                **values,
            },
        )
        lead = call(
            "crm.lead",
            "create",
            {
                "name": "Memorial",
                "type": "lead",
                "market_request_id": request,
                "market_consent_date": "2030-01-01 10:00:00",
                **customer,
            },
        )
        talk = {
            "lead_id": lead,
            "result": "reached",
            "intent_confirmed": True,
            "for_whom_confirmed": True,
        }
        call("lead.market.call", "create", talk)
        call("lead.market.request", "action_publish", [request])
        number = self.desk.read("lead.market.request", [request], "number")
        return Request(request, number[0]["number"], lead)

    def takes(self, request: Request) -> list[dict]:
        """Who opened the contact of a request."""
        return self.desk.find(
            "lead.market.take",
            [("request_id", "=", request.id)],
            "workshop_id",
            "customer_phone",
        )
