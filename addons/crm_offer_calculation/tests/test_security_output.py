from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.markup import (
    PAYLOADS,
    live_markup,
    markup_in_json,
    missing_text,
)

from .common_security import ACCEPT, CHOOSE, DECLINE, PAGE, OfferSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityOutput(OfferSecurityCase):
    """What people type is text for everybody who reads it, wherever they do."""

    def setUp(self):
        super().setUp()
        self.assertGreaterEqual(len(PAYLOADS), 30)
        self.payloads = [
            payload.format(f"zq{n}x") for n, payload in enumerate(PAYLOADS)
        ]
        self.text = " ".join(self.payloads)
        self.known_mails = self.env["mail.mail"].search([])

    def _check(self, answer, payloads=()):
        """A page has nothing alive in it, and nothing that was typed is lost."""
        self.assertEqual(answer.status, 200, answer.request)
        self.assertFalse(live_markup(answer.text), answer.request)
        missing = missing_text(answer.text, payloads) if payloads else []
        self.assertFalse(missing, answer.request)

    def _check_chatter(self, record):
        """What the back office shows of the conversation; returns its text."""
        self.become("offer_seller")
        answer = self.read_chatter(record)
        self.assertEqual(answer.outcome, "ok")
        texts = markup_in_json(answer.body)
        self.assertTrue(texts)
        for text in texts:
            self.assertFalse(live_markup(text))
        return "".join(texts)

    def _check_mails(self):
        mails = self.env["mail.mail"].search([]) - self.known_mails
        self.assertTrue(mails)
        for mail in mails:
            self.assertFalse(live_markup(mail.body_html))
            self.assertNotIn("\n", mail.subject or "")

    def test_texts_of_sellers(self):
        """Labels, lines and terms are plain text; what speaks for a variant may be
        formatted, and nothing else."""
        self.variant.write(
            {
                "variant_label": self.text,
                "delivery_terms": self.text,
                "variant_pitch": self.text,
            }
        )
        self.variant.order_line.name = self.text
        self.env.flush_all()
        self.become("offer_portal")
        self._check(self.send(PAGE), self.payloads)

    def test_names_of_customers(self):
        """A customer's name is told when they look and choose."""
        self.contact.sudo().name = self.text
        self.env.flush_all()
        self.become("offer_portal")
        self._check(self.send(PAGE))
        self.assertEqual(self.send(CHOOSE).outcome, CHOOSE.good)
        chatter = self._check_chatter(self.offer)
        self.assertFalse(missing_text(chatter, self.payloads))
        self._check_mails()

    def test_signature(self):
        self.become(None)
        fields = {**ACCEPT.fields_for(self), "name": self.text}
        self.assertEqual(self.send(ACCEPT, fields).outcome, ACCEPT.good)
        self._check_chatter(self.variant)
        self._check_chatter(self.offer.lead_id)
        self.become("offer_portal")
        self._check(self.send(PAGE))

    def test_words_of_who_declines(self):
        self.become(None)
        fields = {**DECLINE.fields_for(self), "decline_message": self.text}
        self.send(DECLINE, fields)
        chatter = self._check_chatter(self.variant)
        self.assertFalse(missing_text(chatter, self.payloads))
