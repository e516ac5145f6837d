from odoo.tests import tagged

from .common_security import FEEDBACK, FEEDBACK_PAGE, PAGE, REPLY, OfferSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityReplay(OfferSecurityCase):
    """A form takes effect once, however often a browser sends it.

    Sendings at the same moment need real connections: see tests/test_concurrency.py.
    """

    def setUp(self):
        super().setUp()
        self.become("offer_portal")

    def test_same_form(self):
        for route in (REPLY, FEEDBACK):
            with self.subTest(str(route)):
                self.check_replays(route)

    def test_same_form_with_another_reply(self):
        form = REPLY.fields_for(self)
        self.send(REPLY, form)
        before = self.fingerprint.take()
        line = self.order.order_line[0].id
        for change in (
            {f"answer_{line}": "no"},
            {f"comment_{line}": "Without a view."},
            {"message": "Never mind."},
            {"accept_terms": ""},
        ):
            with self.subTest(change):
                answer = self.send(REPLY, {**form, **change})
                self.assertEqual(answer.outcome, "303 /my/orders/<id> offer=repeated")
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_same_form_with_other_feedback(self):
        """Nobody is thanked for words that were thrown away."""
        form = FEEDBACK.fields_for(self)
        self.send(FEEDBACK, form)
        before = self.fingerprint.take()
        file = {"files": [("attachments", ("a.txt", b"Guests", "text/plain"))]}
        for change, options in (
            ({"body": "Could we have fish?"}, {}),
            ({"line_id": ""}, {}),
            ({}, file),
        ):
            with self.subTest(change, options=options):
                answer = self.send(FEEDBACK, {**form, **change}, **options)
                self.assertEqual(answer.outcome, "303 /my/orders/<id>/offer/feedback")
                page = self.send(FEEDBACK_PAGE).text
                self.assertIn("This form was sent before with another text", page)
                self.assertIn({**form, **change}["body"], page)
        self.assertEqual(self.fingerprint.changed(before), [])

    def test_opening_a_link_answers_nothing(self):
        """Mail scanners and previews open links; only a form answers."""
        before = self.fingerprint.take()
        form = REPLY.fields_for(self)
        for verb, headers in (
            ("GET", {}),
            ("HEAD", {}),
            ("GET", {"Odoo-Link-Preview": "True"}),
            ("GET", {"Sec-Purpose": "prefetch"}),
        ):
            for route in (PAGE, REPLY):
                self.send(route, form, verb=verb, headers=headers)
        self.assertNotIn("sale_offer_history", self.fingerprint.changed(before))
        self.assertNotIn("sale_order_line", self.fingerprint.changed(before))
