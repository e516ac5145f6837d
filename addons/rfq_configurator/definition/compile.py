"""From what a seller wrote to a definition that can be evaluated."""

import re

from ..expression import RESERVED, ExpressionError, names_in, parse, round_half_away
from .evaluate import Definition
from .inputs import MAX_DECIMALS, MAX_NUMBER, MAX_TEXT, normalise

MAX_PARAMETERS = 200
MAX_OPTIONS = 200
MAX_RULES = 500
# Nodes of expressions that one evaluation may visit at most: below a second.
MAX_COST = 2_000_000

CODE = re.compile(r"[a-z][a-z0-9_]{0,30}")
TYPES = ("integer", "float", "selection", "boolean", "text", "derived")
RULES = ("require", "visible", "option", "limit", "default")
# Kept as they are: words for people, in any form that JSON has.
WORDS = ("label", "help", "group", "unit", "customer_visible")


class DefinitionError(Exception):
    """Something in a definition is wrong.

    `path` is where, for instance `parameters/3/expression`; `code` is what, `detail`
    names what was met. Codes: those of expressions, `code`, `duplicate`, `type`,
    `options`, `bounds`, `step`, `default`, `kind`, `target`, `cycle`, `size`, `cost`.
    """

    def __init__(self, path, code, detail=""):
        super().__init__(path, code, detail)
        self.path = path
        self.code = code
        self.detail = detail


def compile_definition(source):
    """The definition of `source`, as JSON that may be published.

    `source` is {"parameters": […], "rules": […]} with expressions as texts; in the
    result they are trees.
    """
    parameters = _list(source, "parameters", MAX_PARAMETERS)
    rules = _list(source, "rules", MAX_RULES)
    codes = set()
    for index, parameter in enumerate(parameters):
        _check_code(parameter, codes, f"parameters/{index}")
    compiled = {
        "parameters": [
            _compile_parameter(parameter, codes, f"parameters/{index}")
            for index, parameter in enumerate(parameters)
        ],
        "rules": [],
    }
    by_code = {parameter["code"]: parameter for parameter in compiled["parameters"]}
    with_default = set()
    for index, rule in enumerate(rules):
        path = f"rules/{index}"
        compiled["rules"].append(_compile_rule(rule, by_code, path))
        if rule["kind"] == "default":
            if rule["target"] in with_default:
                raise DefinitionError(path, "duplicate", rule["target"])
            with_default.add(rule["target"])
    _check_whole(compiled)
    return compiled


def _check_whole(compiled):
    """Refuse what goes round in circles or takes too long."""
    try:
        definition = Definition(compiled)
    except ValueError as error:
        raise DefinitionError("", "cycle", str(error)) from None
    if definition.cost > MAX_COST:
        raise DefinitionError("", "cost")


def _list(source, key, limit):
    items = source.get(key, []) if isinstance(source, dict) else None
    if not isinstance(items, list):
        raise DefinitionError(key, "type")
    if len(items) > limit:
        raise DefinitionError(key, "size", str(limit))
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise DefinitionError(f"{key}/{index}", "type")
    return items


def _check_code(parameter, codes, path):
    code = parameter.get("code")
    if not isinstance(code, str) or not CODE.fullmatch(code) or code in RESERVED:
        raise DefinitionError(f"{path}/code", "code", str(code)[:40])
    if code in codes:
        raise DefinitionError(f"{path}/code", "duplicate", code)
    codes.add(code)


def _expression(item, names, path):
    try:
        return parse(item.get("expression"), names)
    except ExpressionError as error:
        path = f"{path}/expression"
        raise DefinitionError(path, error.code, error.detail) from None


def _compile_parameter(source, codes, path):
    kind = source.get("type")
    if kind not in TYPES:
        raise DefinitionError(f"{path}/type", "type", str(kind)[:40])
    parameter = {"code": source["code"], "type": kind}
    parameter.update({key: source[key] for key in WORDS if key in source})
    if kind == "derived":
        parameter["expression"] = _expression(source, codes, path)
        return parameter
    parameter["required"] = bool(source.get("required", False))
    if kind in ("integer", "float"):
        parameter.update(_number_settings(source, kind, path))
    elif kind == "selection":
        parameter["options"] = _options(source, path)
    elif kind == "text":
        length = source.get("max_length", 200)
        if not _is_number(length) or not 1 <= length <= MAX_TEXT or length % 1:
            raise DefinitionError(f"{path}/max_length", "bounds")
        parameter["max_length"] = int(length)
    default = source.get("default", False if kind == "boolean" else None)
    value, issue = normalise(parameter, default)
    if issue:
        raise DefinitionError(f"{path}/default", "default", issue)
    parameter["default"] = value
    return parameter


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_settings(source, kind, path):
    """Bounds, step and decimals; all on the grid that values will be on."""
    decimals = 0 if kind == "integer" else source.get("decimals", 3)
    if decimals not in range(MAX_DECIMALS + 1) or isinstance(decimals, bool):
        raise DefinitionError(f"{path}/decimals", "bounds")
    settings = {"decimals": int(decimals)}
    for key, standard in (("min", -MAX_NUMBER), ("max", MAX_NUMBER), ("step", None)):
        number = source.get(key)
        number = standard if number is None else number
        if number is not None:
            if not _is_number(number) or not abs(number) <= MAX_NUMBER:
                raise DefinitionError(f"{path}/{key}", "bounds", str(number)[:40])
            if round_half_away(number, int(decimals)) != number:
                raise DefinitionError(f"{path}/{key}", "step", str(number)[:40])
            number = float(number)
        settings[key] = number
    if settings["min"] > settings["max"]:
        raise DefinitionError(f"{path}/max", "bounds")
    if settings["step"] is not None and settings["step"] <= 0:
        raise DefinitionError(f"{path}/step", "step")
    return settings


def _options(source, path):
    options = _list(source, "options", MAX_OPTIONS)
    if not options:
        raise DefinitionError(f"{path}/options", "options")
    seen = set()
    for index, option in enumerate(options):
        code = option.get("code")
        where = f"{path}/options/{index}"
        if not isinstance(code, str) or not 1 <= len(code) <= 60:
            raise DefinitionError(where, "code", str(code)[:40])
        if not code.isprintable() or "\\" in code:
            raise DefinitionError(where, "code", code)
        if code in seen:
            raise DefinitionError(where, "duplicate", code)
        seen.add(code)
    return [
        {key: option[key] for key in ("code", "label", "swatch") if key in option}
        for option in options
    ]


def _compile_rule(source, by_code, path):
    kind = source.get("kind")
    if kind not in RULES:
        raise DefinitionError(f"{path}/kind", "kind", str(kind)[:40])
    rule = {"kind": kind, "expression": _expression(source, by_code, path)}
    if kind in ("require", "option", "limit"):
        rule["severity"] = source.get("severity", "error")
        if rule["severity"] not in ("error", "warning"):
            raise DefinitionError(f"{path}/severity", "kind")
        if "message" in source:
            rule["message"] = source["message"]
    if kind == "require":
        return rule
    target = source.get("target")
    parameter = by_code.get(target) if isinstance(target, str) else None
    if not parameter or parameter["type"] == "derived":
        raise DefinitionError(f"{path}/target", "target", str(target)[:40])
    rule["target"] = target
    if kind == "option":
        codes = [option["code"] for option in parameter.get("options", [])]
        if source.get("option") not in codes:
            raise DefinitionError(f"{path}/option", "target")
        rule["option"] = source["option"]
    elif kind == "limit":
        if parameter["type"] not in ("integer", "float"):
            raise DefinitionError(f"{path}/target", "target", target)
        if source.get("bound") not in ("min", "max"):
            raise DefinitionError(f"{path}/bound", "kind")
        rule["bound"] = source["bound"]
    elif kind in ("visible", "default") and target in names_in(rule["expression"]):
        raise DefinitionError(f"{path}/expression", "cycle", target)
    return rule
