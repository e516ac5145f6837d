from markupsafe import escape

from odoo.tests import BaseCase, tagged

from ..markup import (
    PAYLOADS,
    live_markup,
    markup_in_json,
    missing_text,
    payload_groups,
)

# Does nothing where nobody escapes it, unless a template engine reads it again.
HARMLESS = ("{{", "${")
# Does nothing, or the parser of the tests drops it.
UNSEEN = ("<b>", "&lt;", "<t ", "<body", "<scr<")
PLACES = {
    "text": "<html><body><p>{}</p></body></html>",
    "value": '<html><body><input value="{}"></body></html>',
    "single quotes": "<html><body><input value='{}'></body></html>",
    "textarea": "<html><body><textarea>{}</textarea></body></html>",
}


@tagged("post_install", "-at_install")
class TestMarkup(BaseCase):
    def test_what_is_escaped_is_only_text(self):
        for text, payloads in payload_groups(190):
            for place, page in PLACES.items():
                with self.subTest(place, text=text):
                    document = page.format(escape(text))
                    self.assertEqual(live_markup(document), [])
                    self.assertEqual(missing_text(document, payloads), [])

    def test_what_is_not_escaped_is_found(self):
        """Alive, or at least no longer there letter by letter."""
        for payload in PAYLOADS:
            with self.subTest(payload):
                text = payload.format("zq1x")
                documents = [page.format(text) for page in PLACES.values()]
                alive = any(map(live_markup, documents))
                changed = any(missing_text(document, [text]) for document in documents)
                self.assertTrue(alive or changed or payload.startswith(HARMLESS))
                self.assertTrue(alive or payload.startswith((*HARMLESS, *UNSEEN)))

    def test_what_is_dropped_is_missing(self):
        self.assertEqual(missing_text("<p>b</p>", ["<b>zq1x</b>"]), ["<b>zq1x</b>"])

    def test_address_in_a_script(self):
        """Encoded it is inert; a quote ends the text and the rest runs."""
        button = """<button onclick="copy('https://a/b?x={}')">Copy</button>"""
        self.assertEqual(live_markup(button.format("%3Cb%3Ezq1x")), [])
        self.assertTrue(live_markup(button.format("';zq1x;'")))

    def test_json(self):
        body = '{"result": {"a": [{"body": ["markup", "<p>x</p>"]}, ["a", "b"]]}}'
        self.assertEqual(markup_in_json(body), ["<p>x</p>"])
