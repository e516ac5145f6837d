"""What the language consists of."""

import keyword

# Name: fewest and most arguments.
FUNCTIONS = {
    "min": (1, 8),
    "max": (1, 8),
    "abs": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "round": (1, 2),
    "sqrt": (1, 1),
}

# No parameter may be called like this.
RESERVED = frozenset(FUNCTIONS) | {word.lower() for word in keyword.kwlist}

MAX_TEXT = 4000
MAX_NODES = 300
MAX_DEPTH = 40
MAX_STRING = 200
