"""From the recipe that a seller wrote to one whose expressions are trees."""

import json
import math
import re

from ..expression import RESERVED, ExpressionError, parse
from .errors import RecipeError
from .language import (
    LABEL,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NODES,
    MAX_PARTS,
    MAX_POINTS,
    MAX_SEGMENTS,
    MAX_TEXT,
    PART,
    PROFILES,
    SHAPES,
)

NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def read_recipe(text):
    """The recipe in a text, as it came from an editor."""
    if len(text) > MAX_TEXT:
        raise RecipeError("", "size", str(MAX_TEXT))
    try:
        return json.loads(text)
    except RecursionError:
        raise RecipeError("", "depth") from None
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise RecipeError("", "json", f"{place} {error.msg}") from None
    except ValueError as error:
        raise RecipeError("", "json", str(error)) from None


def compile_recipe(source, names):
    """The recipe of `source`, as JSON that may be published.

    `names` are the codes of the design's parameters. Wherever a recipe has a number it
    may have an expression.
    """
    if not isinstance(source, dict):
        raise RecipeError("", "type")
    unknown = set(source) - {"parts", "labels"}
    if unknown:
        raise RecipeError(str(min(map(str, unknown)))[:40], "unknown")
    compiler = _Compiler()
    parts = compiler.items(source, "parts", PART, frozenset(names))
    if not parts:
        raise RecipeError("parts", "missing")
    labels = compiler.items(source, "labels", LABEL, frozenset(names))
    return {"parts": parts, "labels": labels}


class _Compiler:
    def __init__(self):
        self.count = 0

    def items(self, source, key, fields, names):
        """What a list of parts or labels becomes."""
        items = source.get(key, [])
        if not isinstance(items, list):
            raise RecipeError(key, "type")
        if len(items) > MAX_PARTS:
            raise RecipeError(key, "size", str(MAX_PARTS))
        return [
            self.fields(item, fields, names, f"{key}/{index}", 1)
            for index, item in enumerate(items)
        ]

    def fields(self, source, fields, names, path, depth):
        """What an object becomes, by the table of its fields."""
        if not isinstance(source, dict):
            raise RecipeError(path, "type")
        for key in source:
            if key not in fields and key != "type":
                raise RecipeError(f"{path}/{str(key)[:40]}", "unknown")
        result = {}
        if "index" in fields:
            result["index"] = self._index(source.get("index"), names, f"{path}/index")
            names = names | {result["index"]}
        for key, kind in fields.items():
            if key in source and kind != "index":
                convert = getattr(self, f"_{kind.rstrip('?')}")
                result[key] = convert(source[key], names, f"{path}/{key}", depth)
            elif key not in source and not kind.endswith("?"):
                raise RecipeError(f"{path}/{key}", "missing")
        return result

    def _typed(self, source, table, names, path, depth):
        self.count += 1
        if self.count > MAX_NODES:
            raise RecipeError(path, "size", str(MAX_NODES))
        if depth > MAX_DEPTH:
            raise RecipeError(path, "depth", str(MAX_DEPTH))
        kind = source.get("type") if isinstance(source, dict) else None
        if not isinstance(kind, str) or kind not in table:
            raise RecipeError(f"{path}/type", "type", str(kind)[:40])
        fields = self.fields(source, table[kind], names, path, depth + 1)
        return {"type": kind, **fields}

    def _shape(self, source, names, path, depth):
        return self._typed(source, SHAPES, names, path, depth)

    def _profile(self, source, names, path, depth):
        return self._typed(source, PROFILES, names, path, depth)

    def _shapes(self, source, names, path, depth):
        if not isinstance(source, list) or not source:
            raise RecipeError(path, "type")
        return [
            self._shape(item, names, f"{path}/{index}", depth)
            for index, item in enumerate(source)
        ]

    def _index(self, source, names, path):
        if not isinstance(source, str) or not NAME.fullmatch(source):
            raise RecipeError(path, "index", str(source)[:40])
        if source in names or source in RESERVED:
            raise RecipeError(path, "index", source)
        return source

    def _expression(self, source, names, path, depth):
        try:
            return parse(source, names)
        except ExpressionError as error:
            raise RecipeError(path, error.code, error.detail) from None

    def _number(self, source, names, path, depth):
        if isinstance(source, int | float) and not isinstance(source, bool):
            # Written so that it refuses what is not a number as well.
            if not abs(source) <= MAX_LENGTH:
                raise RecipeError(path, "range")
            return float(source)
        return self._expression(source, names, path, depth)

    def _numbers(self, source, count, names, path, depth):
        if not isinstance(source, list) or len(source) != count:
            raise RecipeError(path, "type")
        return [
            self._number(item, names, f"{path}/{index}", depth)
            for index, item in enumerate(source)
        ]

    def _vector(self, source, names, path, depth):
        return self._numbers(source, 3, names, path, depth)

    def _pair(self, source, names, path, depth):
        return self._numbers(source, 2, names, path, depth)

    def _points(self, source, names, path, depth):
        if not isinstance(source, list) or not 3 <= len(source) <= MAX_POINTS:
            raise RecipeError(path, "points", str(MAX_POINTS))
        return [
            self._pair(item, names, f"{path}/{index}", depth)
            for index, item in enumerate(source)
        ]

    def _flag(self, source, names, path, depth):
        if not isinstance(source, bool):
            raise RecipeError(path, "type")
        return source

    def _segments(self, source, names, path, depth):
        if isinstance(source, bool) or not isinstance(source, int | float):
            raise RecipeError(path, "type")
        if not 3 <= source <= MAX_SEGMENTS or math.floor(source) != source:
            raise RecipeError(path, "size", str(MAX_SEGMENTS))
        return int(source)

    def _color(self, source, names, path, depth):
        if isinstance(source, str) and COLOR.fullmatch(source):
            return ["lit", source.lower()]
        return self._expression(source, names, path, depth)

    def _name(self, source, names, path, depth):
        if not isinstance(source, str) or not NAME.fullmatch(source):
            raise RecipeError(path, "type", str(source)[:40])
        return source
