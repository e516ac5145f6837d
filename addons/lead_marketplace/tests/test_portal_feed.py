import io

from PIL import Image

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_amount

from .common_portal import MarketPortalCase

FEED = "/my/market/requests"


@tagged("post_install", "-at_install")
class TestPortalFeed(MarketPortalCase):
    def _publish(self, name, **vals):
        return self._create_published_request(name=name, **vals)

    def _publish_many(self, count):
        """Publish requests the quick way; how they come about is tested elsewhere."""
        return self.env["lead.market.request"].create(
            [
                {
                    "name": f"Stone {number}",
                    "description": "Grey granite",
                    "company_id": self.company.id,
                    "category_id": self.memorials.id,
                    "region_id": self.region.id,
                    "for_whom": f"Person {chr(97 + number % 26)}",
                    "state": "published",
                    "published_on": f"2026-01-01 10:{number // 60:02}:{number % 60:02}",
                }
                for number in range(count)
            ]
        )

    # === LIST ===

    def test_newest_first_without_contacts(self):
        self._publish("Older stone")
        newer = self._publish("Newer stone")
        newer.sudo().published_on = "2030-01-01 10:00:00"
        response = self.url_open(FEED)
        page = self._get(FEED)
        self.assertEqual(self._titles(page), ["Newer stone", "Older stone"])
        row = self._row(page, "Newer stone")
        self.assertIn(newer.number, row)
        self.assertIn("Ivanova Maria", row)
        self.assertIn("Opened by nobody yet", row)
        for secret in ("Vera", "vera.customer", "21 00 00 07"):
            self.assertNotIn(secret, response.text)

    def test_facts(self):
        """What is known is shown, what is not leaves no gap."""
        self._publish(
            "All said",
            city="Hamar",
            segment="economy",
            budget=1234.5,
            contact_mode="email_only",
        )
        self._publish("Little said", city=False)
        page = self._get(FEED)
        region, currency = self.region.name, self.company.currency_id
        budget = format_amount(self.env, 1234.5, currency)
        self.assertEqual(
            self._facts(page, "All said"),
            [
                self.memorials.name,
                f"Place: Hamar, {region}",
                "Economy",
                f"Budget {' '.join(budget.split())}",
                "For whom: Ivanova Maria",
                "E-mail only",
                "Opened by nobody yet",
            ],
        )
        self.assertEqual(
            self._facts(page, "Little said"),
            [
                self.memorials.name,
                f"Place: {region}",
                "For whom: Ivanova Maria",
                "Opened by nobody yet",
            ],
        )
        self.memorials.for_whom_label = "In memory of"
        page = self._get(FEED)
        self.assertIn("In memory of: Ivanova Maria", self._facts(page, "All said"))

    def _facts(self, page, title):
        """Return the facts on the card with a title."""
        rows = page.xpath(
            "//li[.//h2/a[normalize-space()=$title]]"
            "//ul[contains(@class, 'o_market_facts')]/li",
            title=title,
        )
        return [self._text(row) for row in rows]

    def test_card_leads_to_the_request(self):
        stone = self._publish("Black stone")
        page = self._get(FEED)
        link = page.xpath("//h2/a[normalize-space()='Black stone']/@href")[0]
        self.assertEqual(link, f"/my/market/request/{stone.number}")
        self.assertEqual(self._get(link).findtext(".//h1"), "Black stone")
        self.env["res.lang"]._activate_lang("fr_FR")
        page = self._get(f"/fr{FEED}")
        in_french = page.xpath("//h2/a[normalize-space()='Black stone']/@href")[0]
        self.assertEqual(in_french, f"/fr{link}")
        tabs = page.xpath("//nav[contains(@class, 'o_market_tabs')]//a/@href")
        self.assertIn("/fr/my/market/work", tabs)

    def test_filters(self):
        self._publish("Cheap memorial", segment="economy")
        self._publish("Fence", category_id=self.fences.id, segment="premium")
        cases = [
            (f"category={self.fences.id}", ["Fence"]),
            (f"region={self.region.id}", ["Fence", "Cheap memorial"]),
            ("segment=economy", ["Cheap memorial"]),
            (f"category={self.fences.id}&segment=economy", []),
            # What makes no sense is left out.
            (
                "category=x&region=-1&segment=gold&after=1-x",
                ["Fence", "Cheap memorial"],
            ),
            ("region=99999999999999999999", ["Fence", "Cheap memorial"]),
        ]
        for query, titles in cases:
            with self.subTest(query):
                self.assertEqual(self._titles(self._get(f"{FEED}?{query}")), titles)

    def test_search(self):
        stone = self._publish("Black stone", description="With a rose")
        self._publish("White stone", city="Kongsberg")
        for text, titles in (
            ("black", ["Black stone"]),
            ("ROSE", ["Black stone"]),
            ("kongsb", ["White stone"]),
            (stone.number.lower(), ["Black stone"]),
            ("nothing like it", []),
        ):
            with self.subTest(text):
                self.assertEqual(
                    self._titles(self._get(f"{FEED}?search={text}")), titles
                )

    def test_search_stops_counting(self):
        self._publish_many(102)
        text = self._text(self._get(f"{FEED}?search=stone"))
        self.assertIn("Found: 100+", text)

    def test_short_search_is_explained(self):
        self._publish("Black stone")
        for text in ("b", "bl", "%25%25%25", "___"):
            with self.subTest(text):
                page = self._get(f"{FEED}?search={text}")
                self.assertIn("at least 3 letters", self._text(page))
                self.assertEqual(self._titles(page), ["Black stone"])

    def test_opened_are_hidden(self):
        stone = self._publish("Black stone")
        self._open(stone, self.granite_user)
        self.assertEqual(self._titles(self._get(FEED)), [])
        page = self._get(f"{FEED}?opened=1")
        self.assertIn("Opened", self._row(page, "Black stone"))
        self._log_in(self.marble_user)
        row = self._row(self._get(FEED), "Black stone")
        self.assertIn("Opened by workshops: 1", row)
        self.assertNotIn("Granite", row, "not by whom")

    def test_number_of_workshops_may_be_kept_back(self):
        self.company.market_show_opened_count = False
        self._open(self._publish("Black stone"), self.marble_user)
        self.assertNotIn("Opened by", self._row(self._get(FEED), "Black stone"))

    def test_pages(self):
        self._publish_many(45)
        seen, url, pages = [], FEED, 0
        while url:
            page = self._get(url)
            seen += self._titles(page)
            pages += 1
            url = next(iter(page.xpath("//a[@rel='next']/@href")), None)
        self.assertEqual(pages, 3)
        self.assertEqual(seen, [f"Stone {n}" for n in reversed(range(45))])

    def test_page_keeps_the_filter(self):
        self._publish_many(25)
        page = self._get(f"{FEED}?search=stone&category={self.memorials.id}")
        older = page.xpath("//a[@rel='next']/@href")[0]
        self.assertIn("search=stone", older)
        self.assertEqual(len(self._titles(self._get(older))), 5)

    def test_statements_do_not_grow_with_rows(self):
        requests = self._publish_many(3)
        requests[0].budget = 1000
        self._get(FEED)
        few = self._count_sql(FEED)
        requests |= self._publish_many(15)
        requests.budget = 2000
        self.env["ir.attachment"].create(
            [
                {
                    "name": "p.png",
                    "raw": _png(),
                    "res_model": "lead.market.request",
                    "res_id": request.id,
                }
                for request in requests
            ]
        )
        self.assertEqual(self._count_sql(FEED), few)

    def _count_sql(self, url):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._get(url)
        return self.cr.sql_log_count - before

    # === HINTS ===

    def test_fit(self):
        self.granite.write(
            {
                "category_ids": [Command.set(self.memorials.ids)],
                "serves_premium": False,
            }
        )
        self._publish("Fitting", segment="economy")
        self._publish("Noble fence", category_id=self.fences.id, segment="premium")
        page = self._get(FEED)
        self.assertIn("Fits your profile", self._row(page, "Fitting"))
        row = self._row(page, "Noble fence")
        self.assertIn("Not your segment", row)
        self.assertIn("Not your kind of work", row)
        page = self._get(f"{FEED}?fits=1")
        self.assertEqual(self._titles(page), ["Fitting"])

    def test_own_customer(self):
        self.env["lead.market.own.customer"]._add_names(self.granite, ["Maria Ivanova"])
        self._publish("Black stone")
        self.assertIn(
            "Probably your customer", self._row(self._get(FEED), "Black stone")
        )
        self._log_in(self.marble_user)
        self.assertNotIn("Probably", self._row(self._get(FEED), "Black stone"))

    def test_for_whom_only_matched(self):
        """With the name kept back, a workshop still learns that it knows it."""
        self.company.market_for_whom = "match"
        self.env["lead.market.own.customer"]._add_names(self.granite, ["Maria Ivanova"])
        self._publish("Black stone")
        row = self._row(self._get(FEED), "Black stone")
        self.assertIn("Probably your customer", row)
        self.assertNotIn("Ivanova", row)

    # === PHOTOS ===

    def test_photos(self):
        stone = self._publish("Black stone")
        photo, _second = self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": _png(),
                    "res_model": "lead.market.request",
                    "res_id": stone.id,
                }
                for name in ("p.png", "q.png")
            ]
        )
        other = self.env["ir.attachment"].create({"name": "x.png", "raw": _png()})
        url = f"/my/market/request/{stone.number}/photo"
        self.assertIn(f"{url}/{photo.id}", self.url_open(FEED).text)
        self.assertIn("Photos: 2", self._row(self._get(FEED), "Black stone"))
        response = self.url_open(f"{url}/{photo.id}?size=thumb")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("image/"))
        self.assertEqual(self.url_open(f"{url}/{other.id}").status_code, 404)
        self._open(stone, self.granite_user)
        stone._close("withdrawn")
        self.env.flush_all()
        self.assertEqual(self.url_open(f"{url}/{photo.id}").status_code, 404)
        take = stone.take_ids
        url = f"/my/market/take/{take.id}/photo/{photo.id}"
        self.assertEqual(self.url_open(url).status_code, 200)
        self._log_in(self.marble_user)
        self.assertEqual(self.url_open(url).status_code, 404)

    # === WHO ===

    def test_restricted_reads_but_does_not_open(self):
        stone = self._publish("Black stone")
        self.granite.with_user(self.manager)._set_state("restricted", "Late twice")
        self.assertEqual(self._titles(self._get(FEED)), ["Black stone"])
        page = self._get(f"/my/market/request/{stone.number}")
        self.assertFalse(page.xpath("//form[contains(@action, '/open')]"))
        self.assertIn("can't open contacts at present", self._text(page))

    def test_terminated_has_no_feed(self):
        stone = self._publish("Black stone")
        self._open(self._create_published_request(), self.granite_user)
        self.granite.with_user(self.manager)._set_state("terminated", "Sold contacts")
        for url in (FEED, f"/my/market/request/{stone.number}"):
            page = self._text(self._get(url))
            self.assertNotIn("Black stone", page)
            self.assertIn("cooperation has ended", page)

    def test_applicant_is_told(self):
        _workshop, user = self._create_applicant()
        self._log_in(user)
        for url in ("/my/market", FEED, "/my/market/work", "/my/market/orders"):
            page = self._text(self._get(url))
            self.assertIn("application is being checked", page)
            self.assertIn("operator@market.example", page)

    def _create_applicant(self):
        workshop, user = self._create_workshop("sand", "Sand & Sons")
        workshop.state = "applicant"
        workshop._sync_group()
        return workshop, user

    def test_others_have_no_portal(self):
        """Customers with a login, and visitors, see nothing of it."""
        customer = self._create_workshop_user(
            "market_customer",
            self.env["res.partner"].create({"name": "Just a customer"}),
            groups="base.group_portal",
        )
        self._log_in(customer)
        response = self.url_open("/my/market", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertEqual(response.headers["Location"].rsplit("/", 1)[-1], "my")
        self.authenticate(None, None)
        response = self.url_open(FEED, allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Another marketplace"})
        stone = self._publish("Black stone")
        number = stone.number
        self.env.cr.execute(
            "UPDATE lead_market_request SET company_id = %s WHERE id = %s",
            [company.id, stone.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._titles(self._get(FEED)), [])
        page = self._get(f"/my/market/request/{number}")
        self.assertIn("no longer available", self._text(page))

    def test_overview(self):
        page = self._text(self._get("/my/market"))
        self.assertIn("Granite & Co", page)
        self.assertIn("Nothing is waiting for you", page)
        self.assertIn("operator@market.example", page)
        self.assertIn("Open only what suits you", page)
        self.assertIn("Economy, Standard, Premium", page)

    def test_home_card(self):
        self.assertIn("/my/market", self.url_open("/my").text)
        values = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["market_todo_count"]}
        )
        self.assertEqual(values["market_todo_count"], 1)


def _png():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(out, "PNG")
    return out.getvalue()
