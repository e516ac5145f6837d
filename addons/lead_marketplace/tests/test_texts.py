from odoo.tests import BaseCase, tagged

from ..contact_detector import find_contacts
from ..match_key import email_key, name_keys, phone_key


@tagged("-at_install", "post_install")
class TestMatchKey(BaseCase):
    """The same person is found however they were written."""

    def test_names(self):
        for one, other in (
            ("Пётр Иванов", "иванов петр"),
            ("Иванов, Пётр", "Петр Иванов"),
            ("ИВАНОВ ПЕТР (1950–2020)", "Пётр Иванов"),
            ("Anna-Maria Kowalska", "KOWALSKA Anna Maria"),
            ("Петр Ивaнoв", "Пётр Иванов"),  # with Latin a and o
            ("Ivanov Petr", "  petr   ivanov "),
        ):
            with self.subTest(one):
                self.assertEqual(name_keys(one), name_keys(other))

    def test_several_people(self):
        self.assertEqual(
            name_keys("Иванова Мария и Иванов Пётр"), ["иванова мария", "иванов петр"]
        )
        self.assertEqual(len(name_keys("Anna Berg & Olav Berg; Kari Dal")), 3)
        self.assertEqual(name_keys("Anna Berg, Olav Dal"), ["anna berg", "dal olav"])

    def test_different_people(self):
        self.assertNotEqual(name_keys("Иванов Петр"), name_keys("Иванова Петра"))

    def test_nothing(self):
        for text in (None, False, "", "  ", "1950-2020", "—"):
            self.assertEqual(name_keys(text), [])

    def test_phones(self):
        for text in (
            "8 (999) 123-45-67",
            "+7 999 123 45 67",
            "79991234567",
            "8-999-123-45-67 доб. 12",
            "+7 999 1234567, +7 999 765 43 21",
            "٨ ٩٩٩ ١٢٣ ٤٥ ٦٧",
        ):
            with self.subTest(text):
                self.assertEqual(phone_key(text), "9991234567")
        for text in (None, "", "12", "no phone"):
            self.assertEqual(phone_key(text), "")

    def test_emails(self):
        self.assertEqual(email_key("Olga <Olga@Mail.RU>"), "olga@mail.ru")
        self.assertEqual(email_key("not an address"), "")


@tagged("-at_install", "post_install")
class TestContactDetector(BaseCase):
    """What leads to a person is seen; what a request is about is not mistaken."""

    def _kinds(self, text):
        return {kind for kind, _excerpt in find_contacts(text)}

    def test_contacts_are_found(self):
        for text, kind in (
            ("Звоните 8 (999) 123-45-67", "phone"),
            ("call +47 21 00 00 07 please", "phone"),
            ("восемь девятьсот девяносто девять сто двадцать три", "spelled_phone"),
            ("nine nine eight one two three four", "spelled_phone"),
            ("пишите olga собака mail точка ru", "email"),
            ("olga@mail.ru", "email"),
            ("olga (at) mail.com", "email"),
            ("olga at mail dot com", "email"),
            ("see www.example.com/me", "link"),
            ("есть сайт ivanov-family.ru", "link"),
            ("I am on WhatsApp", "messenger"),
            ("телеграм: @olga_ivanova", "messenger"),
            ("установить по адресу ул. Ленина, д. 5", "address"),
            ("it goes to 12 Baker Street", "address"),
        ):
            with self.subTest(text):
                self.assertIn(kind, self._kinds(text))

    def test_requests_are_left_alone(self):
        for text in (
            "Памятник из гранита 120x60x8 см, два портрета, 2026 год",
            "Granite 1200 x 600 x 80 mm, budget 150 000, by May 2027.",
            "For two people, 1950-2020 and 1952-2021.",
            "We want to light a candle at Christmas. We come often.",
            "Один памятник на двоих, цветник и ограда 3 x 2 м",
            "Black granite, engraved portrait, 3 lines of text, one vase.",
            "",
            None,
        ):
            with self.subTest(text):
                self.assertEqual(find_contacts(text), [])
