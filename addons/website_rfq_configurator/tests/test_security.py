from odoo.tests import tagged

from odoo.addons.offerdesk_test_support.fuzzing import FuzzMixin
from odoo.addons.offerdesk_test_support.http_case import Route
from odoo.addons.rfq_configurator.tests.common_security import RfqSecurityCase

LIST = Route("/rfq", fields={"page": "1"}, token=None)
ODD_PAGES = ("0", "-1", "1.5", "1e9", "x", "\u0661", "9" * 40)


@tagged("post_install", "-at_install")
class TestSecurity(FuzzMixin, RfqSecurityCase):
    """The list tells everybody the same, and nothing of other designs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.design.write(
            {"name": "A listed table", "access_mode": "public", "is_published": True}
        )
        cls.vase.write({"name": "A secret vase", "is_published": True})
        cls.env.flush_all()

    def test_everybody(self):
        for login in (None, "rfq_portal", "rfq_stranger", "rfq_employee", "rfq_seller"):
            with self.subTest(login):
                self.authenticate(login, login)
                answer = self.url_open("/rfq")
                self.assertEqual(answer.status_code, 200)
                self.assertIn("A listed table", answer.text)
                for secret in ("A secret vase", *self.secrets):
                    self.assertNotIn(secret, answer.text)

    def test_bad_input(self):
        self.become(None)
        self.fuzz(LIST)
        for page in ODD_PAGES:
            with self.subTest(page):
                answer = self.url_open(f"/rfq/page/{page}")
                self.assertIn(answer.status_code, (200, 404))
