from odoo.tests import BaseCase, tagged

from odoo.addons.base_offerdesk.form_values import (
    clean_int,
    clean_key,
    clean_page,
    clean_text,
    clean_token,
)

KEY = "0f0e0d0c-0b0a-4908-8706-050403020100"


@tagged("post_install", "-at_install")
class TestFormValues(BaseCase):
    """Whatever a browser sends becomes a plain value or nothing."""

    def test_token(self):
        self.assertEqual(clean_token(KEY), KEY)
        for odd in (None, "", 1, [], b"x", "é", "x" * 257):
            with self.subTest(odd=odd):
                self.assertIsNone(clean_token(odd))

    def test_text(self):
        self.assertEqual(clean_text(" a\r\nb\x00\ud800 "), "a\nb")
        self.assertEqual(clean_text(" a\r\n b ", multiline=False), "a b")
        for odd in (None, 1, [], b"x"):
            with self.subTest(odd=odd):
                self.assertEqual(clean_text(odd), "")

    def test_int(self):
        self.assertEqual(clean_int("2147483647"), 2**31 - 1)
        for odd in (None, "", "-1", "+1", "1.0", "1_0", "٣", "²", "2147483648", 7, []):
            with self.subTest(odd=odd):
                self.assertEqual(clean_int(odd), 0)
        self.assertEqual(clean_int("9" * 5000), 0)

    def test_page(self):
        self.assertEqual(clean_page(3), 3)
        self.assertEqual(clean_page("3"), 3)
        for odd in (None, "", "0", 0, -1, "²", "9" * 40, []):
            with self.subTest(odd=odd):
                self.assertEqual(clean_page(odd), 1)

    def test_key(self):
        self.assertEqual(clean_key(KEY.upper().replace("-", "")), KEY)
        for odd in (None, "", "x", 1, [], KEY + "0"):
            with self.subTest(odd=odd):
                self.assertIsNone(clean_key(odd))
