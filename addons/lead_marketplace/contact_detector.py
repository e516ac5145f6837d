"""Finds contacts that somebody hid in a text which everybody will read."""

import re

_DIGIT_WORDS = (
    "ноль|один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|"
    "двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|"
    "сто|двести|триста|четыреста|пятьсот|шестьсот|семьсот|восемьсот|девятьсот|"
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|"
    "fifty|sixty|seventy|eighty|ninety|hundred|double|triple"
)
_STREET_WORDS = (
    r"ул\.?|улица|просп\.?|проспект|пр-т|пер\.?|переулок|шоссе|наб\.?|набережная|"
    r"street|st\.|road|rd\.|avenue|ave\.|lane|rue|ulica|ul\.|gate|veien"
)
_PATTERNS = {
    # Seven or more digits, whatever stands between them; not the years of a life.
    "phone": re.compile(
        r"(?<![\d.,])(?!(?:1[89]|20)\d\d\s?[-\u2013]\s?(?:19|20)\d\d(?!\d))"
        r"\+?(?:\d[\s().\u2010-\u2015·-]{0,3}){6,}\d(?!\d)"
    ),
    "spelled_phone": re.compile(
        rf"(?:\b(?:{_DIGIT_WORDS}|\d{{1,3}})\b[\s,.-]*){{4,}}", re.IGNORECASE
    ),
    # "light at Christmas. We" is none.
    "email": re.compile(
        r"[\w.+-]+\s*(?:@|\(at\)|\[at\]|\bсобака\b)\s*[\w-]+"
        r"\s*(?:\.|\bточка\b|\bdot\b)\s*[a-zа-я]{2,}"
        r"|[\w.+-]+\s+at\s+[\w-]+(?:\.|\s+dot\s+)[a-z]{2,}",
        re.IGNORECASE,
    ),
    "link": re.compile(
        r"https?://|\bwww\.|\b[\w-]+\.(?:com|ru|рф|net|org|info|fr|pl|no|shop|me)\b",
        re.IGNORECASE,
    ),
    "messenger": re.compile(
        r"\b(?:t\.me|wa\.me|vk\.com|whats\s?app|telegram|viber|instagram|facebook|"
        r"ватсап|вотсап|телеграм\w*|вайбер)\b|(?<![\w.])@[a-z]\w{3,}",
        re.IGNORECASE,
    ),
    "address": re.compile(
        rf"(?:\b(?:{_STREET_WORDS})\s+[\w-]+(?:\s+[\w-]+)?,?\s*(?:д\.?|дом)?\s*\d+)"
        rf"|(?:\b\d+\s+[\w-]+\s+(?:street|road|avenue|lane)\b)",
        re.IGNORECASE,
    ),
}
_HAS_WORD = re.compile(_DIGIT_WORDS, re.IGNORECASE)


def find_contacts(text):
    """Return what in a text looks like a way to reach its author.

    :param str text: plain text, as it would be published
    :return: (kind, excerpt) pairs; kinds are ``phone``, ``spelled_phone``, ``email``,
        ``link``, ``messenger`` and ``address``
    :rtype: list[tuple[str, str]]
    """
    found = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text or ""):
            excerpt = match.group().strip()
            if kind == "spelled_phone" and not _HAS_WORD.search(excerpt):
                continue
            found.append((kind, excerpt))
    return found
