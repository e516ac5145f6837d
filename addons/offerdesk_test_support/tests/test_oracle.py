import json
import logging

from odoo.tests import BaseCase, tagged

from ..http_case import Answer, Route
from ..oracle import PROBE, violations, watched_log

PAGE = Route("/a")
CALL = Route("/a", verb="POST", kind="jsonrpc", good="ok")
CORE_CALL = Route("/a", verb="POST", kind="jsonrpc", ours=False)
FORM = Route("/a", verb="POST", good="303 /b", writes=True)
HOST = "http://127.0.0.1:8069"


def rpc_error(name):
    return json.dumps({"error": {"data": {"name": name}}}).encode()


@tagged("post_install", "-at_install")
class TestOracle(BaseCase):
    def _violations(self, route, status=200, body=b"", location="", changed=()):
        headers = {"Content-Type": "text/html", "Location": location}
        answer = Answer(status, headers, body, route.kind, changed=list(changed))
        return violations(route, answer, HOST, secrets=("plan B",))

    def test_bad_answers(self):
        for reason, route, options in (
            ("status", PAGE, {"status": 500}),
            ("innards", PAGE, {"body": b"Traceback (most recent call last)"}),
            ("innards", PAGE, {"body": b"psycopg2.errors.UniqueViolation"}),
            ("markup", PAGE, {"body": f"<p>{PROBE}</p>".encode()}),
            ("plan B", PAGE, {"body": b"<p>plan B</p>"}),
            ("another host", PAGE, {"status": 303, "location": "//evil.example/x"}),
            ("another host", PAGE, {"location": f"{HOST}0/x"}),
            ("changed", PAGE, {"changed": ["res_partner"]}),
            ("changed", FORM, {"status": 303, "location": "/c", "changed": ["a"]}),
            ("exception", CALL, {"body": rpc_error("odoo.exceptions.UserError")}),
            ("exception", CORE_CALL, {"body": rpc_error("builtins.TypeError")}),
        ):
            with self.subTest(reason, **options):
                found = self._violations(route, **options)
                self.assertEqual(len(found), 1, found)
                self.assertIn(reason, found[0])

    def test_good_answers(self):
        for route, options in (
            (PAGE, {"status": 404}),
            (PAGE, {"status": 303, "location": f"{HOST}/x"}),
            (FORM, {"status": 303, "location": "/b", "changed": ["res_partner"]}),
            (CALL, {"body": b'{"result": {"error": "No such offer."}}'}),
            (CORE_CALL, {"body": rpc_error("odoo.exceptions.AccessError")}),
        ):
            with self.subTest(str(route), **options):
                self.assertEqual(self._violations(route, **options), [])

    def test_outcome(self):
        for expected, route, options in (
            ("404", PAGE, (404, {}, b"")),
            ("ok", CALL, (200, {}, b'{"result": 1}')),
            ("refused", CALL, (200, {}, b'{"result": {"error": "x"}}')),
            ("error AccessError", CALL, (200, {}, rpc_error("x.AccessError"))),
            ("303 /a/<id>/b x=1", PAGE, (303, {"Location": "/a/7/b?x=1&pid=3"}, b"")),
        ):
            with self.subTest(expected):
                self.assertEqual(Answer(*options, kind=route.kind).outcome, expected)

    def test_errors_in_the_log_are_collected(self):
        with watched_log() as errors:
            logging.getLogger("odoo.http").error("Exception during request handling.")
            logging.getLogger("odoo.http").warning("Bad input.")
        self.assertEqual([record.levelname for record in errors], ["ERROR"])
