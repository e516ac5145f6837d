"""From a tree and values to a value.

Values are floats, booleans and texts; nothing is converted into something else. A tree
is first turned into a function, because a configuration evaluates the same few trees
many thousand times.
"""

import math
import operator

from .errors import ExpressionError
from .language import FUNCTIONS, MAX_DEPTH

POWERS_OF_TEN = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6)


def evaluate(tree, values):
    """The value of `tree`, where names stand for what `values` has for them."""
    return compile_tree(tree)(values)


def compile_tree(tree):
    """A function that takes values by name and returns the value of `tree`.

    Both raise ExpressionError; what is no tree has the code `syntax`.
    """
    return _compile(tree, 1)


def as_number(value):
    """`value` if it is a number, finite and without a sign at zero."""
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise ExpressionError("type")
    try:
        number = float(value) + 0.0
    except OverflowError:
        raise ExpressionError("range") from None
    if not math.isfinite(number):
        raise ExpressionError("range")
    return number


def as_boolean(value):
    """`value` if it is a boolean."""
    if value is True or value is False:
        return value
    raise ExpressionError("type")


def as_text(value):
    """`value` if it is a text."""
    if isinstance(value, str):
        return value
    raise ExpressionError("type")


def round_half_away(number, decimals=0):
    """`number` rounded to 0 to 6 decimals; a half goes away from zero."""
    power = POWERS_OF_TEN[decimals]
    scaled = as_number(abs(number) * power)
    whole = float(math.floor(scaled))
    if scaled - whole >= 0.5:
        whole += 1.0
    return as_number(math.copysign(whole / power, number))


def _equal(left, right):
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) and isinstance(right, bool):
        return left is right
    return as_number(left) == as_number(right)


def _compile(tree, depth):
    if not isinstance(tree, list) or not tree or depth > MAX_DEPTH:
        raise ExpressionError("syntax")
    kind, *arguments = tree
    maker = MAKERS.get(kind) if isinstance(kind, str) else None
    if maker is None:
        raise ExpressionError("syntax", str(kind))
    try:
        return maker(lambda child: _compile(child, depth + 1), kind, *arguments)
    except (TypeError, KeyError, ValueError, IndexError):
        raise ExpressionError("syntax", kind) from None


def _make_literal(compiled, kind, value):
    if not isinstance(value, bool | str):
        value = as_number(value)
    return lambda values: value


def _make_variable(compiled, kind, name):
    if not isinstance(name, str):
        raise ExpressionError("syntax", kind)

    def variable(values):
        value = values.get(name)
        if value is None:
            raise ExpressionError("unset", name)
        if value is True or value is False or isinstance(value, str):
            return value
        return as_number(value)

    return variable


def _make_negative(compiled, kind, operand):
    operand = compiled(operand)
    return lambda values: 0.0 - as_number(operand(values))


def _make_not(compiled, kind, operand):
    operand = compiled(operand)
    return lambda values: not as_boolean(operand(values))


def _make_and(compiled, kind, operands):
    operands = [compiled(operand) for operand in operands]

    def conjunction(values):
        for operand in operands:
            if not as_boolean(operand(values)):
                return False
        return True

    return conjunction


def _make_or(compiled, kind, operands):
    operands = [compiled(operand) for operand in operands]

    def disjunction(values):
        for operand in operands:
            if as_boolean(operand(values)):
                return True
        return False

    return disjunction


def _make_if(compiled, kind, condition, then, otherwise):
    condition, then, otherwise = map(compiled, (condition, then, otherwise))

    def choice(values):
        return (then if as_boolean(condition(values)) else otherwise)(values)

    return choice


def _make_in(compiled, kind, operand, choices):
    # Most lists are options of a selection.
    texts = frozenset(choice[1] for choice in choices if _is_text(choice))
    only_texts = bool(choices) and all(map(_is_text, choices))
    operand, choices = compiled(operand), [compiled(choice) for choice in choices]

    def membership(values):
        value = operand(values)
        if only_texts and isinstance(value, str):
            return value in texts
        return any(_equal(value, choice(values)) for choice in choices)

    return membership


def _is_text(tree):
    return tree[0] == "lit" and isinstance(tree[1], str)


def _number_comparison(compare):
    return lambda left, right: compare(as_number(left), as_number(right))


COMPARISONS = {
    "<": _number_comparison(operator.lt),
    "<=": _number_comparison(operator.le),
    ">": _number_comparison(operator.gt),
    ">=": _number_comparison(operator.ge),
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
}


def _make_comparison(compiled, kind, operators, operands):
    first, *others = [compiled(operand) for operand in operands]
    if not others or len(operators) != len(others):
        raise ExpressionError("syntax", kind)
    steps = [
        (COMPARISONS[name], other)
        for name, other in zip(operators, others, strict=False)
    ]
    if len(steps) == 1:
        compare, second = steps[0]
        return lambda values: compare(first(values), second(values))

    def chain(values):
        left = first(values)
        for compare, other in steps:
            right = other(values)
            if not compare(left, right):
                return False
            left = right
        return True

    return chain


def _divide(left, right):
    if right == 0.0:
        raise ExpressionError("div0")
    return left / right


def _floor_divide(left, right):
    return float(math.floor(as_number(_divide(left, right))))


def _modulo(left, right):
    return left - right * _floor_divide(left, right)


ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "//": _floor_divide,
    "%": _modulo,
}


def _make_arithmetic(compiled, kind, left, right):
    calculate, left, right = ARITHMETIC[kind], compiled(left), compiled(right)

    def arithmetic(values):
        return as_number(calculate(as_number(left(values)), as_number(right(values))))

    return arithmetic


def _square_root(number):
    if number < 0:
        raise ExpressionError("range")
    return math.sqrt(number)


def _round(number, decimals=0.0):
    if decimals not in range(len(POWERS_OF_TEN)):
        raise ExpressionError("range")
    return round_half_away(number, int(decimals))


CALLS = {
    "min": lambda *numbers: min(numbers),
    "max": lambda *numbers: max(numbers),
    "abs": abs,
    "floor": lambda number: float(math.floor(number)),
    "ceil": lambda number: float(math.ceil(number)),
    "round": _round,
    "sqrt": _square_root,
}


def _make_call(compiled, kind, name, operands):
    call, operands = CALLS[name], [compiled(operand) for operand in operands]
    fewest, most = FUNCTIONS[name]
    if not fewest <= len(operands) <= most:
        raise ExpressionError("syntax", name)

    def function(values):
        return as_number(call(*[as_number(operand(values)) for operand in operands]))

    return function


MAKERS = {
    "lit": _make_literal,
    "var": _make_variable,
    "neg": _make_negative,
    "not": _make_not,
    "and": _make_and,
    "or": _make_or,
    "if": _make_if,
    "in": _make_in,
    "cmp": _make_comparison,
    "call": _make_call,
    **dict.fromkeys(ARITHMETIC, _make_arithmetic),
}
