from odoo.tests import tagged

from .common_portal import MarketPortalCase


@tagged("post_install", "-at_install")
class TestOpen(MarketPortalCase):
    """Opening a contact by the button on the page."""

    def setUp(self):
        super().setUp()
        self.request = self._create_published_request()
        self.url = f"/my/market/request/{self.request.number}"

    def _takes(self):
        return self.env["lead.market.take"].search(
            [("request_id", "=", self.request.id)]
        )

    def test_page_states_the_consequence(self):
        page = self._get(self.url)
        form = page.xpath("//form[contains(@action, '/open')]")[0]
        self.assertIn("Opening is free", self._text(form))
        self.assertIn("you owe 10\N{NO-BREAK SPACE}% of the order", form.text_content())
        self.assertIn("Example: an order of", self._text(page))
        self.assertNotIn("Vera", self._text(page))

    def test_open(self):
        target = self._post(f"{self.url}/open")
        take = self._takes()
        self.assertEqual(target, f"/my/market/take/{take.id}")
        self.assertEqual(take.workshop_partner_id, self.granite.partner_id)
        self.assertEqual(take.opened_by_id, self.granite_user)
        self.assertTrue(take.opened_ip)
        self.assertEqual(take.terms["percent"], 10)
        page = self._text(self._get(target))
        for known in ("Vera Customer", "+47 21 00 00 07", "vera.customer@private"):
            self.assertIn(known, page)
        event = self.env["lead.market.event"].search(
            [("take_id", "=", take.id), ("kind", "=", "opened")]
        )
        self.assertEqual(event.user_id, self.granite_user)

    def test_open_twice(self):
        first = self._post(f"{self.url}/open")
        self.assertEqual(self._post(f"{self.url}/open"), first)
        self.assertEqual(len(self._takes()), 1)

    def test_colleague_gets_the_same(self):
        first = self._post(f"{self.url}/open")
        colleague = self._create_workshop_user(
            "market_colleague", self.granite.partner_id
        )
        self._log_in(colleague)
        self.assertEqual(self._post(f"{self.url}/open"), first)
        self.assertIn("Vera Customer", self._text(self._get(first)))

    def test_email_only(self):
        """The phone of a customer who wants no calls is nowhere."""
        lead = self._create_lead(market_contact_mode="email_only")
        request = self._create_published_request(lead)
        page = self._get(self._post(f"/my/market/request/{request.number}/open"))
        self.assertIn("wants to be written to only", self._text(page))
        self.assertNotIn("21 00 00", self._text(page))

    def test_closed(self):
        self.request._close("withdrawn")
        text = self._post_and_read(f"{self.url}/open")
        self.assertIn("no longer available", text)
        self.assertFalse(self._takes())

    def test_closed_after_opening(self):
        """What was opened stays reachable by the old link."""
        take = self._post(f"{self.url}/open")
        self.request._close("fulfilled")
        self.assertIn("Vera Customer", self._text(self._get(self.url)))
        self.assertEqual(self._post(f"{self.url}/open"), take)

    def test_unknown_numbers(self):
        for number in ("XXXXXXX", "0", "bcd", "%00", "é" * 40, "B" * 300):
            with self.subTest(number):
                url = f"/my/market/request/{number}"
                self.assertIn("no longer available", self._text(self._get(url)))
                self.assertEqual(self._post(f"{url}/open"), "/my/market/requests")

    def test_full(self):
        self.memorials.max_takers = 1
        self._open(self.request, self.marble_user)
        text = self._text(self._get(self.url))
        self.assertIn("Workshops that may get this contact, at most: 1", text)
        text = self._post_and_read(f"{self.url}/open")
        self.assertIn("Enough workshops have opened this contact", text)
        self.assertEqual(self._takes().workshop_partner_id, self.marble.partner_id)

    def test_exclusive(self):
        self.memorials.exclusive_hours = 2
        self._open(self.request, self.marble_user)
        text = self._post_and_read(f"{self.url}/open")
        self.assertIn("has this contact alone for the time being", text)
        self.assertEqual(len(self._takes()), 1)

    def test_quota(self):
        self.granite.daily_quota = 1
        self._post(f"{self.url}/open")
        another = self._create_published_request()
        text = self._post_and_read(f"/my/market/request/{another.number}/open")
        self.assertIn("as many contacts as it may within 24 hours", text)
        self.assertFalse(another.take_ids)

    def test_restricted(self):
        self.granite.with_user(self.manager)._set_state("restricted", "Late")
        text = self._post_and_read(f"{self.url}/open")
        self.assertIn("can't open contacts at present", text)
        self.assertFalse(self._takes())

    def test_terminated(self):
        self._open(self._create_published_request(), self.granite_user)
        self.granite.with_user(self.manager)._set_state("terminated", "Resale")
        self._post(f"{self.url}/open")
        self.assertFalse(self._takes())

    def test_own_match_is_told_before(self):
        self.env["lead.market.own.customer"]._add_names(self.granite, ["Ivanova Maria"])
        self.assertIn("Talk to them directly", self._text(self._get(self.url)))
        # It is advice: who opens all the same has agreed to the terms.
        self.assertTrue(self._post(f"{self.url}/open").startswith("/my/market/take/"))

    def test_patronymic_makes_no_other_customer(self):
        for known, whom, is_known in (
            ("Иванова Мария", "Иванова Мария Петровна", True),
            ("Мария Петровна Иванова", "Иванова Мария", True),
            ("Иванова", "Иванова Мария", False),
            ("Иванова Мария", "Иванова Анна Петровна", False),
            ("Петрова Мария Ивановна", "Петров Иван", False),
        ):
            with self.subTest(whom):
                self.env["lead.market.own.customer"].search([]).unlink()
                self.env["lead.market.own.customer"]._add_names(self.granite, [known])
                self.request.for_whom = whom
                page = self._text(self._get(self.url))
                self.assertEqual("Talk to them directly" in page, is_known)

    def test_same_person_is_told_before(self):
        self._post(f"{self.url}/open")
        again = self._create_published_request(name="The same again")
        text = self._text(self._get(f"/my/market/request/{again.number}"))
        self.assertIn("You have opened a request for the same person", text)
        self.assertIn(self.request.number, text)
        self._log_in(self.marble_user)
        text = self._text(self._get(f"/my/market/request/{again.number}"))
        self.assertNotIn("Looks familiar", text)

    def test_without_a_rule(self):
        """Nobody opens what has no terms."""
        self.rule.action_archive()
        page = self._get(self.url)
        self.assertIn("no commission rule", self._text(page))
        self.assertFalse(page.xpath("//form[contains(@action, '/open')]"))
        text = self._post_and_read(f"{self.url}/open")
        self.assertIn("no commission rule", text)

    def test_get_opens_nothing(self):
        self.assertEqual(self.url_open(f"{self.url}/open").status_code, 405)
        self.assertFalse(self._takes())
