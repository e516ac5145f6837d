"""Reads amounts of money as people write them."""

import re

# Signs that group the digits by three; no amount has three decimals.
_GROUPED = re.compile(r"^[1-9]\d{0,2}([.,]\d{3})+$", re.ASCII)
_NUMBER = re.compile(r"^\d{1,13}(\.\d*)?$", re.ASCII)
MOST = 1e12


def read_amount(text):
    """Return an amount with a point as the only sign; what is none stays as it is.

    :param str text: for instance ``1 234,50``, ``1.234,50`` or ``1,234.50``
    :rtype: str
    """
    text = re.sub(r"[\s'’_]", "", text)
    if _GROUPED.match(text):
        return re.sub(r"[.,]", "", text)
    head, sign, tail = text.replace(",", ".").rpartition(".")
    return f"{head.replace('.', '')}{sign}{tail}"


def parse_amount(text):
    """Return an amount as a number; nothing written is 0.

    :param str text: see `read_amount`
    :return: None when it is no amount
    :rtype: float | None
    """
    number = read_amount(text)
    if not number:
        return 0.0
    if not _NUMBER.match(number):
        return None
    amount = float(number)
    return amount if amount < MOST else None
