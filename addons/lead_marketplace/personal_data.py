"""What is left of a text, or of a key, when nobody may know any more whom it is of."""

import re

from lxml import html

from odoo.tools.misc import hmac

from .contact_detector import find_contacts

MASK = "•••"
# Links lead to workshops' pages; who wrote is told by the rest.
MASKED_KINDS = ("phone", "spelled_phone", "email", "address")
LEAST_DIGITS = 7


def seal(env, key):
    """Return what a key can be compared by, but not read from.

    With a secret of the database: a list of all phone numbers is of no use without it.

    :param str key: see `match_key`
    :rtype: str
    """
    return f"#{hmac(env(su=True), 'lead_market_key', key)[:40]}"


def seal_for_search(env, key):
    """Return all that a key is found by after it was sealed.

    A number is often given without the code of the country: its endings count, too.

    :rtype: list[str]
    """
    return [seal(env, key), *(seal(env, f"~{ending}") for ending in _endings(key)[:-1])]


def seals_of_typed(env, key):
    """Return which seals somebody means who types a key.

    :rtype: list[str]
    """
    return [seal(env, one) for one in (_endings(key) or [key])] + [seal(env, f"~{key}")]


def _endings(key):
    """Return a phone number's endings, itself as the last; none of anything else."""
    if not key.isdigit():
        return []
    return [key[-length:] for length in range(LEAST_DIGITS, len(key) + 1)]


def mask_text(text, names):
    """Return a text without names, phone numbers and addresses.

    :param str text: plain text
    :param list names: full names of the people whom it must not tell of any more
    :rtype: str
    """
    if not text:
        return text
    excerpts = {
        excerpt for kind, excerpt in find_contacts(text) if kind in MASKED_KINDS
    }
    for excerpt in sorted(excerpts, key=len, reverse=True):
        text = text.replace(excerpt, MASK)
    pattern = _get_names_pattern(names)
    return pattern.sub(MASK, text) if pattern else text


def mask_html(body, names):
    """Return a body of a message without names, phone numbers and addresses.

    :param str body: HTML
    :param list names: see `mask_text`
    :rtype: str
    """
    if not body:
        return body
    root = html.fragment_fromstring(str(body), create_parent="div")
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        element.text = mask_text(element.text, names)
        element.tail = mask_text(element.tail, names)
        if element.get("href", "").startswith(("mailto:", "tel:")):
            del element.attrib["href"]
    return html.tostring(root, encoding="unicode")


def _get_names_pattern(names):
    """Return a pattern of the words of names, also where they are declined."""
    words = {
        word
        for name in names
        for word in re.findall(r"[^\W\d_]{3,}", name or "", re.UNICODE)
    }
    if not words:
        return None
    stems = sorted((word[:-1] if len(word) > 4 else word for word in words), key=len)
    any_stem = "|".join(re.escape(stem) for stem in reversed(stems))
    return re.compile(rf"\b(?:{any_stem})[^\W\d_]{{0,3}}\b", re.IGNORECASE)
