"""Reads what browsers send into plain values; decides nothing."""

import uuid

MAX_INT = 2**31 - 1
# Odoo's own have 36 or 64 signs; documents of other addons may have longer ones.
MAX_TOKEN = 256


class FormError(Exception):
    """The form can't have come from our page."""


def clean_token(token):
    """Return an access token that can be compared, or None.

    `hmac.compare_digest` refuses anything but plain ASCII strings with an exception.

    :rtype: str | None
    """
    if isinstance(token, str) and token.isascii() and 0 < len(token) <= MAX_TOKEN:
        return token
    return None


def clean_text(text, multiline=True):
    """Return text that the database can store.

    :param text: what the browser sent
    :param bool multiline: whether line breaks are kept
    :rtype: str
    """
    if not isinstance(text, str):
        return ""
    text = text.replace("\x00", "").encode("utf-8", "ignore").decode()
    text = text.replace("\r\n", "\n").strip()
    return text if multiline else " ".join(text.split())


def clean_int(value):
    """Return a non-negative integer that fits the database, else 0.

    :rtype: int
    """
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) < 11
    ):
        number = int(value)
        return number if number <= MAX_INT else 0
    return 0


def clean_page(value):
    """Return the number of a page of a list, the first for whatever is none.

    Odoo's pager fails on digits like `²`, which may stand behind the address's `?`.

    :param value: what came with the address
    :rtype: int
    """
    return clean_int(str(value)) or 1


def clean_key(value):
    """Return an idempotency key in its one form, or None.

    :rtype: str | None
    """
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None
