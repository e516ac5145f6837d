"""What customers send, brought into the form in which it is compared and kept."""

import re
import unicodedata

from ..expression import ExpressionError, as_number, round_half_away

# With six decimals still exact to the last one.
MAX_NUMBER = 1e9
MAX_DECIMALS = 6
MAX_TEXT = 2000
MAX_TYPED_NUMBER = 40

SPACES = " \n\t\u00a0\u202f\u2009"
# Digits with or without groups of three; the separators in one number are the same.
WHOLE = re.compile(
    "[0-9]+|[0-9]{1,3}(?:([ .,'\u2019\u00a0\u202f\u2009])[0-9]{3})(?:\\1[0-9]{3})*"
)
DIGITS = re.compile("[0-9]*")
# Line ends and tabs aside, control characters and halves of characters are no text.
NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
BOOLEANS = {
    "true": True,
    "1": True,
    "on": True,
    "false": False,
    "0": False,
    "off": False,
}


def parse_number(text, decimal_point=None):
    """The number that somebody typed, None if it is none.

    `decimal_point` is that of the customer's language. Without it, the last separator
    counts as the decimal point if it comes only once.
    """
    text = text.strip(SPACES)
    if len(text) > MAX_TYPED_NUMBER:
        return None
    sign = ""
    if text[:1] in ("-", "+", "\u2212"):
        sign = "" if text[0] == "+" else "-"
        text = text[1:]
    if decimal_point is None:
        separators = [character for character in text if character in ".,"]
        if separators and separators.count(separators[-1]) == 1:
            decimal_point = separators[-1]
    whole, fraction = text, ""
    if decimal_point:
        whole, _, fraction = text.partition(decimal_point)
    if not (WHOLE.fullmatch(whole) or (not whole and fraction)):
        return None
    if not DIGITS.fullmatch(fraction):
        return None
    digits = re.sub("[^0-9]", "", whole)
    return float(f"{sign}{digits or 0}.{fraction or 0}") + 0.0


def normalise(parameter, raw, decimal_point=None):
    """The pair of value and issue. Value is None when there is none or an issue.

    Issues: `type`, `number`, `min`, `max`, `option`, `text`, `long`.
    """
    if raw is None or raw == "":
        return None, None
    return NORMALISERS[parameter["type"]](parameter, raw, decimal_point)


def _normalise_number(parameter, raw, decimal_point):
    if isinstance(raw, str):
        number = parse_number(raw, decimal_point)
        if number is None:
            return None, "number"
    else:
        try:
            number = as_number(raw)
        except ExpressionError as error:
            return None, "number" if error.code == "range" else "type"
    if number < parameter["min"]:
        return None, "min"
    if number > parameter["max"]:
        return None, "max"
    return _on_grid(parameter, number), None


def _on_grid(parameter, number):
    """The nearest value that the steps from the minimum lead to."""
    step, decimals = parameter["step"], parameter["decimals"]
    if step is None:
        return round_half_away(number, decimals)
    start = parameter["min"] if parameter["min"] > -MAX_NUMBER else 0.0
    count = round_half_away((number - start) / step)
    value = round_half_away(start + count * step, decimals)
    if value > parameter["max"]:
        value = round_half_away(start + (count - 1.0) * step, decimals)
    return value


def _normalise_selection(parameter, raw, decimal_point):
    if not isinstance(raw, str):
        return None, "type"
    if any(option["code"] == raw for option in parameter["options"]):
        return raw, None
    return None, "option"


def _normalise_boolean(parameter, raw, decimal_point):
    value = BOOLEANS.get(raw) if isinstance(raw, str) else raw
    if value is True or value is False:
        return value, None
    return None, "type"


def _normalise_text(parameter, raw, decimal_point):
    if not isinstance(raw, str):
        return None, "type"
    if len(raw) > 4 * MAX_TEXT:
        return None, "long"
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if NO_TEXT.search(text):
        return None, "text"
    text = unicodedata.normalize("NFC", text).strip(SPACES)
    if len(text) > parameter["max_length"]:
        return None, "long"
    return text or None, None


NORMALISERS = {
    "integer": _normalise_number,
    "float": _normalise_number,
    "selection": _normalise_selection,
    "boolean": _normalise_boolean,
    "text": _normalise_text,
}
