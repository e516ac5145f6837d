"""From a plan to triangles, by manifold3d."""

import math

import manifold3d
from manifold3d import Manifold

from .errors import RecipeError
from .language import MAX_BUILT_TRIANGLES

# Edges that are bent less are drawn round.
SHARP_DEGREES = 40


def build_meshes(plan):
    """The parts of a plan as dicts of their looks, `positions`, `normals` and
    `triangles`: arrays of NumPy, in the units of the recipe, z up."""
    meshes, count = [], 0
    for part in plan["parts"]:
        solid = _build(part["shape"])
        if solid.status() != manifold3d.Error.NoError:
            raise RecipeError(part["name"], "shape", solid.status().name)
        count += solid.num_tri()
        if count > MAX_BUILT_TRIANGLES:
            raise RecipeError(part["name"], "triangles", str(MAX_BUILT_TRIANGLES))
        if solid.is_empty():
            continue
        mesh = solid.calculate_normals(0, SHARP_DEGREES).to_mesh()
        looks = {key: value for key, value in part.items() if key != "shape"}
        meshes.append(
            {
                **looks,
                "positions": mesh.vert_properties[:, :3],
                "normals": mesh.vert_properties[:, 3:6],
                "triangles": mesh.tri_verts,
            }
        )
    if not meshes:
        raise RecipeError("parts", "empty")
    return meshes


def _build(shape):
    kind, *arguments = shape
    return BUILDERS[kind](*arguments)


def _outline(profile):
    """The points of a profile."""
    kind, *arguments = profile
    if kind == "polygon":
        return arguments[0]
    if kind == "circle":
        radius, segments = arguments
        return _arc(0.0, 0.0, radius, 0.0, 2 * math.pi, segments)[:-1]
    (width, height), radius, segments = arguments
    if not radius:
        x, y = width / 2, height / 2
        return [[-x, -y], [x, -y], [x, y], [-x, y]]
    x, y = width / 2 - radius, height / 2 - radius
    points, quarter = [], max(1, segments // 4)
    corners = ((x, y), (-x, y), (-x, -y), (x, -y))
    for number, (center_x, center_y) in enumerate(corners):
        start = number * math.pi / 2
        points += _arc(center_x, center_y, radius, start, math.pi / 2, quarter)
    return points


def _arc(x, y, radius, start, angle, count):
    turns = [start + angle * step / count for step in range(count + 1)]
    return [[x + radius * math.cos(t), y + radius * math.sin(t)] for t in turns]


def _section(profile):
    fill = manifold3d.FillRule.NonZero
    return manifold3d.CrossSection([_outline(profile)], fill)


def _combine(operation):
    def combine(shapes):
        operator = getattr(manifold3d.OpType, operation)
        return Manifold.batch_boolean([*map(_build, shapes)], operator)

    return combine


BUILDERS = {
    "box": lambda size, center: Manifold.cube(size, center),
    "cylinder": lambda *arguments: Manifold.cylinder(*arguments),
    "sphere": lambda *arguments: Manifold.sphere(*arguments),
    "extrude": lambda profile, height: Manifold.extrude(_section(profile), height),
    "revolve": lambda profile, segments, angle: Manifold.revolve(
        _section(profile), segments, angle
    ),
    "translate": lambda by, shape: _build(shape).translate(by),
    "rotate": lambda by, shape: _build(shape).rotate(by),
    "scale": lambda by, shape: _build(shape).scale(by),
    "union": _combine("Add"),
    "difference": _combine("Subtract"),
    "intersection": _combine("Intersect"),
}
