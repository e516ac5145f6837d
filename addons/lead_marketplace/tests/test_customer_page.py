from uuid import uuid4

from odoo.tests import tagged

from .common_customer import MarketCustomerCase


@tagged("post_install", "-at_install")
class TestCustomerPage(MarketCustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._create_published_request(segment="premium", budget=25000)
        cls.lead = cls.request._get_lead()

    def _correct(self, request=None, **changes):
        request = request or self.request
        return self._post(
            self._link(request, "/correct"),
            {
                **self._form(
                    email="vera.customer@private.example",
                    description="Dark granite, with a portrait.",
                ),
                **changes,
            },
        )

    def _kinds(self, request=None):
        request = request or self.request
        return (
            self.env["lead.market.event"]
            .search([("request_id", "=", request.id)])
            .mapped("kind")
        )

    # === LINK ===

    def test_only_the_right_link_opens_the_page(self):
        """Existing numbers look like those that don't exist, whatever the token."""
        other = self._create_published_request(
            self._create_lead(email_from="other@private.example")
        )
        number, token = self.request.number, self.lead.market_token
        answers = set()
        for name, path in {
            "none": number,
            "empty": f"{number}?access_token=",
            "wrong": f"{number}?access_token={uuid4()}",
            "other": f"{number}?access_token={other._get_lead().market_token}",
            "odd": f"{number}?access_token=é%00",
            "cut": f"{number}?access_token={token[:-1]}",
            "missing": f"ZZZZZZZ?access_token={token}",
            "lower": f"{number.lower()}?access_token={token}",
        }.items():
            with self.subTest(name):
                page = self._get(f"/market/request/{path}")
                self.assertEqual(self.status, 404)
                answers.add(self._text(page))
        self.assertEqual(len(answers), 1)
        self._get(self._link(self.request))
        self.assertEqual(self.status, 200)

    def test_forms_need_the_right_link(self):
        state = self.request.state
        for action in ("correct", "withdraw", "done", "review"):
            with self.subTest(action):
                url = f"/market/request/{self.request.number}/{action}"
                self._post(f"{url}?access_token={uuid4()}", {"who": "other"})
                self.assertEqual(self.status, 404)
        self.assertEqual(self.request.state, state)

    def test_guessing_is_stopped(self):
        for _count in range(10):
            self._get(f"/market/request/{self.request.number}?access_token={uuid4()}")
        self._get(self._link(self.request))
        self.assertEqual(self.status, 429)

    def test_page_stays_private(self):
        self._get(self._link(self.request))
        self.assertEqual(self.response.headers["Cache-Control"], "no-store")
        self.assertIn("noindex", self.response.headers["X-Robots-Tag"])

    # === READING ===

    def test_page_tells_the_state(self):
        page = self._get(self._link(self.request))
        text = self._text(page)
        self.assertIn("Workshops can see your request", text)
        self.assertIn("operator@market.example", text)
        steps = page.xpath("//li[@aria-current='step']")
        self.assertEqual(len(steps), 1)
        self.assertIn("Published", "".join(steps[0].itertext()))

    def test_page_names_who_opened(self):
        self._open(self.request, self.granite_user)
        self.marble.is_listed = False
        self._open(self.request, self.marble_user)
        page = self._get(self._link(self.request))
        text = self._text(page, "//section[@aria-labelledby='title_workshops']")
        self.assertIn("Granite & Co", text)
        self.assertIn("Marble Brothers", text)
        links = page.xpath("//a[contains(@href, '/market/workshop/')]/text()")
        self.assertEqual(links, ["Granite & Co"])

    # === CORRECTING ===

    def test_correcting_a_draft(self):
        request = self._create_request(
            self._create_lead(email_from="draft@private.example")
        )
        self._correct(
            request,
            email="draft@private.example",
            description="Red granite instead, and a bench.",
            category_id=str(self.fences.id),
            region_id=str(self.other_region.id),
        )
        self.assertRecordValues(
            request,
            [
                {
                    "description": "Red granite instead, and a bench.",
                    "category_id": self.fences.id,
                    "region_id": self.other_region.id,
                    "state": "draft",
                }
            ],
        )

    def test_correcting_what_is_published_is_logged(self):
        page = self._correct(city="Nordal")
        self.assertIn("Your changes are saved", self._text(page))
        self.assertEqual(self.request.city, "Nordal")
        self.assertIn("corrected", self._kinds())

    def test_category_stays_once_published(self):
        self._correct(category_id=str(self.fences.id))
        self.assertEqual(self.request.category_id, self.memorials)

    def test_contact_in_a_text_is_refused(self):
        """Even where the operator had accepted another text."""
        self.request.override_reason = "A date, no phone number."
        page = self._correct(description="Dark granite. Call me: +47 21 00 00 07")
        self.assertEqual(self.status, 422)
        self.assertIn("looks like a contact", self._text(page))
        self.assertIn("Call me", page.xpath("//textarea[@name='description']")[0].text)
        self.assertEqual(self.request.description, "Dark granite, with a portrait.")

    def test_changed_contact_tells_the_operator(self):
        self._correct(phone="+47 21 00 00 99", email="new@private.example")
        self.assertEqual(self.lead.phone, "+47 21 00 00 99")
        activity = self.lead.activity_ids.filtered(
            lambda a: a.user_id == self.request.user_id
        )
        self.assertEqual(len(activity), 1)
        self.assertIn("contact_changed", self._kinds())
        self.assertEqual(len(self._mails_to("new@private.example")), 1)

    def test_nothing_changed_is_nothing_logged(self):
        count = len(self._kinds())
        activities = self.lead.activity_ids
        self._correct()
        self.assertEqual(len(self._kinds()), count)
        self.assertEqual(self.lead.activity_ids, activities)

    def test_switch_to_email_only(self):
        """Whoever opens it afterwards does not learn the number."""
        self._correct(contact_mode="email_only")
        self.assertEqual(self.request.contact_mode, "email_only")
        self.assertTrue(
            self.lead.activity_ids.filtered(lambda a: "Reach By" in (a.note or "")),
            "the operator is told: who opened it before has the number",
        )
        take = self._open(self.request, self.granite_user)
        self.assertFalse(take.customer_phone)

    def test_closed_request_stays_as_it_is(self):
        self.request.with_user(self.operator)._close("expired")
        page = self._get(self._link(self.request))
        self.assertFalse(page.xpath("//form[contains(@action, '/correct')]"))
        self._correct(city="Nordal")
        self.assertEqual(self.status, 422)
        self.assertEqual(self.request.city, "Vardal")

    # === WITHDRAWING ===

    def test_withdrawn_request_is_gone_for_workshops(self):
        page = self._post(self._link(self.request, "/withdraw"), {})
        self.assertIn("Your request is taken back", self._text(page))
        self.assertRecordValues(
            self.request, [{"state": "closed", "close_reason": "withdrawn"}]
        )
        Request = self.env["lead.market.request"].with_user(self.granite_user)
        self.assertFalse(Request.search([("id", "=", self.request.id)]))
        self._post(self._link(self.request, "/withdraw"), {})
        self.assertEqual(self.status, 200)
        self.assertEqual(self._kinds().count("closed"), 1)

    # === DONE ===

    def test_customer_names_the_workshop(self):
        """That is a hint which the workshop is asked about, not yet an order."""
        take = self._open(self.request, self.granite_user)
        page = self._post(
            self._link(self.request, "/done"),
            {"who": f"take_{take.id}", "done_on": "2026-01-15", "amount": "18 000"},
        )
        self.assertIn("Would you like to write a review?", self._text(page))
        order = take.sudo().order_ids
        self.assertRecordValues(
            order.with_user(self.operator),
            [{"state": "suspected", "source": "customer", "amount_gross": 18000}],
        )
        self.assertRecordValues(
            self.request,
            [
                {
                    "state": "closed",
                    "close_reason": "fulfilled",
                    "outcome": "workshop",
                    "outcome_take_id": take.id,
                }
            ],
        )

    def test_declared_order_is_not_suspected_again(self):
        take = self._open(self.request, self.granite_user)
        self._declare(take, self.granite_user)
        self._post(self._link(self.request, "/done"), {"who": f"take_{take.id}"})
        self.assertEqual(take.order_ids.mapped("state"), ["declared"])

    def test_nobody_yet_leaves_it_open(self):
        self._post(self._link(self.request, "/done"), {"who": "nobody"})
        self.assertRecordValues(
            self.request, [{"state": "published", "outcome": "nobody"}]
        )

    def test_workshop_of_another_request_is_refused(self):
        other = self._create_published_request(
            self._create_lead(email_from="other@private.example")
        )
        take = self._open(other, self.granite_user)
        self._post(self._link(self.request, "/done"), {"who": f"take_{take.id}"})
        self.assertEqual(self.status, 422)
        self.assertFalse(take.sudo().order_ids)

    def test_dates_and_amounts_are_checked(self):
        for name, value in (("done_on", "2999-01-01"), ("amount", "much")):
            with self.subTest(name):
                page = self._post(
                    self._link(self.request, "/done"), {"who": "other", name: value}
                )
                self.assertEqual(self.status, 422)
                self.assertTrue(page.xpath(f"//*[@id='error_{name}']"))

    # === NOTICES ===

    def test_customer_hears_of_publishing_and_expiry(self):
        subjects = self._mails_to("vera.customer@private.example").mapped("subject")
        self.assertEqual(len([s for s in subjects if "can see your request" in s]), 1)
        self.request.with_user(self.operator)._close("expired")
        subjects = self._mails_to("vera.customer@private.example").mapped("subject")
        self.assertEqual(len([s for s in subjects if "no longer shown" in s]), 1)
