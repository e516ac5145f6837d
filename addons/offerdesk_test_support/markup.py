"""Markup that people type where text is asked for, and where it must not come alive."""

import json
import re

from lxml import html

# Each holds a place for a word by which the result is recognised.
PAYLOADS = [
    "<script>{}</script>",
    '"><script>{}</script>',
    "'><img src=x onerror={}>",
    "<svg onload={}>",
    '<svg/onload="{}">',
    '<img src="javascript:{}">',
    '<a href="javascript:{}">x</a>',
    '<a href="JaVaScRiPt:{}">x</a>',
    '<a href="&#106;avascript:{}">x</a>',
    '<a href="java\tscript:{}">x</a>',
    '<iframe src="data:text/html,{}">',
    '<iframe srcdoc="{}">',
    '<object data="{}">',
    '<embed src="{}">',
    '<form action="{}"><input name=x>',
    "<input autofocus onfocus={}>",
    "<body onload={}>",
    '<style>@import "{}"</style>',
    '<p style="position:fixed;background:url({})">',
    '<link rel=stylesheet href="{}">',
    '<base href="//{}/">',
    '<meta http-equiv=refresh content="0;url={}">',
    '<math><mi xlink:href="javascript:{}">',
    "<details open ontoggle={}>",
    '<video><source onerror="{}">',
    '" onmouseover="{}" x="',
    "' onfocus='{}' autofocus='",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "--><script>{}</script><!--",
    "]]><script>{}</script>",
    "<scr<script>ipt>{}</script>",
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    "<t t-out=\"'{}'\"/>",
    "{{{{ {} }}}}",
    "${{{}}}",
    "&lt;script&gt;{}&lt;/script&gt;",
    "<b>{}</b>",
]
ACTIVE_TAGS = {
    *("script", "style", "iframe", "frame", "object", "embed", "applet", "form"),
    *("base", "meta", "link", "svg", "math", "video", "audio", "template", "portal"),
}
URL_ATTRIBUTES = {
    *("href", "src", "action", "formaction", "data", "poster", "background"),
    *("xlink:href", "srcdoc", "srcset", "cite", "ping"),
}
ACTIVE_URL = re.compile(r"^(javascript|vbscript|data:text/html)", re.I)
# A query in which everything is encoded is inert, even within a script.
ENCODED_QUERY = re.compile(r"[?&][\w.~%+=&*-]*")
SPACE = re.compile(r"[\s\x00-\x20]+")


def payload_groups(size):
    """Return all payloads in groups, as one text each, that fit into short fields.

    :param int size: longest text
    :return: list of (text, payloads)
    """
    groups, group = [], []
    for number, payload in enumerate(PAYLOADS):
        payload = payload.format(f"zq{number}x")
        if len(" ".join([*group, payload])) > size:
            groups.append(group)
            group = []
        group.append(payload)
    return [(" ".join(group), group) for group in [*groups, group]]


def live_markup(document, words=r"zq\d+x"):
    """Return the places of a document where a payload is more than text.

    :param str document: HTML
    :param str words: regular expression of the words in the payloads
    :rtype: list
    """
    if not document.strip():
        return []
    marked = re.compile(words)
    found = []
    for node in html.fromstring(document).iter():
        if not isinstance(node.tag, str):
            continue
        text = f"{node.text or ''}"
        if node.tag in ACTIVE_TAGS and marked.search(text):
            found.append(f"<{node.tag}> holds {text[:80]!r}")
        for name, value in node.attrib.items():
            if marked.search(name):
                found.append(f"<{node.tag}> has an attribute {name!r}")
            if not marked.search(ENCODED_QUERY.sub("", value)):
                continue
            url = SPACE.sub("", value)
            if (
                name.startswith("on")
                or (name == "style")
                or (node.tag in ACTIVE_TAGS)
                or (name in URL_ATTRIBUTES and ACTIVE_URL.match(url))
            ):
                found.append(f"<{node.tag} {name}={value[:80]!r}>")
    return found


def missing_text(document, payloads):
    """Return the payloads that do not stand in a document letter by letter.

    :param str document: HTML
    :param payloads: list of texts
    :rtype: list
    """
    texts = [""]
    for node in html.fromstring(document).iter():
        if isinstance(node.tag, str) and node.tag not in ("script", "style"):
            texts += [node.text or "", node.get("value") or ""]
        texts.append(node.tail or "")
    shown = SPACE.sub(" ", "\n".join(texts))
    return [payload for payload in payloads if SPACE.sub(" ", payload) not in shown]


def markup_in_json(body):
    """Return the texts that a JSON answer of Odoo declares to be HTML.

    :param body: JSON text
    :rtype: list
    """
    found = []

    def walk(value):
        if isinstance(value, dict):
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            if len(value) == 2 and value[0] == "markup":
                found.append(value[1])
            for inner in value:
                walk(inner)

    walk(json.loads(body))
    return found


class MarkupMixin:
    """Mix into a `RouteCase` that types markup, and looks where it is read."""

    # Login of who reads conversations in the back office.
    seller_login = None

    def setUp(self):
        super().setUp()
        self.assertGreaterEqual(len(PAYLOADS), 30)
        self.payloads = [
            payload.format(f"zq{n}x") for n, payload in enumerate(PAYLOADS)
        ]
        self.text = " ".join(self.payloads)
        self.known_mails = self.env["mail.mail"].search([])

    def _check(self, answer, payloads=(), status=200):
        """A page has nothing alive in it, and nothing that was typed is lost."""
        self.assertEqual(answer.status, status, answer.request)
        self.assertFalse(live_markup(answer.text), answer.request)
        missing = missing_text(answer.text, payloads) if payloads else []
        self.assertFalse(missing, answer.request)

    def _check_chatter(self, record):
        """Return what the back office shows of a conversation: nothing alive."""
        self.become(self.seller_login)
        answer = self.read_chatter(record)
        self.assertEqual(answer.outcome, "ok")
        texts = markup_in_json(answer.body)
        self.assertTrue(texts)
        for text in texts:
            self.assertFalse(live_markup(text))
        return "".join(texts)

    def _check_mails(self):
        """Return the mails that were made since, which have nothing alive in them."""
        mails = self.env["mail.mail"].search([]) - self.known_mails
        self.assertTrue(mails)
        for mail in mails:
            self.assertFalse(live_markup(mail.body_html))
            self.assertNotIn("\n", mail.subject or "")
        return mails
