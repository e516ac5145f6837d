from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.rfq_configurator.tests.common_page import PageCase


@tagged("post_install", "-at_install")
class TestCaptcha(PageCase):
    """The captcha of the website. Tests reach none, so that it can't say yes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        set_param = cls.env["ir.config_parameter"].set_param
        set_param("recaptcha_public_key", "public")
        set_param("recaptcha_private_key", "private")

    def test_form_asks_for_it(self):
        page, _answer = self.get(self.url)
        self.assertTrue(page.xpath("//form[@data-captcha='rfq_submit']"))

    @mute_logger("odoo.addons.google_recaptcha.models.ir_http")
    def test_nothing_is_sent_without(self):
        answer = self.send(p_width="1700", message="With a drawer.")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Nothing was sent yet.", answer.text)
        self.assertIn("The request is invalid or malformed.", answer.text)
        self.assertFalse(self.requests())
        # What was entered is still there.
        self.assertIn("With a drawer.", answer.text)
        self.assertIn('value="1700"', answer.text)
        self.assertIn('value="gus@guest.example"', answer.text)

    def test_choices_can_be_checked_without(self):
        """Who has no JavaScript sees what is wrong before sending."""
        answer = self.send(p_width="1700", check="1")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("Nothing was sent yet.", answer.text)
