from uuid import uuid4

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

ODD_TOKENS = ("é", "é\x00" + str(uuid4()), "\ud800", "x" * 5000, 7, 1.5, True, ["x"])


@tagged("post_install", "-at_install")
class TestDocumentAccess(HttpCase):
    """Whatever is sent as the token of a link, it is the right one or a wrong one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = str(uuid4())
        # Waits to be sent: the one document that Odoo's portal itself opens by link.
        cls.document = cls.env["ir.attachment"].create(
            {
                "name": "loaf.txt",
                "raw": b"A loaf",
                "res_model": "mail.compose.message",
                "res_id": 0,
                "access_token": cls.token,
            }
        )

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def open_by_link(self, token):
        """Return the name of the exception that Odoo's route ends with, or None."""
        params = {"attachment_id": self.document.id, "access_token": token}
        answer = self.url_open(
            "/portal/attachment/remove",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
        ).json()
        return answer.get("error", {}).get("data", {}).get("name")

    @mute_logger("odoo.http")
    def test_odd_tokens(self):
        wrong = self.open_by_link(str(uuid4()))
        self.assertEqual(wrong, "odoo.exceptions.UserError")
        for odd in ODD_TOKENS:
            with self.subTest(odd=odd):
                self.assertEqual(self.open_by_link(odd), wrong)
        self.assertTrue(self.document.exists())

    def test_right_token(self):
        self.assertIsNone(self.open_by_link(self.token))
        self.assertFalse(self.document.exists())
