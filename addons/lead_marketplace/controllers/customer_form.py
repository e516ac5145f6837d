"""Reads the forms of customers into plain values, with a message for each mistake."""

import re

from odoo import fields
from odoo.tools import email_normalize

from odoo.addons.base_offerdesk.form_values import clean_int, clean_key, clean_text

from ..amounts import parse_amount
from ..customer_request import (
    MAX_DESCRIPTION,
    MAX_LINE,
    MAX_REVIEW,
    MIN_REVIEW,
    MODES,
    CustomerRequest,
)
from ..match_key import phone_key

# Beyond what can be sent; still, mistakes are shown with what was typed.
MAX_DRAFT = 4 * MAX_DESCRIPTION
# Fields of a request that are shown again as they were typed, and of the other forms.
DRAFT = (
    "category_id",
    "description",
    "for_whom",
    "for_whom_not_stated",
    "region_id",
    "city",
    "segment",
    "budget",
    "name",
    "email",
    "phone",
    "contact_mode",
    "consent",
)
ANSWERS = ("who", "done_on", "amount", "take_id", "rating", "text", "author_name")


def read_draft(form, names):
    """Return a form as it was typed, to show it again.

    :param form: mapping of the posted fields
    :param names: names of the fields
    :rtype: dict
    """
    return {name: clean_text(form.get(name))[:MAX_DRAFT] for name in names}


def parse_request(env, form, choices, needs_consent=True):
    """Read the form of a request.

    :param env: environment, for the language of the messages
    :param form: mapping of the posted fields
    :param dict choices: ``categories``, ``regions`` and ``segments`` to choose from
    :param bool needs_consent: whether the consent is asked for
    :return: the request, and messages by the name of the field
    :rtype: tuple[CustomerRequest, dict]
    """
    errors = {}
    sent = CustomerRequest(
        key=clean_key(form.get("idempotency_key")),
        consent=form.get("consent") == "1",
        for_whom_not_stated=form.get("for_whom_not_stated") == "1",
        contact_mode=form.get("contact_mode"),
    )
    # In the order of the page: so the mistakes are listed.
    _parse_wish(env, form, choices, sent, errors)
    _parse_contact(env, form, sent, errors)
    if sent.contact_mode not in MODES:
        errors["contact_mode"] = env._("Please say how workshops may reach you.")
        sent.contact_mode = MODES[0]
    if needs_consent and not sent.consent:
        errors["consent"] = env._("Without your consent we can't pass your request on.")
    return sent, errors


def _parse_wish(env, form, choices, sent, errors):
    sent.category_id = _choice(form, "category_id", choices["categories"])
    if choices["categories"] and not sent.category_id:
        errors["category_id"] = env._("Please choose what it is about.")
    sent.description = clean_text(form.get("description"))
    if len(sent.description) < 10:
        errors["description"] = env._(
            "Please describe in one or two sentences what you would like to have made."
        )
    elif len(sent.description) > MAX_DESCRIPTION:
        errors["description"] = env._(
            "Please shorten the description to %(max)s characters.", max=MAX_DESCRIPTION
        )
    sent.for_whom = _line(form, "for_whom")
    if sent.for_whom_not_stated:
        sent.for_whom = ""
    elif not sent.for_whom:
        errors["for_whom"] = env._("Please fill this in, or tick “I'd rather not say”.")
    sent.region_id = _choice(form, "region_id", choices["regions"])
    if choices["regions"] and not sent.region_id:
        errors["region_id"] = env._("Please choose your region.")
    sent.city = _line(form, "city")
    segment = form.get("segment")
    sent.segment = segment if segment in choices["segments"] else ""
    amount = parse_amount(clean_text(form.get("budget")))
    if amount is None:
        errors["budget"] = env._("Please enter an amount in figures or leave it empty.")
    sent.budget = amount or 0.0


def _parse_contact(env, form, sent, errors):
    sent.name = _line(form, "name")
    if not sent.name:
        errors["name"] = env._("Please enter your name.")
    typed = _line(form, "email")
    sent.email = email_normalize(typed) or ""
    if not sent.email:
        errors["email"] = (
            env._("This is not a complete e-mail address.")
            if typed
            else env._("Please enter your e-mail address.")
        )
    sent.phone = _line(form, "phone")[:40]
    if not phone_key(sent.phone):
        errors["phone"] = (
            env._("This is not a complete phone number.")
            if sent.phone
            else env._("Please enter your phone number: we call you once to make sure.")
        )


def parse_outcome(env, form, takes):
    """Read who did the work.

    :param takes: `lead.market.take` records to choose from
    :return: ``who`` (workshop, other or nobody), ``take``, ``date`` and ``amount``,
        and messages by field
    :rtype: tuple[dict, dict]
    """
    errors = {}
    answer = form.get("who") or ""
    take = takes.filtered(lambda t: answer == f"take_{t.id}")
    who = "workshop" if take else answer
    if who not in ("workshop", "other", "nobody"):
        errors["who"] = env._("Please choose one of the answers.")
    date = parse_date(form.get("done_on"))
    today = fields.Date.context_today(takes)
    if date is None or (date and (date > today or date.year < today.year - 20)):
        errors["done_on"] = env._("Please enter a day in the past, or leave it empty.")
    amount = parse_amount(clean_text(form.get("amount")))
    if amount is None:
        errors["amount"] = env._("Please enter an amount in figures or leave it empty.")
    return {"who": who, "take": take, "date": date, "amount": amount}, errors


def parse_date(text):
    """Read a day as browsers send it.

    :return: False when it is empty, None when it is no day
    :rtype: datetime.date | bool | None
    """
    text = clean_text(text, multiline=False)
    if not text:
        return False
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return None
    try:
        return fields.Date.to_date(text)
    except ValueError:
        return None


def parse_review(env, form, takes):
    """Read a review.

    :param takes: `lead.market.take` records that may be reviewed
    :return: ``take``, ``rating``, ``text`` and ``author_name``, and messages by field
    :rtype: tuple[dict, dict]
    """
    errors = {}
    take = takes.filtered(lambda t: t.id == clean_int(form.get("take_id")))
    if not take:
        errors["take_id"] = env._("Please choose the workshop.")
    rating = clean_int(form.get("rating"))
    if not 1 <= rating <= 5:
        errors["rating"] = env._("Please give one to five stars.")
    text = clean_text(form.get("text"))
    if not MIN_REVIEW <= len(text) <= MAX_REVIEW:
        errors["text"] = env._(
            "Please write at least %(min)s and at most %(max)s characters.",
            min=MIN_REVIEW,
            max=MAX_REVIEW,
        )
    author = _line(form, "author_name")
    return {"take": take, "rating": rating, "text": text, "author_name": author}, errors


def _line(form, name):
    return clean_text(form.get(name), multiline=False)[:MAX_LINE]


def _choice(form, name, records):
    chosen = clean_int(form.get(name))
    return chosen if chosen in records.ids else 0
