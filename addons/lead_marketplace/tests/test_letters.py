from odoo.tests import tagged

from .common_portal import MarketPortalCase

LETTERS = "/my/market/letters"


@tagged("post_install", "-at_install")
class TestLetters(MarketPortalCase):
    def _letters(self, workshop=None):
        return self.env["lead.market.letter"].search(
            [("workshop_id", "=", (workshop or self.granite).id)]
        )

    def _save(self, url=f"{LETTERS}/new", **vals):
        data = {
            "name": "First offer",
            "subject": "{{title}} ({{number}})",
            "body": "Dear {{ customer }},\nour price. {{workshop}}",
        }
        return self._post(url, **data | vals)

    def test_examples(self):
        self.assertIn("You have no letters yet", self._text(self._get(LETTERS)))
        self._post(f"{LETTERS}/examples")
        self._post(f"{LETTERS}/examples")
        self.assertEqual(len(self._letters()), 3)

    def test_write_change_delete(self):
        self._save()
        letter = self._letters()
        self.assertIn("First offer", self._text(self._get(LETTERS)))
        self._save(f"{LETTERS}/{letter.id}", name="Better offer")
        self.assertEqual(letter.name, "Better offer")
        self._post(f"{LETTERS}/{letter.id}/delete")
        self.assertFalse(self._letters())

    def test_filled_in(self):
        request = self._create_published_request()
        take = self._open(request, self.granite_user)
        self._save()
        page = self._get(f"/my/market/take/{take.id}?letter={self._letters().id}")
        self.assertEqual(
            page.xpath("//input[@name='subject']/@value"),
            [f"Granite memorial, one person ({request.number})"],
        )
        self.assertEqual(
            page.xpath("//textarea[@name='body']")[0].text_content().strip(),
            "Dear Vera Customer,\nour price. Granite & Co",
        )

    def test_nothing_is_evaluated(self):
        """A customer's name is text, whatever it looks like."""
        lead = self._create_lead(contact_name="{{number}} {0.__class__} ${object}")
        take = self._open(self._create_published_request(lead), self.granite_user)
        letter = self.env["lead.market.letter"].create(
            {
                "workshop_id": self.granite.id,
                "name": "N",
                "subject": "S",
                "body": "{{customer}} {customer.__class__} %(customer)s",
            }
        )
        self.assertEqual(
            letter._fill(take.sudo(), self.granite_user)["body"],
            "{{number}} {0.__class__} ${object} {customer.__class__} %(customer)s",
        )

    def test_unknown_placeholder(self):
        target = self._save(body="Dear {{object.env}} {{phone}}")
        self.assertEqual(target, f"{LETTERS}/new")
        page = self._get(target)
        self.assertIn("There is no {{phone}}", self._text(page))
        body = page.xpath("//textarea[@name='body']")[0].text_content().strip()
        self.assertEqual(body, "Dear {{object.env}} {{phone}}", "nothing is lost")
        self.assertFalse(self._letters())

    def test_same_name(self):
        self._save()
        text = self._text(self._get(self._save(body="Other")))
        self.assertIn("a letter of this name already", text)
        self.assertEqual(len(self._letters()), 1)

    def test_empty(self):
        for name in ("name", "subject", "body"):
            text = self._text(self._get(self._save(**{name: " "})))
            self.assertIn("needs a name, a subject and a text", text)

    def test_private(self):
        """Nobody reads, changes, deletes or uses the letters of others."""
        self._save()
        letter = self._letters()
        take = self._open(self._create_published_request(), self.marble_user)
        self._log_in(self.marble_user)
        self.assertNotIn("First offer", self._text(self._get(LETTERS)))
        self.assertIn(
            "You have no letters", self._text(self._get(f"{LETTERS}/{letter.id}"))
        )
        self.assertEqual(self._save(f"{LETTERS}/{letter.id}", name="Mine"), LETTERS)
        self._post(f"{LETTERS}/{letter.id}/delete")
        self.assertEqual(letter.name, "First offer")
        page = self._get(f"/my/market/take/{take.id}?letter={letter.id}")
        self.assertNotIn("our price", self._text(page))
        Letter = self.env["lead.market.letter"].with_user(self.marble_user)
        self.assertFalse(Letter.search([]))

    def test_own_customers(self):
        text = self._post_and_read(
            "/my/market/customers/add", names="Maria Ivanova\n\nivanova MARIA\r\nOla Li"
        )
        self.assertIn("New names on the list: 2", text)
        self.assertIn("Ola Li", text)
        customer = self.granite.own_customer_ids[:1]
        self._log_in(self.marble_user)
        self.assertNotIn("Ola Li", self._text(self._get("/my/market/customers")))
        self._post(f"/my/market/customers/{customer.id}/remove")
        self.assertTrue(customer.exists())
        self._log_in(self.granite_user)
        self._post(f"/my/market/customers/{customer.id}/remove")
        self.assertFalse(customer.exists())
