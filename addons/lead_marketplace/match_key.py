"""Keys under which the same person is found again, however it was written."""

import re
import unicodedata
from itertools import combinations

from odoo.tools import email_normalize

# Words between the names of two people on one memorial, one sign, one cake.
_SEPARATORS = re.compile(r"[;/&+\n]|\s(?:и|and|et|og|oraz|i)\s", re.IGNORECASE)
# Look-alikes that people type on the wrong keyboard layout.
_LOOKALIKES = str.maketrans("aceopxykmhtb", "асеорхукмнтв")
_CYRILLIC = re.compile("[а-я]")
# A name with more has too many parts to look each of them up.
MOST_WORDS = 5


def name_keys(text):
    """Return one key for each person named, the same for any spelling of it.

    Upper case, ё, hyphens, dates, titles and the order of first and last name make no
    difference; Latin letters in a Cyrillic word count as what they look like.

    :param str text: what stands under *For whom*
    :rtype: list[str]
    """
    parts = (one for part in _SEPARATORS.split(text or "") for one in _people(part))
    keys = (_name_key(one) for one in parts)
    return list(dict.fromkeys(key for key in keys if key))


def _people(text):
    """Split a list of full names at its commas; *Last, First* is one person."""
    people = text.split(",")
    return people if all(len(one.split()) > 1 for one in people) else [text]


def _name_key(text):
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    words = re.findall(r"[^\W\d_]+", text)
    words = [
        word.translate(_LOOKALIKES) if _CYRILLIC.search(word) else word
        for word in words
    ]
    return " ".join(sorted(words))


def partial_keys(key):
    """Return the keys of a person who is named with as many words or fewer.

    A patronymic or a second name is often left out; two words have to remain.

    :param str key: one of `name_keys`
    :rtype: list[str]
    """
    words = key.split()
    if not 2 < len(words) <= MOST_WORDS:
        return [key]
    return [
        " ".join(some)
        for size in range(2, len(words) + 1)
        for some in combinations(words, size)
    ]


def is_same_person(key, other):
    """Return whether two keys of names may be of the same person.

    :rtype: bool
    """
    fewer, more = sorted((key.split(), other.split()), key=len)
    return key == other or (len(fewer) > 1 and set(fewer) <= set(more))


def phone_key(text):
    """Return the last ten digits of a phone number, or an empty string.

    National and international spellings of a number end alike. An extension is left
    out, and of two numbers in one field the first counts.

    :param str text: phone number as typed
    :rtype: str
    """
    number = re.split(r"[,;/]|доб|ext|x(?=\s*\d)", text or "", flags=re.IGNORECASE)[0]
    digits = "".join(str(unicodedata.digit(char)) for char in number if char.isdigit())
    return digits[-10:] if len(digits) >= 7 else ""


def email_key(text):
    """Return an e-mail address in its normal form, or an empty string.

    :rtype: str
    """
    return email_normalize(text or "") or ""
