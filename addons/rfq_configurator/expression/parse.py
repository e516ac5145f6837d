"""From the text that an author wrote to a tree."""

import ast

from .errors import ExpressionError
from .language import FUNCTIONS, MAX_DEPTH, MAX_NODES, MAX_STRING, MAX_TEXT

ARITHMETIC = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def parse(text, names=None):
    """The tree of `text`, as lists that fit into JSON.

    `names` are the names that may be used; any name when None. Raises ExpressionError
    with the codes `syntax` and `name`.
    """
    if not isinstance(text, str):
        raise ExpressionError("syntax", "no text")
    if len(text) > MAX_TEXT:
        raise ExpressionError("syntax", "too long")
    # Python's tokenizer warns about escapes that it doesn't know, and none is needed.
    if "\\" in text:
        raise ExpressionError("syntax", "\\")
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("syntax", getattr(error, "msg", "") or "") from None
    return _Converter(names).convert(node, 1)


class _Converter:
    """Turns the nodes of `ast` that the language has into lists, refuses the others."""

    def __init__(self, names):
        self.names = names
        self.count = 0

    def convert(self, node, depth):
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_NODES:
            raise ExpressionError("syntax", "too complex")
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise ExpressionError("syntax", type(node).__name__)
        return method(node, depth + 1)

    def _all(self, nodes, depth):
        return [self.convert(node, depth) for node in nodes]

    def _constant(self, node, depth):
        value = node.value
        if isinstance(value, str):
            if len(value) > MAX_STRING:
                raise ExpressionError("syntax", "too long")
            if not value.isprintable():
                raise ExpressionError("syntax", "not printable")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            value = _finite(value)
        elif not isinstance(value, bool):
            raise ExpressionError("syntax", type(value).__name__)
        return ["lit", value]

    def _name(self, node, depth):
        if self.names is not None and node.id not in self.names:
            raise ExpressionError("name", node.id)
        return ["var", node.id]

    def _unaryop(self, node, depth):
        if isinstance(node.op, ast.Not):
            return ["not", self.convert(node.operand, depth)]
        if isinstance(node.op, ast.USub):
            return ["neg", self.convert(node.operand, depth)]
        raise ExpressionError("syntax", type(node.op).__name__)

    def _binop(self, node, depth):
        operator = ARITHMETIC.get(type(node.op))
        if not operator:
            raise ExpressionError("syntax", type(node.op).__name__)
        return [operator, *self._all([node.left, node.right], depth)]

    def _boolop(self, node, depth):
        kind = "and" if isinstance(node.op, ast.And) else "or"
        return [kind, self._all(node.values, depth)]

    def _ifexp(self, node, depth):
        return ["if", *self._all([node.test, node.body, node.orelse], depth)]

    def _compare(self, node, depth):
        if isinstance(node.ops[0], ast.In | ast.NotIn):
            return self._membership(node, depth)
        operators = [COMPARISONS.get(type(operator)) for operator in node.ops]
        if not all(operators):
            raise ExpressionError("syntax", "comparison")
        return ["cmp", operators, self._all([node.left, *node.comparators], depth)]

    def _membership(self, node, depth):
        choices = node.comparators[0]
        if len(node.ops) > 1 or not isinstance(choices, ast.Tuple | ast.List):
            raise ExpressionError("syntax", "in")
        tree = ["in", self.convert(node.left, depth), self._all(choices.elts, depth)]
        return ["not", tree] if isinstance(node.ops[0], ast.NotIn) else tree

    def _call(self, node, depth):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        fewest, most = FUNCTIONS.get(name, (1, 0))
        if node.keywords or not fewest <= len(node.args) <= most:
            raise ExpressionError("syntax", name or "call")
        return ["call", name, self._all(node.args, depth)]


def _finite(value):
    try:
        value = float(value)
    except OverflowError:
        value = float("inf")
    if value == float("inf"):
        raise ExpressionError("syntax", "number out of range")
    return value
