from odoo.tests import tagged

from .common_security import (
    ACCEPT,
    CANCEL,
    DESIGN,
    LIST,
    REPLY,
    RFQ,
    RFQ_FILE,
    SUBMIT,
    RfqSecurityCase,
)

FILE = [("files", ("plan.txt", b"Two by three", "text/plain"))]


@tagged("post_install", "-at_install")
class TestSecurityReplay(RfqSecurityCase):
    """A form takes effect once, however often a browser sends it."""

    def setUp(self):
        super().setUp()
        # A form may come twenty times here, which is as often as one may ask an hour.
        self.company.rfq_max_per_hour = 100
        self.become("rfq_portal")

    def test_same_form(self):
        for route in (SUBMIT, REPLY, CANCEL, ACCEPT):
            with self.subTest(str(route)):
                self.check_replays(route)

    def test_same_form_after_another(self):
        """A message is not taken again when there was another one meanwhile."""
        first = REPLY.fields_for(self)
        self.send(REPLY, first)
        other_key = "22222222-2222-4222-8222-222222222222"
        self.send(
            REPLY, {**first, "message": "Or green.", "idempotency_key": other_key}
        )
        before = self.fingerprint.take()
        self.assertEqual(self.send(REPLY, first).outcome, REPLY.good)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_same_form_with_other_words(self):
        """Nobody is thanked for words that were thrown away."""
        for route, changes in (
            (REPLY, ({"message": "In red, please."}, {})),
            (
                SUBMIT,
                (
                    {"message": "Without a drawer."},
                    {"p_width": "1900"},
                    {"quantity": "3"},
                    {"requested_date": "2098-12-31"},
                    {"target_price": "700"},
                    {},
                ),
            ),
        ):
            with self.undone():
                form = route.fields_for(self)
                self.assertEqual(self.send(route, form).outcome, route.good)
                before = self.fingerprint.take()
                for change in changes:
                    with self.subTest(str(route), change=change):
                        options = {} if change else {"files": FILE}
                        answer = self.send(route, {**form, **change}, **options)
                        self.assertEqual(answer.status, 422)
                        self.assertIn("sent before with another", answer.text)
                        for text in change.values():
                            self.assertIn(text, answer.text)
                self.assertEqual(self.fingerprint.changed(before), [])

    def test_key_of_somebody_else(self):
        """Who has another's key gets neither their request nor its link."""
        form = SUBMIT.fields_for(self)
        self.assertEqual(self.send(SUBMIT, form).outcome, SUBMIT.good)
        newest = self.rfq.search([], order="id desc", limit=1)
        self.design.access_mode = "portal"
        self.become("rfq_stranger")
        before = self.fingerprint.take()
        answer = self.send(SUBMIT, form)
        self.assertEqual(answer.status, 422)
        self.assertNotIn(newest.name, answer.text)
        self.assertNotIn(newest.access_token, answer.text)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_opening_a_link_changes_nothing(self):
        """Mail scanners and previews open links; only a form does something."""
        before = self.fingerprint.take()
        for login in ("rfq_portal", None):
            self.become(login)
            for verb, headers in (
                ("GET", {}),
                ("HEAD", {}),
                ("GET", {"Odoo-Link-Preview": "True"}),
                ("GET", {"Sec-Purpose": "prefetch"}),
            ):
                for route in (DESIGN, LIST, RFQ, RFQ_FILE, REPLY, CANCEL, ACCEPT):
                    self.send(route, verb=verb, headers=headers)
                with_token = {"token": self.access.token}
                self.forget()
                self.send(DESIGN, with_token, verb=verb, headers=headers)
                self.forget()
        self.assertEqual(self.fingerprint.changed(before), [])
