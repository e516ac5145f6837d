"""Arabic letters in the forms that they have beside their neighbours.

WebKit without the patches of wkhtmltopdf draws Arabic as if it had no width, over what
stands beside it. Letters that already have their form are set like any others.

Odoo has `odoo.tools.arabic_reshaper`, but it writes every lam with alef as another
letter, lam with alef madda.
"""

import re
import unicodedata

COMMA, SEMICOLON = "\u060c", "\u061b"
LAM = "\u0644"
TATWEEL = "\u0640"
MARKS = re.compile("[\u064b-\u065f\u0670]")
RUN = re.compile("[\u0620-\u065f\u0670-\u06d3]+")


def _read_forms():
    """Return for each letter, or lam with alef, its forms by name."""
    forms = {}
    for code in [*range(0xFB50, 0xFC00), *range(0xFE80, 0xFEFD)]:
        name, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        key = "".join(chr(int(letter, 16)) for letter in letters)
        forms.setdefault(key, {})[name.strip("<>")] = chr(code)
    return forms


FORMS = _read_forms()


def shape_arabic(text):
    """Return the text with each Arabic letter in its form; vowel marks are left out.

    :param str text: any text, HTML too
    :rtype: str
    """
    # Those two disturb WebKit as the letters do.
    text = text.replace(COMMA, ",").replace(SEMICOLON, ";")
    return RUN.sub(lambda run: _shape_run(MARKS.sub("", run[0])), text)


def _shape_run(letters):
    shaped = []
    joined = False  # does the letter before reach out to this one?
    index = 0
    while index < len(letters):
        letter = letters[index]
        if letter == LAM and letters[index : index + 2] in FORMS:
            letter = letters[index : index + 2]
        index += len(letter)
        forms = FORMS.get(letter, {})
        following = letters[index : index + 1]
        reaches = "initial" in forms and (
            following == TATWEEL or "final" in FORMS.get(following, {})
        )
        joined = joined and "final" in forms
        name = {
            (False, False): "isolated",
            (True, False): "final",
            (False, True): "initial",
            (True, True): "medial",
        }[joined, reaches]
        shaped.append(forms.get(name, letter))
        joined = reaches or letter == TATWEEL
    return "".join(shaped)
