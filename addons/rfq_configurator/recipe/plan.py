"""From a compiled recipe and values to a plan: shapes with numbers, nothing else."""

import hashlib
import json
import re

from ..expression import (
    ExpressionError,
    as_boolean,
    as_number,
    as_text,
    compile_tree,
)
from .errors import RecipeError
from .language import MAX_LENGTH, MAX_REPEAT, MAX_SHAPES, MAX_TRIANGLES, SEGMENTS

COLOR = re.compile(r"#[0-9a-f]{6}")
STANDARD_COLOR = ["lit", "#b0b0b0"]


def plan_recipe(recipe, values):
    """The plan for `values`, which are those of an evaluated definition.

    A dict of `parts` and `labels`. A shape is a list: its kind, then its numbers and
    the shapes it is made of. Parts of which nothing is left are left out, and labels
    without a text.
    """
    return _Planner(values).plan(recipe)


def geometry_hash(plan):
    """The fingerprint of a model; the same for values that lead to the same model."""
    content = json.dumps(plan, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


class _Planner:
    def __init__(self, values):
        self.values = dict(values)
        # What is repeated evaluates the same trees again and again.
        self.functions = {}
        self.shapes = 0
        self.triangles = 0

    def plan(self, recipe):
        plan = {"parts": [], "labels": []}
        for index, part in enumerate(recipe["parts"]):
            path = f"parts/{index}"
            shape = self.shape(part["shape"], f"{path}/shape")
            if shape:
                opacity = self.fraction(part, "opacity", 1.0, path)
                looks = {"opacity": opacity, **self.looks(part, path)}
                plan["parts"].append({"name": part["name"], "shape": shape, **looks})
        for index, label in enumerate(recipe["labels"]):
            planned = self.label(label, f"labels/{index}")
            if planned:
                plan["labels"].append(planned)
        return plan

    def label(self, label, path):
        try:
            text = as_text(self.evaluate(label["text"]))
        except ExpressionError as error:
            if error.code == "unset":
                return None
            raise RecipeError(f"{path}/text", error.code, error.detail) from None
        return {
            "name": label["name"],
            "text": text,
            "size": self.positives(label["size"], f"{path}/size"),
            "at": self.numbers(label["at"], f"{path}/at"),
            "rotate": self.numbers(label.get("rotate", [0, 0, 0]), f"{path}/rotate"),
            **self.looks(label, path),
        }

    def looks(self, item, path):
        color = self.value(item.get("color", STANDARD_COLOR), f"{path}/color", as_text)
        if not COLOR.fullmatch(color):
            raise RecipeError(f"{path}/color", "color", color[:40])
        return {
            "color": color,
            "roughness": self.fraction(item, "roughness", 0.7, path),
            "metalness": self.fraction(item, "metalness", 0.0, path),
        }

    # Numbers

    def evaluate(self, tree):
        function = self.functions.get(id(tree))
        if function is None:
            function = self.functions[id(tree)] = compile_tree(tree)
        return function(self.values)

    def value(self, quantity, path, convert):
        """A number that stands in the recipe, or the value of an expression."""
        if not isinstance(quantity, list):
            return as_number(quantity)
        try:
            return convert(self.evaluate(quantity))
        except ExpressionError as error:
            raise RecipeError(path, error.code, error.detail) from None

    def number(self, quantity, path):
        number = self.value(quantity, path, as_number)
        if abs(number) > MAX_LENGTH:
            raise RecipeError(path, "range")
        return number

    def positive(self, quantity, path):
        number = self.number(quantity, path)
        if number <= 0:
            raise RecipeError(path, "positive")
        return number

    def numbers(self, quantities, path):
        return [self.number(q, f"{path}/{i}") for i, q in enumerate(quantities)]

    def positives(self, quantities, path):
        return [self.positive(q, f"{path}/{i}") for i, q in enumerate(quantities)]

    def fraction(self, item, key, standard, path):
        number = self.number(item.get(key, standard), f"{path}/{key}")
        return min(max(number, 0.0), 1.0)

    # Shapes. None is a shape of which nothing is left.

    def shape(self, shape, path):
        return getattr(self, f"_{shape['type']}")(shape, path)

    def spend(self, triangles, path):
        self.shapes += 1
        self.triangles += triangles
        if self.shapes > MAX_SHAPES:
            raise RecipeError(path, "size", str(MAX_SHAPES))
        if self.triangles > MAX_TRIANGLES:
            raise RecipeError(path, "triangles", str(MAX_TRIANGLES))

    def _box(self, shape, path):
        self.spend(12, path)
        size = self.positives(shape["size"], f"{path}/size")
        return ["box", size, shape.get("center", False)]

    def _cylinder(self, shape, path):
        segments = shape.get("segments", SEGMENTS)
        self.spend(4 * segments, path)
        height = self.positive(shape["height"], f"{path}/height")
        radius = self.positive(shape["radius"], f"{path}/radius")
        top = radius
        if "radius_top" in shape:
            top = self.number(shape["radius_top"], f"{path}/radius_top")
            if top < 0:
                raise RecipeError(f"{path}/radius_top", "positive")
        center = shape.get("center", False)
        return ["cylinder", height, radius, top, segments, center]

    def _sphere(self, shape, path):
        segments = shape.get("segments", SEGMENTS)
        self.spend(segments * segments // 2 + 8, path)
        return ["sphere", self.positive(shape["radius"], f"{path}/radius"), segments]

    def profile(self, profile, path):
        """The pair of a profile with its numbers and how many points it has."""
        kind = profile["type"]
        if kind == "polygon":
            points = [
                self.numbers(point, f"{path}/points/{index}")
                for index, point in enumerate(profile["points"])
            ]
            return ["polygon", points], len(points)
        segments = profile.get("segments", SEGMENTS)
        if kind == "circle":
            radius = self.positive(profile["radius"], f"{path}/radius")
            return ["circle", radius, segments], segments
        size = self.positives(profile["size"], f"{path}/size")
        radius = self.number(profile.get("radius", 0), f"{path}/radius")
        radius = min(max(radius, 0.0), size[0] / 2, size[1] / 2)
        if radius == 0:
            return ["rectangle", size, 0.0, 0], 4
        return ["rectangle", size, radius, segments], segments + 4

    def _extrude(self, shape, path):
        profile, points = self.profile(shape["profile"], f"{path}/profile")
        self.spend(4 * points, path)
        return ["extrude", profile, self.positive(shape["height"], f"{path}/height")]

    def _revolve(self, shape, path):
        segments = shape.get("segments", SEGMENTS)
        profile, points = self.profile(shape["profile"], f"{path}/profile")
        self.spend(2 * points * segments, path)
        angle = self.positive(shape.get("angle", 360), f"{path}/angle")
        return ["revolve", profile, segments, min(angle, 360.0)]

    def _transformed(self, shape, path):
        by = self.numbers(shape["by"], f"{path}/by")
        if shape["type"] == "scale" and 0 in by:
            raise RecipeError(f"{path}/by", "positive")
        inner = self.shape(shape["shape"], f"{path}/shape")
        return inner and [shape["type"], by, inner]

    _translate = _rotate = _scale = _transformed

    def all(self, shapes, path):
        return [self.shape(shape, f"{path}/{i}") for i, shape in enumerate(shapes)]

    def _union(self, shape, path):
        return _union(self.all(shape["shapes"], f"{path}/shapes"))

    def _difference(self, shape, path):
        first, *others = self.all(shape["shapes"], f"{path}/shapes")
        others = [other for other in others if other]
        return ["difference", [first, *others]] if first and others else first

    def _intersection(self, shape, path):
        shapes = self.all(shape["shapes"], f"{path}/shapes")
        if not all(shapes):
            return None
        return ["intersection", shapes] if len(shapes) > 1 else shapes[0]

    def _repeat(self, shape, path):
        count = self.number(shape["count"], f"{path}/count")
        if count < 0 or count > MAX_REPEAT or count % 1:
            raise RecipeError(f"{path}/count", "count", str(MAX_REPEAT))
        shapes = []
        for number in range(int(count)):
            self.values[shape["index"]] = float(number)
            # Counted even if nothing comes of it: it takes its time as well.
            self.spend(0, path)
            shapes.append(self.shape(shape["shape"], f"{path}/shape"))
        self.values.pop(shape["index"], None)
        return _union(shapes)

    def _choose(self, shape, path):
        if self.value(shape["if"], f"{path}/if", as_boolean):
            return self.shape(shape["then"], f"{path}/then")
        return self.shape(shape["else"], f"{path}/else") if "else" in shape else None


def _union(shapes):
    shapes = [shape for shape in shapes if shape]
    if len(shapes) > 1:
        return ["union", shapes]
    return shapes[0] if shapes else None
