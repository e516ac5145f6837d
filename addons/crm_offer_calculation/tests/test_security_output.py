from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.markup import MarkupMixin, missing_text

from .common_security import ACCEPT, CHOOSE, DECLINE, PAGE, OfferSecurityCase


@tagged("post_install", "-at_install")
class TestSecurityOutput(MarkupMixin, OfferSecurityCase):
    """What people type is text for everybody who reads it, wherever they do."""

    seller_login = "offer_seller"

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
