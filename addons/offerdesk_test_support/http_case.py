"""Requests to declared routes, sent as different people and undone afterwards."""

import contextlib
import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from requests.adapters import HTTPAdapter

from odoo import http
from odoo.tests import HttpCase

from .fingerprint import Fingerprint

# How often a browser sends a form again.
REPLAYS = 20
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Query fields that say where a visitor came from, not what became of the request.
CARRIED = {
    *("access_token", "pid", "hash", "token", "login", "redirect", "line_id", "talk"),
}
# In an address: an id, or a number of seven signs such as the marketplace gives.
NUMBER = re.compile(r"/(?:\d+(?![0-9A-Z])|[0-9A-Z]{7})(?=/|$)")


@dataclass(frozen=True)
class Route:
    """A route, and how a good request to it looks."""

    rule: str  # as the routing map has it: /my/orders/<int:order_id>
    verb: str = "GET"
    kind: str = "http"  # http | jsonrpc
    # What stands for the parts of the rule: name → value, or callable(case) → value.
    path: dict = field(default_factory=dict)
    # Good input: name → value, or callable(case) → such a dict.
    fields: object = field(default_factory=dict)
    # Names of fields that look like good ones: callable(case) → list.
    odd_names: object = None
    # Outcome of a good request, and whether it may then change the database.
    good: str = "200"
    writes: bool = False
    # The field that carries the access token; None where only a login counts.
    token: str | None = "access_token"
    # Verbs that are another route's at this address, which takes whatever is sent.
    others: tuple = ()
    # What stands in an answer that shows the document: callable(case) → str.
    shows: object = None
    # Routes of the core answer with exceptions; ours with a message.
    ours: bool = True

    def __str__(self):
        return f"{self.verb} {self.rule}"

    def path_for(self, case, **values):
        """Return the address for a test, ready to be sent.

        :param case: the test
        :param values: parts that differ from the good ones
        :rtype: str
        """

        def part(match):
            name = match[1].rpartition(":")[2]
            value = values.get(name, self.path.get(name))
            value = value(case) if callable(value) else value
            return value if isinstance(value, RawPart) else quote(str(value), safe="")

        return re.sub(r"<([^>]+)>", part, self.rule)

    def fields_for(self, case):
        """Return good input for a test.

        :rtype: dict
        """
        return dict(self.fields(case) if callable(self.fields) else self.fields)


class RawPart(str):
    """A part of an address that is sent as it stands."""


@dataclass
class Answer:
    """What came back, in the terms of the tests."""

    status: int
    headers: dict
    body: bytes
    kind: str = "http"
    changed: list = field(default_factory=list)
    request: str = ""

    @property
    def text(self):
        return self.body.decode(errors="replace")

    @property
    def result(self):
        """What a JSON-RPC route returned; None for an error or another kind."""
        return self._envelope.get("result")

    @property
    def error(self):
        """The name of the exception that a JSON-RPC route answered with."""
        error = self._envelope.get("error")
        return (error.get("data") or {}).get("name") or "error" if error else None

    @property
    def _envelope(self):
        if self.kind != "jsonrpc":
            return {}
        with contextlib.suppress(ValueError):
            envelope = json.loads(self.body)
            if isinstance(envelope, dict):
                return envelope
        return {}

    @property
    def location(self):
        return self.headers.get("Location", "")

    @property
    def outcome(self):
        """What became of the request, without numbers and secrets: ``303 /my``."""
        if self.error:
            return f"error {self.error.rpartition('.')[2]}"
        if self.kind == "jsonrpc" and self.status == 200:
            refused = isinstance(self.result, dict) and "error" in self.result
            return "refused" if refused else "ok"
        if not self.location:
            return str(self.status)
        parts = urlsplit(self.location)
        path = NUMBER.sub("/<id>", parts.path)
        query = [item for item in parse_qsl(parts.query) if item[0] not in CARRIED]
        return " ".join(filter(None, [str(self.status), path, urlencode(query)]))


class RouteCase(HttpCase):
    """Base of tests that send requests to `routes`.

    A test class says where its addons keep their data, and what the access tokens are.
    """

    # Addons whose tables must not change when a request is refused.
    fingerprint_modules = ()
    fingerprint_ignored = ()
    # What nobody may find in any answer.
    secrets = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fingerprint = Fingerprint(
            cls.env, cls.fingerprint_modules, cls.fingerprint_ignored
        )

    def setUp(self):
        super().setUp()
        self._logins = {}
        self.addCleanup(self._forget_sessions)

    def _forget_sessions(self):
        for session, _opener in self._logins.values():
            http.root.session_store.delete(session)

    # === PEOPLE ===

    def become(self, login):
        """Go on as somebody else, in a session that knows of nothing done before.

        :param login: login of a user whose password is the same, None for a visitor
        """
        if login not in self._logins:
            self.session = None  # or `authenticate` ends the session of the one before
            self.authenticate(login, login, session_extra=self.session_extra())
            self._logins[login] = self.session, self.opener
        self.session, self.opener = self._logins[login]
        self.forget()

    def forget(self):
        """Bring the present session back to how it was after the login."""
        http.root.session_store.save(self.session)

    def session_extra(self):
        """Return what sessions hold from the start.

        :rtype: dict
        """
        return {}

    # === CHECKS ===

    def check_replays(self, route):
        """A form that comes again gets the same answer, and changes nothing."""
        form = route.fields_for(self)
        with self.undone():
            first = self.send(route, form)
            self.assertEqual(first.outcome, route.good)
            after = self.fingerprint.take()
            for _turn in range(REPLAYS):
                answer = self.send(route, form)
                self.assertEqual(answer.outcome, route.good)
                self.assertEqual(answer.location, first.location)
            self.assertEqual(self.fingerprint.changed(after), [])

    # === REQUESTS ===

    @contextlib.contextmanager
    def undone(self):
        """Undo in the end whatever was written within."""
        with contextlib.closing(self.cr.savepoint()):
            yield
        self.env.invalidate_all(flush=False)

    def send(self, route, fields=None, verb=None, path=None, headers=None, **kwargs):
        """Send a request, without following a redirect.

        :param Route route: where to
        :param dict fields: input; good input when left out
        :param str verb: another verb than the route's own
        :param str path: another address than the route's own
        :param kwargs: passed on to `requests`
        :rtype: Answer
        """
        verb = verb or route.verb
        path = path or route.path_for(self)
        fields = route.fields_for(self) if fields is None else fields
        if route.kind == "jsonrpc" and verb == "POST":
            body = self.json_body(fields)
            headers = {**JSON, **(headers or {})}
            return self.send_raw(verb, path, body, headers, "jsonrpc", **kwargs)
        if verb in ("POST", "PUT", "PATCH"):
            fields = {"csrf_token": self.csrf_token(), **fields}
            if "files" in kwargs:
                return self.send_raw(verb, path, fields, headers, **kwargs)
            headers = {**FORM, **(headers or {})}
            return self.send_raw(verb, path, encode(fields), headers, **kwargs)
        query = encode(fields)
        return self.send_raw(
            verb, f"{path}?{query}" if query else path, None, headers, **kwargs
        )

    def send_raw(self, verb, path, body=None, headers=None, kind="http", **kwargs):
        """Send exactly this.

        :rtype: Answer
        """
        response = self.opener.request(
            verb,
            self.base_url() + path,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=60,
            **kwargs,
        )
        shown = body if isinstance(body, str) else repr(body)
        return Answer(
            response.status_code,
            response.headers,
            response.content,
            kind,
            request=f"{verb} {path[:300]} {shown[:600]}",
        )

    def send_unmeasured(self, route, fields, name, size):
        """Send a form with a file in pieces, so that no length is stated.

        :param Route route: where to
        :param dict fields: the other fields
        :param str name: field of the file
        :param int size: at least so many bytes
        :rtype: Answer
        """
        boundary = "offerdeskboundary"
        fields = {**fields, "csrf_token": self.csrf_token()}
        part = f"--{boundary}\r\nContent-Disposition: form-data; name="

        def chunks():
            for field_name, value in fields.items():
                yield f'{part}"{field_name}"\r\n\r\n{value}\r\n'.encode()
            yield f'{part}"{name}"; filename="x.txt"\r\n\r\n'.encode()
            for _ in range(size // 65536 + 1):
                yield b"x" * 65536
            yield f"\r\n--{boundary}--\r\n".encode()

        content_type = f"multipart/form-data; boundary={boundary}"
        return self.send_raw(
            "POST", route.path_for(self), chunks(), {"Content-Type": content_type}
        )

    def read_chatter(self, record):
        """Return what the back office loads of a conversation.

        :rtype: Answer
        """
        thread = {"thread_model": record._name, "thread_id": record.id}
        body = self.json_body(thread)
        return self.send_raw("POST", "/mail/thread/messages", body, JSON, "jsonrpc")

    @staticmethod
    def json_body(params):
        """Return the body of a JSON-RPC request.

        :rtype: str
        """
        return json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})

    def csrf_token(self):
        """Return the token that the forms of the present session carry.

        :rtype: str
        """
        return http.Request.csrf_token(self)


def encode(fields):
    """Return fields as a browser sends them; lists are sent as repeated fields.

    :param dict fields: name → str, bytes, or list of them
    :rtype: str
    """
    pairs = []
    for name, values in fields.items():
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(value, bytes):
                value = str(value).encode("utf-8", "surrogatepass")
            pairs.append((str(name).encode("utf-8", "surrogatepass"), value))
    return urlencode(pairs)


class Address(HTTPAdapter):
    """Sends requests from another address of this machine."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        return super().init_poolmanager(
            *args, source_address=(self.address, 0), **kwargs
        )
