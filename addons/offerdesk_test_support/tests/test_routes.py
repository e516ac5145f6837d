from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from markupsafe import Markup, escape

from odoo import http
from odoo.http import request
from odoo.tests import new_test_user, tagged

from ..fuzzing import FuzzMixin
from ..http_case import Route, RouteCase
from ..matrix import PRINCIPALS, MatrixMixin, read_table, write_table

TOKEN = "right"


class SampleController(http.Controller):
    """Routes with one mistake each, and one without."""

    def _answer(self, text):
        return request.make_response(
            f"<p>{text}</p>", [("Content-Type", "text/html; charset=utf-8")]
        )

    @http.route("/offerdesk_test/good", auth="public", methods=["GET"])
    def good(self, text="", access_token=None, **kwargs):
        if access_token != TOKEN:
            return request.redirect("/my")
        return self._answer(escape(text.replace("\x00", "")))

    @http.route("/offerdesk_test/crash", auth="public", methods=["GET"])
    def crash(self, text="1", **kwargs):
        return self._answer(int(text))

    @http.route("/offerdesk_test/echo", auth="public", methods=["GET"])
    def echo(self, text="1", **kwargs):
        return self._answer(text.replace("\x00", ""))

    @http.route("/offerdesk_test/change", auth="public", methods=["GET"])
    def change(self, text="1", **kwargs):
        # sudo: the mistake that the test is about
        request.env.company.sudo().partner_id.comment = Markup("<p>x</p>")
        return request.redirect("/my")

    @http.route("/offerdesk_test/away", auth="public", methods=["GET"])
    def away(self, text="/my", **kwargs):
        return request.redirect(text.replace("\n", "").replace("\r", ""), local=False)


def _route(name, **options):
    options.setdefault("fields", {"text": "1"})
    return Route(f"/offerdesk_test/{name}", **{"token": None, **options})


GOOD = _route("good", token="access_token", fields={"text": "1", "access_token": TOKEN})
CRASH = _route("crash")
ECHO = _route("echo")
WRITE = _route("change", good="303 /my")
AWAY = _route("away", fields={"text": "/my"}, good="303 /my")


@tagged("post_install", "-at_install")
class TestRoutes(FuzzMixin, MatrixMixin, RouteCase):
    """The helpers find what they are made to find."""

    fingerprint_modules = ("base", "portal")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, group in (
            ("owner", "base.group_portal"),
            ("employee", "base.group_user"),
        ):
            new_test_user(cls.env, login, groups=group)
        # the routes of this file came after the routing map
        cls.env.registry.clear_cache("routing")
        cls.addClassCleanup(cls.env.registry.clear_cache, "routing")

    def setUp(self):
        super().setUp()
        self.become(None)

    # === FUZZING ===

    def test_good_route_passes(self):
        self.fuzz(GOOD, examples=50)

    def test_mistakes_are_found(self):
        for route, reason in (
            (CRASH, "status 500"),
            (ECHO, "input comes back as markup"),
            (WRITE, "it changed res_partner"),
            (AWAY, "redirects to another host"),
        ):
            with self.subTest(str(route)):
                with self.assertRaisesRegex(AssertionError, reason):
                    self.fuzz(route, examples=10)

    # === MATRIX ===

    def login_of(self, role):
        return "employee" if role in ("employee", "other salesperson") else "owner"

    def token_of(self, kind, route):
        return TOKEN if kind == "right" else str(uuid4())

    def test_matrix(self):
        """The table is what happens; a cell that differs is told by name."""
        with TemporaryDirectory() as folder:
            file = Path(folder, "table.csv")
            modes = {"only": lambda: None}
            granted = [
                "200" if principal.token == "right" else "303 /my"
                for principal in PRINCIPALS
            ]
            expected = {("/offerdesk_test/good", "GET", "only"): granted}
            for verb in ("POST", "HEAD", "PUT", "DELETE"):
                cells = granted if verb == "HEAD" else ["405"] * len(PRINCIPALS)
                expected["/offerdesk_test/good", verb, "only"] = cells
            write_table(file, expected)
            self.assertEqual(read_table(file), expected)
            self.check_matrix([GOOD], modes, file)
            expected["/offerdesk_test/good", "GET", "only"] = ["200"] * len(PRINCIPALS)
            write_table(file, expected)
            with self.assertRaisesRegex(AssertionError, "good GET only, visitor: '303"):
                self.check_matrix([GOOD], modes, file)
            with self.assertRaisesRegex(AssertionError, r"/offerdesk_test/change.*\*"):
                self.check_matrix([GOOD, WRITE], modes, file)

    def test_missing_routes_are_found(self):
        routes = [GOOD, CRASH, ECHO, WRITE, AWAY]
        self.check_routes_complete("offerdesk_test_support", routes)
        with self.assertRaisesRegex(AssertionError, "/offerdesk_test/away"):
            self.check_routes_complete("offerdesk_test_support", routes[:-1])
