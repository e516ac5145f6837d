"""Looks for secrets in everything that a user reaches by calling models."""

from .rpc import RpcMixin

TEXT_TYPES = ("char", "text", "html", "many2one", "many2one_reference", "reference")
X2MANY = ("one2many", "many2many")
# Enough rows to hold what the test has made; the newest come first.
ROWS = 200


class LeakMixin(RpcMixin):
    """Mix into a `RouteCase` whose `secrets` are the texts that must not come out.

    `hints` are pairs of a part of a secret and a text of the same length that is in no
    record: a question about either must get the same answer.
    """

    hints = ()

    def probe_registry(self, skipped=()):
        """Ask every model for every field in every way that a client has.

        :param skipped: names of models that hold no documents
        :return: how many calls were made
        :rtype: int
        """
        calls = 0
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or model._transient or name in skipped:
                continue
            with self.subTest(name):
                calls += self._probe_model(model)
        return calls

    def _probe_model(self, model):
        self.calls = 0
        names = self._ask(model, "fields_get", [], ["type"]).result
        # Not the name: it may be made of that of a record that can't be read.
        answer = self._ask(model, "search_read", [], ["id"], limit=1)
        if answer.error:
            # No right to read: nothing may be learned by grouping either.
            groups = self._ask(model, "formatted_read_group", [], ["id"], ["__count"])
            self.assertTrue(groups.error, f"{model._name} tells how many there are")
            return self.calls
        readable = [name for name in names or () if name in model._fields]
        for options in ({}, {"order": "id desc"}):
            self._ask(model, "search_read", [], readable, limit=ROWS, **options)
        # What may be read anyway is grouped in one question, all the rest one by one.
        stored = {name for name in readable if model._fields[name].store}
        together = {name for name in stored if model._fields[name].column_type}
        lists = [f"{name}:array_agg" for name in sorted(together)]
        if self._ask(model, "formatted_read_group", [], [], lists).error:
            together = set()
        for field in model._fields.values():
            self._probe_field(model, field, field.name not in together)
        return self.calls

    def _probe_field(self, model, field, alone):
        name = field.name
        if field.type in X2MANY:
            self._ask(model, "search", [(name, "!=", False)], limit=ROWS)
        if alone:
            self._ask(model, "formatted_read_group", [], [name], ["__count"])
            self._ask(model, "formatted_read_group", [], [], [f"{name}:array_agg"])
        if field.type not in TEXT_TYPES:
            return
        self._ask(model, "search_read", [], ["id"], order=name, limit=1)
        right, wrong = (
            self._ask(model, "search_count", self._any_of(name, texts))
            for texts in zip(*self.hints, strict=True)
        )
        self.assertEqual(
            (right.outcome, right.result),
            (wrong.outcome, wrong.result),
            f"{model._name}.{name} can be guessed",
        )

    @staticmethod
    def _any_of(name, texts):
        return ["|"] * (len(texts) - 1) + [(name, "ilike", text) for text in texts]

    def _ask(self, model, method, *args, **kwargs):
        """Call a method; its answer holds no secret, whatever it is.

        :rtype: Answer
        """
        self.calls += 1
        answer = self.call_without_request(model._name, method, *args, **kwargs)
        found = [secret for secret in self.secrets if secret in answer.text]
        self.assertFalse(found, f"{model._name}.{method}{args} tells {found}")
        return answer
