from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.rfq_configurator.tests.common_page import PageCase


@tagged("post_install", "-at_install")
class TestDesigns(PageCase):
    """The list of designs on the website."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].get_current_website()
        cls.design.with_user(cls.manager).website_publish_button()

    def _listed(self, url="/rfq"):
        """Return the addresses of the designs on a page of the list."""
        page, answer = self.get(url)
        self.assertEqual(answer.status_code, 200)
        return page.xpath("//main//a[starts-with(@href, '/rfq/d/')]/@href")

    def test_from_the_list_to_the_request(self):
        """A visitor without JavaScript finds a design and asks for a quotation."""
        page, _answer = self.get("/rfq")
        (card,) = page.xpath("//main//li/a")
        self.assertEqual(card.get("href"), self.url)
        self.assertEqual(card.text_content().strip(), self.design.name)
        picture = card.xpath("img/@src")[0]
        self.assertEqual(self.url_open(picture).headers["Content-Type"], "image/png")
        page, answer = self.get(card.get("href"))
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(page.xpath("//form[contains(@class, 'o_rfq_form')]"))
        answer = self.send(p_width="1700")
        self.assertEqual(answer.status_code, 303)
        page, _answer = self.get(answer.headers["Location"])
        self.assertIn("Thank you", self.text(page))
        self.assertEqual(self.requests().values["width"], "1700")

    def test_menu(self):
        page, _answer = self.get("/")
        self.assertIn("/rfq", page.xpath("//header//a/@href"))

    def test_only_what_is_published(self):
        self.assertEqual(self._listed(), [self.url])
        manager = self.design.with_user(self.manager)
        manager.website_publish_button()
        self.assertEqual(self._listed(), [])
        manager.website_publish_button()
        manager.action_draft()
        self.assertEqual(self._listed(), [])
        page, _answer = self.get("/rfq")
        self.assertIn("There are no designs", self.text(page))

    def test_only_what_everybody_may_see(self):
        for mode in ("private", "portal", "link"):
            with self.subTest(mode):
                self.design.access_mode = mode
                self.assertEqual(self._listed(), [])

    def test_only_what_is_on_this_website(self):
        other = self.env["website"].create({"name": "Another one"})
        self.design.website_id = other
        self.assertEqual(self._listed(), [])
        self.design.website_id = self.website
        self.assertEqual(self._listed(), [self.url])
        self.design.website_id = False
        self.website.company_id = self.env["res.company"].create({"name": "Others"})
        self.assertEqual(self._listed(), [])

    def test_pages(self):
        self.env["rfq.design"].create(
            [
                {
                    "name": f"Chair {number}",
                    "code": f"test_chair_{number}",
                    "state": "published",
                    "access_mode": "public",
                    "is_published": True,
                }
                for number in range(25)
            ]
        )
        self.assertEqual(len(self._listed()), 24)
        self.assertEqual(len(self._listed("/rfq/page/2")), 2)
        self.assertEqual(len(self._listed("/rfq/page/99")), 2)

    def test_search_engines(self):
        self.design.intro_text = "<p>Oak,   <b>by hand</b></p>"
        page, answer = self.get(self.url)
        self.assertNotIn("X-Robots-Tag", answer.headers)
        self.assertEqual(
            page.xpath("//meta[@name='description']/@content"), ["Oak, *by hand*"]
        )
        (picture,) = page.xpath("//meta[@property='og:image']/@content")
        self.assertIn(f"{self.url}/picture/", picture)
        self.design.website_meta_description = "A table to measure"
        page, answer = self.get(self.url)
        self.assertEqual(
            page.xpath("//meta[@name='description']/@content"), ["A table to measure"]
        )

    def test_search_engines_learn_of_nothing_else(self):
        hidden = self._create_design("bracket", code="test_bracket")
        hidden.access_mode = "public"
        hidden.with_user(self.manager).action_publish()
        sitemap = self.url_open("/sitemap.xml").text
        self.assertIn("/rfq<", sitemap)
        self.assertIn(f"{self.url}<", sitemap)
        self.assertNotIn("test_bracket", sitemap)
        _page, answer = self.get("/rfq/d/test_bracket")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["X-Robots-Tag"], "noindex, nofollow")

    def test_who_publishes(self):
        with self.assertRaises(AccessError):
            self.design.with_user(self.seller).website_publish_button()
        self.assertTrue(self.design.is_published)

    def test_editor_of_the_website(self):
        """The bar above the page publishes this design, for who may do so."""
        new_test_user(
            self.env,
            "rfq_editor",
            groups="website.group_website_restricted_editor,"
            "sales_team.group_sale_manager",
        )
        self.authenticate("rfq_editor", "rfq_editor")
        page, _answer = self.get(self.url)
        (html,) = page.xpath("/html")
        self.assertEqual(html.get("data-main-object"), f"rfq.design({self.design.id},)")
        self.assertTrue(html.get("data-can-publish"))
        self.authenticate("rfq_portal", "rfq_portal")
        page, answer = self.get(self.url)
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(page.xpath("/html")[0].get("data-can-publish"))
