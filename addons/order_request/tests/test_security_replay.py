from odoo.tests import tagged

from .common_security import (
    CHANGES,
    ORDER,
    REPLY,
    REQUEST,
    SEND,
    WITHDRAW,
    RequestSecurityCase,
)


@tagged("post_install", "-at_install")
class TestSecurityReplay(RequestSecurityCase):
    """A form takes effect once, however often a browser sends it."""

    def setUp(self):
        super().setUp()
        self.become("request_portal")

    def test_same_form(self):
        for route in (SEND, ORDER, REPLY, CHANGES, WITHDRAW):
            with self.subTest(str(route)):
                self.check_replays(route)

    def test_same_form_with_other_words(self):
        """Nobody is thanked for words that were thrown away."""
        for route in (REPLY, CHANGES):
            with self.subTest(str(route)), self.undone():
                form = route.fields_for(self)
                self.assertEqual(self.send(route, form).outcome, route.good)
                before = self.fingerprint.take()
                for change, options in (
                    ({"message": "In red, please."}, {}),
                    ({}, {"files": [("files", ("a.txt", b"Red", "text/plain"))]}),
                )[: 2 if route is REPLY else 1]:
                    answer = self.send(route, {**form, **change}, **options)
                    self.assertEqual(answer.status, 422)
                    self.assertIn("sent before with another text", answer.text)
                    self.assertIn({**form, **change}["message"], answer.text)
                self.assertEqual(self.fingerprint.changed(before), [])

    def test_forms_do_not_meet(self):
        """One key of each form, and another one when the page is opened again."""
        keys = set()
        for _turn in range(2):
            page = self.send(REQUEST).text
            keys |= {part.partition('"')[0] for part in page.split('_key" value="')[1:]}
        self.assertEqual(len(keys), 4)

    def test_opening_a_link_changes_nothing(self):
        """Mail scanners and previews open links; only a form does something."""
        before = self.fingerprint.take()
        for verb, headers in (
            ("GET", {}),
            ("HEAD", {}),
            ("GET", {"Odoo-Link-Preview": "True"}),
            ("GET", {"Sec-Purpose": "prefetch"}),
        ):
            for route in (REQUEST, REPLY, CHANGES, WITHDRAW, SEND, ORDER):
                self.send(route, verb=verb, headers=headers)
        self.assertEqual(self.fingerprint.changed(before), [])
