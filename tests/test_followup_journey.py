"""A sequence of follow-ups: it sends, the customer answers, it stops. It sends no step
twice, whenever its worker is killed."""

import dataclasses
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from _foundation import templates
from _foundation.databases import Databases
from _foundation.mail_sink import MailSink
from _foundation.odoo_process import Odoo
from _foundation.server import Server
from client import Client
from offers import Desk, Person, log_in, wait_until
from playwright.sync_api import expect
from scheduled_action import ScheduledAction, kill

CRON = ("crm_followup", "ir_cron_followup")
KILLS = 5
DEALS = 300
# Seconds for a batch on a busy machine; nobody waits for them unless it hangs.
PATIENCE = 300
FIRST_VISIT = 120_000
REPLY = """Return-Path: <{sender}>
To: {to}
From: {sender}
Subject: Re: {subject}
Message-Id: <answer-{number}@fjord.example>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain; charset=utf-8

Yes, next week suits us.
"""


@dataclass
class Sequences:
    """Makes sequences that send at any hour, and deals that they are for."""

    client: Client

    def create(self, subject: str) -> int:
        """A sequence of two mails, the first of which is due at once."""
        call = self.client.call
        days = [
            (0, 0, {"name": day, "dayofweek": day, "hour_from": 0, "hour_to": 24})
            for day in "0123456"
        ]
        (calendar,) = call(
            "resource.calendar",
            "create",
            [{"name": subject, "tz": "UTC", "attendance_ids": [(5,), *days]}],
        )
        (model,) = call("ir.model", "search", [("model", "=", "crm.lead")])
        templates = call(
            "mail.template",
            "create",
            [
                {
                    "name": text,
                    "subject": f"{text} {{{{ object.name }}}}",
                    "model_id": model,
                    "body_html": "<p>How is it going?</p>",
                    "followup_approved": True,
                }
                for text in (f"{subject} 1:", f"{subject} 2:")
            ],
        )
        steps = [
            (0, 0, {"sequence": number, "delay_days": number, "template_id": template})
            for number, template in enumerate(templates)
        ]
        (sequence,) = call(
            "crm.followup.sequence",
            "create",
            [
                {
                    "name": subject,
                    "calendar_id": calendar,
                    "time_zone_of": "calendar",
                    "window_from": 0,
                    "window_to": 24,
                    "step_ids": steps,
                }
            ],
        )
        return sequence

    def create_deals(self, user: int, emails: list[str]) -> list[int]:
        """Deals of a salesperson, one for each address."""
        values = {"type": "opportunity", "user_id": user, "contact_name": "Kari"}
        return self.client.call(
            "crm.lead",
            "create",
            [
                {**values, "name": f"Deal {number}.", "email_from": email}
                for number, email in enumerate(emails)
            ],
        )

    def start(self, sequence: int, deals: list[int]) -> None:
        """Start a sequence from the dialog over the list of deals."""
        context = {"active_model": "crm.lead", "active_ids": deals}
        (dialog,) = self.client.call(
            "crm.followup.compose",
            "create",
            [{"mode": "sequence", "sequence_id": sequence}],
            context=context,
        )
        self.client.call("crm.followup.compose", "action_send", [dialog])


@pytest.fixture
def seller(desk: Desk) -> Person:
    """Whose deals they are."""
    return desk.seller("Fritz Seller")


def test_reply_stops(desk: Desk, seller: Person, visit):
    """The first mail goes out, the customer answers it, and no second one follows."""
    customer = desk.contact("Frida Contact")
    sequences = Sequences(desk.admin)
    sequence = sequences.create("Journey")
    (deal,) = sequences.create_deals(seller.user, [customer.email])
    sequences.start(sequence, [deal])
    cron = desk.ref(".".join(CRON))
    desk.admin.call("ir.cron", "method_direct_trigger", [cron])
    mail = desk.mail_to(customer, "Journey 1:")
    assert "unsubscribe" in (mail["List-Unsubscribe"] or "").lower()

    page = visit(viewport={"width": 1440, "height": 900})
    log_in(page, seller)
    page.goto(f"/odoo/crm/{deal}")
    expect(page.locator(".o_form_view")).to_contain_text(
        "How is it going?", timeout=FIRST_VISIT
    )

    answer = REPLY.format(
        sender=customer.email,
        to=mail["Reply-To"] or mail["From"],
        subject=mail["Subject"],
        message_id=mail["Message-Id"],
        number=deal,
    )
    desk.admin.call("mail.thread", "message_process", False, answer)
    (enrollment,) = desk.find(
        "crm.followup.enrollment", [("lead_id", "=", deal)], "state", "stop_reason"
    )
    assert (enrollment["state"], enrollment["stop_reason"]) == ("stopped", "replied")
    page.reload()
    thread = page.locator(".o-mail-Thread")
    expect(thread).to_contain_text("Yes, next week suits us.", timeout=FIRST_VISIT)
    expect(thread).to_contain_text("has stopped: The customer replied")
    desk.admin.call("ir.cron", "method_direct_trigger", [cron])
    assert len(desk.mails_to(customer, "Journey")) == 1


# === A WORKER THAT IS KILLED ===


@pytest.fixture
def apart(
    odoo: Odoo, databases: Databases, mail_sink: MailSink, run_folder: Path
) -> Iterator[tuple[Server, ScheduledAction]]:
    """A server of its own, since its workers are killed, and its job."""
    name = databases.scratch(databases.ensure_template(templates.demo()))
    action = ScheduledAction(databases, name, *CRON)
    log = run_folder / "followup-killed.log"
    server = Server(dataclasses.replace(odoo), name, log, mail_sink.port, workers=3)
    server.start()
    yield server, action
    server.stop()
    if not os.environ.get("OFFERDESK_KEEP"):
        databases.drop(name)


DUE = """
    SELECT count(*) FROM crm_followup_enrollment e
    JOIN crm_followup_sequence s ON s.id = e.sequence_id
    WHERE s.name = 'Killed' AND e.state = 'running' AND e.next_date <= now()
"""
SEND = """
    UPDATE ir_cron SET nextcall = now(), active = true WHERE id = (
        SELECT res_id FROM ir_model_data
        WHERE module = 'mail' AND name = 'ir_cron_mail_scheduler_action'
    )
"""


def test_killed(
    apart: tuple[Server, ScheduledAction], databases: Databases, mail_sink: MailSink
):
    """Each deal gets the mail of the step once, however often the job began anew."""
    server, action = apart
    admin = Client(server.url).login("admin", "admin")
    sequences = Sequences(admin)
    sequence = sequences.create("Killed")
    emails = [f"killed{number}@fjord.example" for number in range(DEALS)]
    (user,) = admin.call("res.users", "search", [("login", "=", "admin")])
    action.leave_alone()
    sequences.start(sequence, sequences.create_deals(user, emails))

    def due() -> int:
        return int(databases.sql(action.database, DUE))

    def is_done() -> bool:
        return not due()

    assert due() == DEALS
    chance, killed = random.Random(7), 0
    for _turn in range(KILLS):
        pause = chance.uniform(0, 0.6)
        killed += kill(action.find_worker, action.wake, pause, is_done)
        wait_until(lambda: not action.find_worker(), "the killed worker is gone")
    assert killed, "it was never at work long enough"
    wait_until(lambda: is_done() or (action.wake() and None), "all is done", PATIENCE)
    mails = ScheduledAction(
        databases, action.database, "mail", "ir_cron_mail_scheduler_action"
    )
    databases.sql(action.database, SEND)
    assert wait_for_mails(mail_sink, mails.wake, DEALS) == Counter(emails)
    assert action.wake(), "the job is still active"


def wait_for_mails(
    mail_sink: MailSink, nudge: Callable[[], object], count: int
) -> Counter:
    """Who got how many of the mails, once so many have arrived."""

    def arrived() -> list[str]:
        return [
            re.search(r"killed\d+@fjord\.example", mail["X-Envelope-To"])[0]
            for mail in mail_sink.messages()
            if "Killed 1:" in mail["Subject"]
        ]

    def are_there() -> bool:
        return len(arrived()) >= count or bool(nudge() and None)

    wait_until(are_there, "all mails arrived", PATIENCE)
    return Counter(arrived())
