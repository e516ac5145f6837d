import itertools

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_portal import MarketPortalCase

ODD = (
    "",
    "0",
    "-1",
    "1e309",
    "NaN",
    "9" * 40,
    "9999999999999999999-1",
    "1-9999999999999-9999999999",
    "٣",
    "é",
    "\x00",
    "😀",
    "%",
    "'; DROP TABLE res_users; --",
    "<script>alert(1)</script>",
    "${7*7} {{7*7}} {0.__class__}",
    "0000-00-00",
    "9999-12-31",
    "a" * 20_000,
)
PARAMS = {
    "/my/market/requests": (
        "category",
        "region",
        "segment",
        "search",
        "opened",
        "fits",
        "after",
    ),
    "/my/market/work": ("state", "buyer", "after"),
    "/my/market/orders": ("after",),
    "/my/market/statement": ("date_from", "date_to"),
    "/my/market/statement/csv": ("date_from", "date_to"),
}
TAKE_PARAMS = ("all", "letter", "talk")
FORMS = {
    "important": ("important", "back"),
    "note": ("note",),
    "archive": ("reason", "undo"),
    "talk": ("summary", "important", "key"),
    "send": ("subject", "body", "key"),
    "order": (
        "contract_no",
        "contract_date",
        "planned_finish_date",
        "work_done_date",
        "amount_gross",
        "amount_net",
        "excluded_amount",
        "excluded_reason",
        "currency_id",
    ),
}
GOOD = {
    "subject": "Offer",
    "body": "Text",
    "contract_no": "C-1",
    "planned_finish_date": "2030-01-01",
    "amount_gross": "100",
}


@tagged("post_install", "-at_install")
class TestPortalInput(MarketPortalCase):
    """No input leads to an error page, and every form ends in a redirect."""

    def setUp(self):
        super().setUp()
        self.take = self._open(self._create_published_request(), self.granite_user)
        self.url = f"/my/market/take/{self.take.id}"

    def _is_calm(self, url, params):
        response = self.url_open(url, params=params)
        self.assertLess(response.status_code, 500, f"{url} {params}")
        self.assertNotIn("Traceback", response.text)
        self.assertNotIn("<script>alert", response.text)

    def url_open(self, url, params=None, **kwargs):
        if params is None:
            return super().url_open(url, **kwargs)
        return self.opener.get(self.base_url() + url, params=params, timeout=30)

    def test_pages(self):
        pages = {**PARAMS, self.url: TAKE_PARAMS, f"{self.url}/order": ("order",)}
        for url, names in pages.items():
            for name, value in itertools.product(names, ODD):
                with self.subTest(url=url, name=name, value=value[:40]):
                    self._is_calm(url, {name: value})

    def test_forms(self):
        for form, names in FORMS.items():
            for name, value in itertools.product(names, ODD):
                if value == "a" * 20_000 and name == "body":
                    continue
                data = {key: GOOD[key] for key in names if key in GOOD}
                with self.subTest(form=form, name=name, value=value[:40]):
                    self._post(f"{self.url}/{form}", **data | {name: value})

    def test_other_forms(self):
        for value in ODD:
            with self.subTest(value=value[:40]):
                self._post("/my/market/customers/add", names=value)
                self._post(
                    "/my/market/letters/new", name=value, subject=value, body=value
                )
        for number in (0, 2**31 - 1, 2**31, 10**30):
            with self.subTest(number=number):
                for url in (
                    f"/my/market/letters/{number}/delete",
                    f"/my/market/customers/{number}/remove",
                    f"/my/market/order/{number}/accept",
                    f"/my/market/take/{number}/important",
                ):
                    self._post(url)

    def test_needs_a_token(self):
        """A form of another site does nothing."""
        with mute_logger("odoo.http"):
            response = self.url_open(f"{self.url}/important", data={"important": "1"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.take.important)

    def test_routes(self):
        """Pages only read, forms say that they post, and everybody logs in."""
        modules = self.env["ir.module.module"].search([("state", "=", "installed")])
        rules = http._generate_routing_rules(
            [*modules.mapped("name"), "web"], nodb_only=False
        )
        routes = [
            (url, endpoint.routing)
            for url, endpoint in rules
            if url.startswith("/my/market")
        ]
        self.assertGreater(len(routes), 20)
        for url, routing in routes:
            with self.subTest(url):
                self.assertEqual(routing["auth"], "user")
                self.assertIn(routing["methods"], (["GET"], ["POST"]))
                self.assertTrue(routing.get("csrf", True))
                is_page = routing["methods"] == ["GET"]
                self.assertEqual(bool(routing.get("readonly")), is_page)
