"""What a commission comes to: plain numbers, no database.

The terms are the dictionary that `lead.market.rule` freezes on an opened contact:
``type`` (``flat``, ``marginal`` or ``whole``), ``percent``, ``brackets`` as pairs
``[from, percent]``, ``minimum`` and ``maximum``, where 0 means that there is none.
"""

from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)
# Digits of a percentage that is an average of several brackets.
PERCENT_DIGITS = Decimal("0.0001")


def compute(terms, base, rounding):
    """Return the commission on an amount.

    Nothing is owed on nothing: the minimum holds for work that was paid.

    :param dict terms: see the module
    :param float base: what the percentage is taken of
    :param float rounding: smallest amount of the currency, for instance 0.01
    :return: amount, and the percentage that led to it before minimum and maximum
    :rtype: tuple[float, float]
    """
    found = describe(terms, base, rounding)
    return found["amount"], found["percent"]


def describe(terms, base, rounding):
    """Return how a commission comes about, to be told in words.

    :param dict terms: see the module
    :param float base: what the percentage is taken of
    :param float rounding: smallest amount of the currency
    :return: ``parts`` as triples of amount, percentage and share; ``percent``;
        ``limit``, which is ``minimum``, ``maximum`` or an empty string; ``amount``
    :rtype: dict
    """
    total, step = _decimal(base), _decimal(rounding)
    parts = _split(terms, total) if total > 0 else []
    raw = sum((part * percent / HUNDRED for part, percent in parts), Decimal(0))
    amount, limit = _limit(terms, raw) if parts else (raw, "")
    percent = raw * HUNDRED / total if parts else Decimal(0)
    return {
        "parts": [
            (float(part), float(rate), float(_round(part * rate / HUNDRED, step)))
            for part, rate in parts
        ],
        "percent": float(_round(percent, PERCENT_DIGITS)),
        "limit": limit,
        "amount": float(_round(amount, step)),
    }


def _split(terms, total):
    """Return the parts of an amount with the percentage of each."""
    if terms["type"] == "flat":
        return [(total, _decimal(terms["percent"]))]
    brackets = sorted(
        (_decimal(start), _decimal(rate)) for start, rate in terms["brackets"]
    )
    if not brackets or brackets[0][0] > 0:
        brackets.insert(0, (Decimal(0), Decimal(0)))
    reached = [bracket for bracket in brackets if bracket[0] < total]
    if terms["type"] == "whole":
        # The bracket that begins at the amount itself counts.
        return [(total, [rate for start, rate in brackets if start <= total][-1])]
    ends = [start for start, _percent in reached[1:]] + [total]
    return [
        (end - start, rate) for (start, rate), end in zip(reached, ends, strict=True)
    ]


def _limit(terms, amount):
    minimum = _decimal(terms.get("minimum") or 0)
    maximum = _decimal(terms.get("maximum") or 0)
    if maximum and amount > maximum:
        return maximum, "maximum"
    if amount < minimum:
        return minimum, "minimum"
    return amount, ""


def _round(number, step):
    return (number / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def _decimal(number):
    # By its shortest text, so that 0.1 is a tenth.
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
