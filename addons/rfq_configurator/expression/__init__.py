"""The language of rules, derived values, prices and recipes.

A text is parsed once into a tree of lists (JSON). The tree is evaluated here and by
`static/src/engine/expression.js`, with the same answers and the same error codes. No
Odoo in here, and nothing that runs what an author wrote.
"""

from .errors import ExpressionError
from .evaluate import (
    as_boolean,
    as_number,
    as_text,
    compile_tree,
    evaluate,
    round_half_away,
)
from .language import FUNCTIONS, RESERVED
from .parse import parse
from .tree import count_nodes, names_in
