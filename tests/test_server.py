"""The server that the journeys run on is what they take it for."""

import re

from _foundation.mail_sink import MailSink
from client import Client
from playwright.sync_api import Page, expect


def test_customer_logs_in(page: Page):
    page.goto("/web/login")
    page.get_by_label("Email").fill("portal")
    page.get_by_label("Password").fill("portal")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/my$"))


def test_mail_arrives(client: Client, mail_sink: MailSink):
    client.login("admin", "admin")
    partner = client.call(
        "res.partner", "create", {"name": "Ada", "email": "ada@example.com"}
    )
    client.call(
        "res.partner",
        "message_post",
        [partner],
        body="The hall is free on Friday.",
        subject="Your date",
        partner_ids=[partner],
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    mail = mail_sink.wait_for(lambda mail: mail["Subject"] == "Your date")
    assert mail["X-Envelope-To"] == "ada@example.com"
    assert "Friday" in mail.get_body(("plain",)).get_content()
