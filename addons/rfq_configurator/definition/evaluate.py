"""From a customer's choices to values, visible parameters, issues and what is left to
choose from."""

from ..expression import (
    ExpressionError,
    as_boolean,
    as_number,
    compile_tree,
    count_nodes,
    names_in,
)
from .configuration import canonical_value
from .inputs import normalise

CHECKS = ("require", "option", "limit")
MAX_UNKNOWN = 20


class Definition:
    """A compiled definition, ready to be evaluated any number of times.

    Values are settled in an order in which everything a parameter depends on comes
    before it: derived values on what they are made of, other parameters on the rules
    that show them or suggest a value. A parameter that is not shown has no value.
    Raises ValueError with the codes in question when there is no such order.
    """

    def __init__(self, definition):
        self.rules = definition["rules"]
        self.parameters = {item["code"]: item for item in definition["parameters"]}
        self._expressions = [compile_tree(rule["expression"]) for rule in self.rules]
        self._derived = {
            code: compile_tree(parameter["expression"])
            for code, parameter in self.parameters.items()
            if parameter["type"] == "derived"
        }
        self._visible = {code: [] for code in self.parameters}
        self._suggested = {}
        self._checks = []
        for index, rule in enumerate(self.rules):
            if rule["kind"] == "visible":
                self._visible[rule["target"]].append(index)
            elif rule["kind"] == "default":
                self._suggested[rule["target"]] = index
            else:
                self._checks.append(index)
        self._tests = {index: self._make_test(index) for index in self._checks}
        self._sort()
        self._find_consequences()

    # How things depend on each other

    def _sort(self):
        needs = {code: set() for code in self.parameters}
        for code in self._derived:
            needs[code] |= names_in(self.parameters[code]["expression"])
        for rule in self.rules:
            if rule["kind"] in ("visible", "default"):
                needs[rule["target"]] |= names_in(rule["expression"])
        self._needs = needs
        self._order, settled = [], set()
        waiting = list(needs)
        while waiting:
            ready = [code for code in waiting if needs[code] <= settled]
            if not ready:
                raise ValueError(", ".join(waiting))
            self._order += ready
            settled.update(ready)
            waiting = [code for code in waiting if code not in settled]

    def _find_consequences(self):
        """For each parameter with choices: what changes with it, and which checks."""
        names = {
            index: names_in(self.rules[index]["expression"])
            | {self.rules[index].get("target")}
            for index in self._checks
        }
        self._choices, self._consequences = {}, {}
        self.cost = sum(count_nodes(rule["expression"]) for rule in self.rules)
        for code, parameter in self.parameters.items():
            choices = _choices(parameter)
            if not choices:
                continue
            changed = {code}
            for other in self._order:
                if self._needs[other] & changed:
                    changed.add(other)
            followers = [other for other in self._order if other in changed - {code}]
            checks = [
                index
                for index in self._checks
                if names[index] & changed and self.rules[index]["severity"] == "error"
            ]
            self._choices[code] = choices
            self._consequences[code] = (followers, checks)
            self.cost += len(choices) * self._cost_of(followers, checks)

    def _cost_of(self, followers, checks):
        rules = [*checks]
        for code in followers:
            rules += self._visible[code]
            if code in self._suggested:
                rules.append(self._suggested[code])
        trees = [self.rules[index]["expression"] for index in rules]
        trees += [
            self.parameters[code]["expression"]
            for code in followers
            if code in self._derived
        ]
        return sum(map(count_nodes, trees))

    # Evaluating

    def evaluate(self, inputs, decimal_point=None):
        """What follows from `inputs`, a dict of what a customer chose.

        A parameter that is not in it has its default; None or an empty text means that
        the customer cleared it. The result has

        * `values`: every parameter's value, None if it has none
        * `canonical`: what a customer decided, as it is kept and hashed
        * `hidden`, `modified`: codes of parameters
        * `issues`: dicts with `issue`, `severity` (error, warning, incomplete),
          `parameter` or None, `rule` (its index) or None, `limit` or None
        * `blocked`: choices by parameter that would break a rule
        * `limits`: pairs by parameter, for numbers that rules limit
        * `faults`: dicts with `path` and `code`: expressions that failed
        * `valid`: whether this configuration may be sent
        """
        run = _Run(inputs if isinstance(inputs, dict) else {}, decimal_point)
        asked = set(self.parameters) - set(self._derived)
        for code in sorted(set(map(str, run.inputs)) - asked):
            if len(run.issues) < MAX_UNKNOWN:
                run.add_issue("unknown", "error", parameter=code[:40])
        for code in self._order:
            run.values[code] = self._settle(code, run, run)
        self._check_required(run)
        for index in self._checks:
            self._report(index, run)
        return self._result(run)

    def get_default(self, code, values):
        """What a parameter has when the customer chooses nothing, all others having
        `values`."""
        return self._default(code, values, None)

    def _settle(self, code, run, notes=None):
        """The value of a parameter, when those it depends on have theirs."""
        if code in self._derived:
            return self._calculate(self._derived[code], run.values, code, notes)
        for index in self._visible[code]:
            if not self._is_shown(index, run.values, notes):
                if notes:
                    notes.hidden.append(code)
                return None
        parameter = self.parameters[code]
        default = self._default(code, run.values, notes)
        value, issue = default, None
        if code in run.inputs:
            if code not in run.normalised:
                raw = run.inputs[code]
                run.normalised[code] = normalise(parameter, raw, run.decimal_point)
            value, issue = run.normalised[code]
        if notes:
            if issue:
                bound = parameter[issue] if issue in ("min", "max") else None
                notes.add_issue(issue, "error", parameter=code, limit=bound)
            elif value != default:
                notes.modified.append(code)
        return value

    def _calculate(self, expression, values, code, notes):
        try:
            return expression(values)
        except ExpressionError as error:
            if notes and error.code != "unset":
                notes.add_fault(f"derived/{code}", error.code)
            return None

    def _is_shown(self, index, values, notes):
        try:
            return as_boolean(self._expressions[index](values))
        except ExpressionError as error:
            if notes and error.code != "unset":
                notes.add_fault(f"rules/{index}", error.code)
            return False

    def _default(self, code, values, notes):
        parameter = self.parameters[code]
        index = self._suggested.get(code)
        if index is None:
            return parameter["default"]
        try:
            value = self._expressions[index](values)
        except ExpressionError as error:
            if notes and error.code != "unset":
                notes.add_fault(f"rules/{index}", error.code)
            return parameter["default"]
        value, issue = normalise(parameter, value)
        if issue:
            if notes:
                notes.add_fault(f"rules/{index}", issue)
            return parameter["default"]
        return value

    def _check_required(self, run):
        refused = {issue["parameter"] for issue in run.issues}
        for code, parameter in self.parameters.items():
            if not parameter.get("required") or code in run.hidden or code in refused:
                continue
            if run.values[code] is None:
                run.add_issue("required", "incomplete", parameter=code)

    def _make_test(self, index):
        """A function that tells whether values satisfy a check."""
        rule, expression = self.rules[index], self._expressions[index]
        if rule["kind"] == "require":
            return lambda values: as_boolean(expression(values))
        target = rule["target"]
        if rule["kind"] == "option":
            option = rule["option"]
            return lambda values: (
                values[target] != option or as_boolean(expression(values))
            )
        sign = 1.0 if rule["bound"] == "max" else -1.0

        def is_within(values):
            value = values[target]
            return value is None or sign * value <= sign * as_number(expression(values))

        return is_within

    def _report(self, index, run):
        rule = self.rules[index]
        target = rule.get("target")
        if target in run.hidden:
            return
        severity, limit, issue = rule["severity"], None, "rule"
        try:
            if rule["kind"] == "limit":
                limit = as_number(self._expressions[index](run.values))
            satisfied = self._tests[index](run.values)
        except ExpressionError as error:
            satisfied = False
            if error.code != "unset":
                run.add_fault(f"rules/{index}", error.code)
            elif rule["kind"] == "limit" or severity == "warning":
                # A limit that nobody knows yet limits nothing; nor is there anything
                # to warn of as long as nobody can tell.
                return
            else:
                severity, issue = "incomplete", "undecided"
        if limit is not None and severity == "error":
            run.add_limit(self.parameters[target], rule["bound"], limit)
        if not satisfied:
            run.add_issue(issue, severity, parameter=target, rule=index, limit=limit)

    def _result(self, run):
        severities = {issue["severity"] for issue in run.issues}
        return {
            "values": run.values,
            "canonical": {
                code: canonical_value(parameter, run.values[code])
                for code, parameter in self.parameters.items()
                if code not in self._derived and run.values[code] is not None
            },
            "hidden": run.hidden,
            "modified": run.modified,
            "issues": run.issues,
            "blocked": self._blocked(run),
            "limits": run.limits,
            "faults": run.faults,
            "valid": not run.faults and severities <= {"warning"},
        }

    def _blocked(self, run):
        """The choices that would break a rule, all other choices being as they are."""
        blocked = {}
        for code, (followers, checks) in self._consequences.items():
            if not checks or code in run.hidden:
                continue
            before = {name: run.values[name] for name in (code, *followers)}
            tests = self._open_tests(checks, before, run.values)
            broken = [
                choice
                for choice in self._choices[code]
                if self._breaks(code, choice, followers, tests, run)
            ]
            run.values.update(before)
            if broken:
                blocked[code] = broken
        return blocked

    def _open_tests(self, checks, changing, values):
        """The tests of those checks whose outcome depends on what is changing.

        One that has an outcome without looking at any of it is left out if it is
        satisfied; most are.
        """
        values.update(dict.fromkeys(changing))
        tests = []
        for index in checks:
            rule, test = self.rules[index], self._tests[index]
            if rule.get("target") not in changing:
                try:
                    if test(values):
                        continue
                except ExpressionError as error:
                    if error.code == "unset" and error.detail not in changing:
                        continue
            tests.append(test)
        return tests

    def _breaks(self, code, choice, followers, tests, run):
        values = run.values
        values[code] = choice
        for follower in followers:
            values[follower] = self._settle(follower, run)
        for test in tests:
            try:
                if not test(values):
                    return True
            except ExpressionError as error:
                if error.code != "unset":
                    return True
        return False


class _Run:
    """What one evaluation finds out."""

    def __init__(self, inputs, decimal_point):
        self.inputs = inputs
        self.decimal_point = decimal_point
        self.normalised = {}
        self.values = {}
        self.hidden = []
        self.modified = []
        self.issues = []
        self.limits = {}
        self.faults = []

    def add_issue(self, issue, severity, parameter=None, rule=None, limit=None):
        self.issues.append(
            {
                "issue": issue,
                "severity": severity,
                "parameter": parameter,
                "rule": rule,
                "limit": limit,
            }
        )

    def add_fault(self, path, code):
        self.faults.append({"path": path, "code": code})

    def add_limit(self, parameter, bound, limit):
        least, most = self.limits.get(
            parameter["code"], (parameter["min"], parameter["max"])
        )
        if bound == "min":
            least = max(least, limit)
        else:
            most = min(most, limit)
        self.limits[parameter["code"]] = [least, most]


def _choices(parameter):
    """What a customer can choose from, if it is a list."""
    if parameter["type"] == "selection":
        return [option["code"] for option in parameter["options"]]
    return [True, False] if parameter["type"] == "boolean" else []
