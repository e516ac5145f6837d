from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_portal import MarketPortalCase

PLACES = ("0", "9" * 19 + "-1", "1-9999999999999-9999999999", "0-0-0", "-1--1")
DAYS = ("0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30")
# Making a document is counted, so that nobody has it done without end.
COUNTED = {"/my/market/statement/pdf"}


@tagged("post_install", "-at_install")
class TestPortalInput(MarketPortalCase):
    """What holds for the address of every page; see test_security_fuzz.py for input."""

    def setUp(self):
        super().setUp()
        self.take = self._open(self._create_published_request(), self.granite_user)
        self.url = f"/my/market/take/{self.take.id}"

    def test_places_and_days_out_of_reach(self):
        """What looks like a place in a list, or a day, but is none."""
        for url, name, values in (
            ("/my/market/requests", "after", PLACES),
            ("/my/market/work", "after", PLACES),
            ("/my/market/orders", "after", PLACES),
            ("/my/market/statement", "date_from", DAYS),
            ("/my/market/statement/csv", "date_to", DAYS),
        ):
            for value in values:
                with self.subTest(url, value=value):
                    self.assertEqual(
                        self.url_open(f"{url}?{name}={value}").status_code, 200
                    )

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
                reads = is_page and url not in COUNTED
                self.assertEqual(bool(routing.get("readonly")), reads)
