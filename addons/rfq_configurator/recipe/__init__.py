"""Models as data: a recipe tells which shapes a design consists of.

A recipe is compiled once, planned for the values of a configuration, and built: on the
server by manifold3d when it is installed, in browsers by `static/src/engine/recipe.js`.
Up to the plan no geometry is involved, so that both make the same one. No Odoo in here.
"""

from importlib.util import find_spec

from .compile import compile_recipe, read_recipe
from .errors import RecipeError
from .plan import geometry_hash, plan_recipe


def is_available():
    """Whether this server can build models. Without, browsers still do."""
    return find_spec("manifold3d") is not None


def build_files(plan, unit="mm"):
    """The model of a plan as files: a dict with `glb` and `stl`, both bytes."""
    # Not at the top: they and NumPy take memory in every worker, most never need them.
    from .files import write_glb, write_stl
    from .mesh import build_meshes

    meshes = build_meshes(plan)
    return {"glb": write_glb(meshes, plan["labels"], unit), "stl": write_stl(meshes)}


def build_picture(plan):
    """The model of a plan as a PNG, None when it has too many triangles for one."""
    from .mesh import build_meshes
    from .picture import draw_picture

    return draw_picture(build_meshes(plan))
