"""Random expressions, for comparing the two languages."""

LITERALS = (
    "0 1 2 3 0.1 0.5 2.5 -7 2000 1e6 1e15 1e308 123456789.123 5e-324 "
    "'glass' 'oak' '' 'é😀' True False"
).split()
VALUES = {
    "width": 2100.0,
    "depth": 700.5,
    "tiny": 0.1,
    "neg": -7.0,
    "big": 1e200,
    "zero": 0.0,
    "half": 2.5,
    "material": "glass",
    "astral": "é😀",
    "flag": True,
    "unset": None,
}
FORMS = (
    *(["({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})"] * 2),
    *(["({0} // {1})", "({0} % {1})"] * 2),
    *["({0} < {1})", "({0} <= {1})", "({0} > {1})", "({0} >= {1})"],
    *["({0} == {1})", "({0} != {1})"],
    "({0} < {1} <= {2})",
    "({0} == {1} != {2})",
    "({0} and {1})",
    "({0} or {1})",
    "(not {0})",
    "(-{0})",
    "({0} if {1} else {2})",
    "({0} in ({1}, {2}))",
    "({0} not in ({1},))",
    "min({0}, {1})",
    "max({0}, {1}, {2})",
    "abs({0})",
    "floor({0})",
    "ceil({0})",
    "sqrt({0})",
    "round({0})",
    "round({0}, 1)",
    "round({0}, 2)",
    "round({0}, {1})",
)


def random_text(random, depth):
    """An expression that is nested up to `depth` times; most of them have a value."""
    if depth <= 0 or random.random() < 0.15:
        return random.choice(random.choice((LITERALS, tuple(VALUES))))
    parts = (random_text(random, depth - 1) for _ in range(3))
    return random.choice(FORMS).format(*parts)
