from odoo.tests import tagged

from .common_customer import MarketCustomerCase

TEXT = "They kept every date, and the portrait is just like her."


@tagged("post_install", "-at_install")
class TestPublicWorkshops(MarketCustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lead.market.workshop"].search(
            [("id", "not in", (cls.granite | cls.marble).ids)]
        ).is_listed = False
        cls.granite.partner_id.write({"phone": "+47 22 11 00 00", "street": "Quarry 7"})
        cls.granite.profile = "<p>Steles since 1923.</p>"
        cls.granite.score, cls.marble.score = 10, 20

    def _names(self, url="/market/workshops"):
        page = self._get(url)
        return [" ".join(a.itertext()) for a in page.xpath("//main//h2/a")]

    def test_the_best_come_first(self):
        self.assertEqual(self._names(), ["Marble Brothers", "Granite & Co"])
        self.granite.score = 30
        self.assertEqual(self._names(), ["Granite & Co", "Marble Brothers"])

    def test_only_who_works_and_wants_to(self):
        self.marble.is_listed = False
        self.assertEqual(self._names(), ["Granite & Co"])
        for state in ("applicant", "restricted", "terminated"):
            with self.subTest(state):
                self.granite.state = state
                self.assertEqual(self._names(), [])
                self._get(self.granite._get_public_url())
                self.assertEqual(self.status, 404)
                self._get(f"/market/workshop/{self.granite.id}/logo")
                self.assertEqual(self.status, 404)

    def test_filters(self):
        self.granite.category_ids = self.memorials
        self.marble.category_ids = self.fences
        self.granite.region_ids = self.region
        url = "/market/workshops?category=%s&region=%s"
        found = self._names(url % (self.memorials.id, self.region.id))
        self.assertEqual(found, ["Granite & Co"])
        # Who names no region works everywhere.
        found = self._names(url % (self.fences.id, self.other_region.id))
        self.assertEqual(found, ["Marble Brothers"])
        self.assertEqual(len(self._names(url % ("x", "-1"))), 2)

    def test_odd_addresses(self):
        for path in ("0", "-1", "x", "99999999999", "granite-co-0", "٣"):
            with self.subTest(path):
                self._get(f"/market/workshop/{path}")
                self.assertEqual(self.status, 404)

    def test_page_shows_no_contacts(self):
        page = self._get(self.granite._get_public_url())
        self.assertIn("Steles since 1923.", self._text(page))
        for private in ("22 11 00 00", "Quarry 7", "granite.example", "Person market"):
            self.assertNotIn(private, self.response.text)

    def test_only_verified_reviews(self):
        request = self._create_published_request()
        take = self._open(request, self.granite_user)
        self._post(
            self._link(request, "/review"),
            {"take_id": str(take.id), "rating": "4", "text": TEXT},
        )
        review = self.env["lead.market.review"].search([("take_id", "=", take.id)])
        url = self.granite._get_public_url()
        self.assertNotIn(TEXT, self._text(self._get(url)))
        review.with_user(self.operator).action_publish()
        self.assertNotIn(TEXT, self._text(self._get(url)))
        self._declare(take, self.granite_user)
        text = self._text(self._get(url))
        self.assertIn(TEXT, text)
        self.assertNotIn("Vera Customer", text)

    def test_logo(self):
        self._get(f"/market/workshop/{self.granite.id}/logo")
        self.assertEqual(self.status, 200)
        self.assertTrue(self.response.headers["Content-Type"].startswith("image/"))
