"""Reads the forms of an offer into plain values; decides nothing."""

import json
import re

from odoo.addons.base_offerdesk.form_values import (
    FormError,
    clean_int,
    clean_key,
    clean_text,
)

from ..offer_reply import MAX_COMMENT, MAX_FEEDBACK, MAX_NAME, OfferReply

# A draft is kept in the session, which is a file: no more than a long letter.
MAX_DRAFT_CHARS = 200_000
FIELD = re.compile(r"^(answer|comment)_([1-9][0-9]{0,9})$", re.ASCII)


def parse_reply(form):
    """Read the reply form.

    :param form: werkzeug MultiDict of the posted fields
    :rtype: OfferReply
    :raise FormError: when a field is malformed or stands twice
    """
    reply = OfferReply(
        revision=clean_int(form.get("revision")),
        last_history_id=clean_int(form.get("last_history_id")),
        message=clean_text(form.get("message")),
        accept_terms=form.get("accept_terms") == "1",
        name=clean_text(form.get("name"), multiline=False)[:MAX_NAME],
        email=clean_text(form.get("email"), multiline=False)[:MAX_NAME],
        key=clean_key(form.get("idempotency_key")),
    )
    if not reply.key:
        raise FormError("idempotency_key")
    for name, values in form.lists():
        if not name.startswith(("answer_", "comment_")):
            continue
        match = FIELD.match(name)
        line_id = clean_int(match[2]) if match else 0
        if not line_id or len(values) != 1:
            raise FormError(name)
        if match[1] == "answer":
            reply.answers[line_id] = clean_text(values[0], multiline=False)[:20]
        else:
            reply.comments[line_id] = clean_text(values[0])
    return reply


def parse_seen(text):
    """Read what the customer saw, to tell what changed since.

    Used only to show it to the same customer again.

    :param str text: JSON, line id → [quantity, price, discount, amount, text]
    :rtype: dict
    """
    if not isinstance(text, str) or len(text) > MAX_DRAFT_CHARS:
        return {}
    try:
        seen = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(seen, dict):
        return {}
    return {
        key: value
        for key, value in seen.items()
        if key.isascii()
        and key.isdigit()
        and isinstance(value, list)
        and len(value) == 5
        and all(type(number) in (int, float) and abs(number) < 1e15 for number in value)
    }


def reply_draft(reply, seen, error):
    """Return what the page needs to show a refused reply again.

    :param OfferReply reply: the refused reply
    :param dict seen: what the customer saw
    :param OfferReplyError error: why it was refused
    :rtype: dict
    """
    draft = {
        "answers": {str(line): answer for line, answer in reply.answers.items()},
        "comments": {str(line): text for line, text in reply.comments.items() if text},
        "message": reply.message,
        "accept_terms": reply.accept_terms,
        "name": reply.name,
        "email": reply.email,
        "seen": seen if error.code == "stale" else {},
        "code": error.code,
        "messages": error.messages,
        "lines": {str(line): text for line, text in error.lines.items()},
    }
    texts = sum(map(len, draft["comments"].values())) + len(reply.message)
    if texts > MAX_DRAFT_CHARS:
        # Far beyond what can be sent; the browser still has the page before.
        draft["comments"] = {
            line: text[: MAX_COMMENT + 1] for line, text in draft["comments"].items()
        }
        draft["message"] = reply.message[: MAX_FEEDBACK + 1]
    return draft
