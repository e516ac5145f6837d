"""What users can call on models, and what they learn from it."""

import json

from odoo.exceptions import AccessError
from odoo.http import serialize_exception
from odoo.service.model import call_kw, get_public_method
from odoo.tools.json import json_default

from .http_case import JSON, Answer
from .oracle import watched_log

# Methods of the core by which everybody may follow what they may read.
SELF_SERVICE = {"message_subscribe", "message_unsubscribe"}


def public_methods(model):
    """Return the names of the methods that users can call on a model.

    :param model: recordset
    :rtype: list
    """
    names = []
    for name in dir(type(model)):
        if name.startswith("_"):
            continue
        try:
            get_public_method(model, name)
        except (AccessError, AttributeError):
            continue
        names.append(name)
    return names


def methods_of_addons(model, modules):
    """Return those of `public_methods` that some addons define or extend.

    :param model: recordset
    :param modules: names of addons
    :rtype: list
    """
    starts = tuple(f"odoo.addons.{module}." for module in modules)
    return [
        name
        for name in public_methods(model)
        if any(
            name in base.__dict__ and base.__module__.startswith(starts)
            for base in type(model).mro()
        )
    ]


class RpcMixin:
    """Mix into a `RouteCase`."""

    def call(self, model, method, *args, **kwargs):
        """Call a method as the present user, as the web client does.

        :rtype: Answer
        """
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with watched_log():  # a refusal is an answer, which the test looks at
            return self.send_raw(
                "POST",
                f"/web/dataset/call_kw/{model}/{method}",
                self.json_body(params),
                JSON,
                "jsonrpc",
            )

    def call_without_request(self, model, method, *args, **kwargs):
        """Do what the route of `call` does for the present user, and undo it.

        A request costs several times as much as most calls. It adds nothing to what a
        user may see, so this is for tests that ask thousands of questions.

        :rtype: Answer
        """
        params = json.loads(json.dumps([args, kwargs]))
        with watched_log(), self.undone():
            records = self.env(user=self.session.uid)[model]
            try:
                body = {"result": call_kw(records, method, *params)}
            except Exception as error:  # whatever it is, the user gets to read it
                body = {"error": {"data": serialize_exception(error)}}
            body = json.dumps(body, ensure_ascii=False, default=json_default)
        request = f"{model}.{method} {args} {kwargs}"[:600]
        return Answer(200, {}, body.encode(), "jsonrpc", request=request)

    def assertDenied(self, answer, error="AccessError"):
        """Check that a call was refused for want of rights."""
        self.assertEqual(answer.outcome, f"error {error}", answer.text[:500])

    def probe_methods(self, record, names, shapes):
        """Call methods of a record in several ways: none may write or tell a secret.

        :param record: record that the present user may or may not read
        :param names: names of methods
        :param shapes: list of (args, kwargs)
        :return: how many calls were made
        :rtype: int
        """
        before = self.fingerprint.take()
        for name in names:
            for args, kwargs in shapes:
                with self.undone(), self.subTest(f"{record._name}.{name}", args=args):
                    writes = self.fingerprint.writes()
                    answer = self.call(record._name, name, *args, **kwargs)
                    self.assertLess(answer.status, 500)
                    for secret in self.secrets:
                        self.assertNotIn(secret, answer.text)
                    if self.fingerprint.writes() != writes and name not in SELF_SERVICE:
                        self.assertFalse(self.fingerprint.changed(before))
        return len(names) * len(shapes)
