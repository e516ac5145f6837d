"""Bad input for a route: what people thought of, and what a generator makes of it.

What Odoo itself trips over before any code of an addon runs stays out: a NUL in the
address, a field called `self`, JSON-RPC parameters that are no object, JSON that is
nested too deep. So does `debug`, with which Odoo shows anybody its tracebacks.
"""

import json
import os
import re
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .http_case import FORM, JSON, RawPart, encode
from .oracle import PROBE, violations, watched_log

GENERATED = int(os.environ.get("OFFERDESK_FUZZ_EXAMPLES") or 500)
CURATED_MIN = 60
MAX_URL = 60_000  # what the server under test reads of a request's first line
CUT_ESCAPE = re.compile(r"%[0-9A-F]?$")

LONG = "A" * 20_000
JUNK = [
    "",
    " ",
    "0",
    "-1",
    "1.0",
    "1e309",
    "NaN",
    "null",
    "true",
    "٣",
    "²",
    "9" * 40,
    str(2**31),
    str(2**63),
    "0x10",
    "1_000",
    "\x00",
    "a\x00b",
    "é",
    "\ud800",
    b"\xff\xfe",
    "\u202etxt.exe",
    "😀",
    LONG,
    "' OR 1=1--",
    "'; DROP TABLE sale_order; --",
    "${7*7}",
    "{{7*7}}",
    "<t t-out='7*7'/>",
    "%s%d%n",
    "../../../etc/passwd",
    "javascript:alert(1)",
    PROBE,
    "\r\nSet-Cookie: session_id=1",
    "[]",
    "{}",
    "[" * 5_000,
    '{"a":' * 1_500,
    "//evil.example",
    "https://evil.example/",
    "undefined",
    "-0",
    "+1",
    "1,2",
    "$(id)",
    "|id",
    "file:///etc/passwd",
    "&amp;lt;",
]
JSON_JUNK = [
    *(value for value in JUNK if isinstance(value, str)),
    0,
    -1,
    1.5,
    10**40,
    float("nan"),
    float("inf"),
    True,
    None,
    [],
    [1],
    {},
    {"a": 1},
    {"": None},
    [[[[]]]],
    {"1": {"2": {}}},
]
# Tried in every single field, since each finds another kind of mistake.
HARSH = ["", "\x00\ud800", LONG, '{"a":' * 1_500]
PATH_JUNK = [
    "0",
    "-1",
    "99999999999",
    "9" * 40,
    "abc",
    "1.0",
    "1e3",
    RawPart("%D9%A3"),
    RawPart("%ff"),
    "é",
    " 1",
    "1;2",
    "1,2",
    RawPart("%2e%2e"),
    "2147483648",
]
EXTRA_NAMES = [
    "context",
    "uid",
    "db",
    "lang",
    "order_id",
    "id",
    "page",
    "sortby",
    "filterby",
    "date_begin",
    "report_type",
    "price_unit",
    "state",
    "__class__",
    "",
    "é",
]
VERBS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "JUNK")
CONTENT_TYPES = [
    "text/plain",
    "application/json",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-16",
    "junk",
    "",
]
BODIES = [b"", b"\x00", b"\xff" * 100, b"[]", b"{", b"null", b"1", b"&&==&"]


@dataclass
class BadRequest:
    """A request that differs from a good one in something."""

    verb: str
    path: dict = field(default_factory=dict)
    fields: dict = field(default_factory=dict)
    content_type: str | None = None
    raw: bytes | None = None
    csrf: bool = True


class FuzzMixin:
    """Mix into a `RouteCase` and call `fuzz`."""

    def fuzz(self, route, examples=GENERATED):
        """Send curated and generated bad input to a route and judge each answer.

        The good request is sent first, so that no test passes for want of access.

        :param Route route: where to
        :param int examples: how much the generator makes
        """
        good = route.fields_for(self)
        before = self.fingerprint.take()
        with watched_log() as errors:

            def judge(request):
                answer = self._send_bad(route, request, before)
                bad = violations(route, answer, self.base_url(), self.secrets)
                bad += [record.getMessage() for record in errors]
                errors.clear()
                self.assertFalse(bad, f"{answer.request}\n{answer.text[-1500:]}")
                return answer

            answer = judge(BadRequest(route.verb, fields=good))
            self.assertEqual(answer.outcome, route.good, answer.text[-1500:])
            curated = list(self._curated(route, good))
            self.assertGreaterEqual(len(curated), CURATED_MIN)
            for request in curated:
                judge(request)
            generated = 0

            @settings(
                max_examples=examples,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            )
            @given(self._generated(route, good))
            def run(request):
                nonlocal generated
                generated += 1
                judge(request)

            run()
            self.assertGreaterEqual(generated, examples)

    # === SENDING ===

    def _send_bad(self, route, request, before):
        path = route.path_for(self, **request.path)
        if route.kind == "jsonrpc":
            content_type = request.content_type
            headers = JSON if content_type is None else {"Content-Type": content_type}
            body = request.raw
            if body is None:
                body = json.dumps({"jsonrpc": "2.0", "params": request.fields})
            args = request.verb, path, body, headers, "jsonrpc"
        elif request.verb in ("GET", "HEAD", "OPTIONS", "DELETE", "TRACE"):
            query = encode(request.fields)
            # With an escape cut in two, the client escapes all of them once more.
            address = CUT_ESCAPE.sub("", f"{path}?{query}"[:MAX_URL])
            args = request.verb, address
        else:
            fields = request.fields
            if request.csrf:
                fields = {"csrf_token": self.csrf_token(), **fields}
            content_type = request.content_type
            headers = FORM if content_type is None else {"Content-Type": content_type}
            body = encode(fields) if request.raw is None else request.raw
            args = request.verb, path, body, headers
        self.forget()
        with self.undone():
            writes = self.fingerprint.writes()
            answer = self.send_raw(*args)
            if self.fingerprint.writes() != writes:
                answer.changed = self.fingerprint.changed(before)
        return answer

    # === WHAT PEOPLE THOUGHT OF ===

    def _curated(self, route, good):
        names = [*good, *self._odd_names(route)] or ["x"]
        for number, junk in enumerate(JSON_JUNK if route.kind == "jsonrpc" else JUNK):
            name = names[number % len(names)]
            yield BadRequest(route.verb, fields={**good, name: junk})
        for name in good:
            for junk in HARSH if route.kind == "http" else [None, [], {}, 1, ""]:
                yield BadRequest(route.verb, fields={**good, name: junk})
            rest = {key: value for key, value in good.items() if key != name}
            yield BadRequest(route.verb, fields=rest)
            if route.kind == "http":
                yield BadRequest(route.verb, fields={**good, name: [good[name]] * 2})
        for part in route.path:
            for junk in PATH_JUNK:
                yield BadRequest(route.verb, path={part: junk}, fields=good)
        for value in ("1", *HARSH):
            extra = dict.fromkeys(EXTRA_NAMES, value)
            yield BadRequest(route.verb, fields={**extra, **good})
        for verb in self._verbs(route):
            yield BadRequest(verb, fields=good)
        if route.verb == "POST":
            yield BadRequest("POST", fields=good, csrf=False)
            for content_type in CONTENT_TYPES:
                yield BadRequest("POST", fields=good, content_type=content_type)
            for raw in BODIES:
                yield BadRequest("POST", raw=raw)

    def _verbs(self, route):
        return [verb for verb in VERBS if verb not in route.others]

    def _odd_names(self, route):
        return route.odd_names(self) if route.odd_names else []

    # === WHAT A GENERATOR MAKES ===

    def _generated(self, route, good):
        if route.kind == "jsonrpc":
            scalars = (
                st.none() | st.booleans() | st.integers() | st.floats() | st.text()
            )
            invented = st.recursive(
                scalars,
                lambda inner: st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                max_leaves=5,
            )
            junk = st.sampled_from(JSON_JUNK) | invented
        else:
            invented = st.text() | st.integers().map(str) | st.binary(max_size=20)
            junk = st.sampled_from(JUNK) | invented
            junk = junk | st.lists(junk, min_size=2, max_size=3)
        absent = object()

        def near(name):
            # mostly good, or no request would get past the first check
            bad = 4 if name == route.token else 2
            good_or_none = st.sampled_from([good[name]] * (9 - bad) + [absent])
            return st.integers(0, 9).flatmap(
                lambda dice: junk if dice < bad else good_or_none
            )

        names = st.sampled_from([*EXTRA_NAMES, *self._odd_names(route)]) | st.text(
            max_size=10
        )
        fields = st.builds(
            lambda known, extra: {
                name: value
                for name, value in {**extra, **known}.items()
                if value is not absent
            },
            st.fixed_dictionaries({name: near(name) for name in good}),
            st.dictionaries(names, junk, max_size=2),
        )
        path_junk = st.sampled_from(PATH_JUNK) | st.integers().map(str)
        path = st.integers(0, 9).flatmap(
            lambda dice: st.fixed_dictionaries({part: path_junk for part in route.path})
            if dice == 0
            else st.just({})
        )
        return st.builds(
            BadRequest,
            verb=st.sampled_from([route.verb] * 12 + self._verbs(route)),
            path=path,
            fields=fields,
            content_type=st.sampled_from([None] * 20 + CONTENT_TYPES),
            raw=st.just(None),
            csrf=st.sampled_from([True] * 20 + [False]),
        )
