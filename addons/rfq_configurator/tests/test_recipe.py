import io
import json
import struct
import time
from random import Random

from PIL import Image

from odoo.tests import tagged
from odoo.tools.misc import file_path

from odoo.addons.rfq_configurator.definition import Definition, compile_definition
from odoo.addons.rfq_configurator.recipe import (
    RecipeError,
    build_files,
    build_picture,
    compile_recipe,
    geometry_hash,
    is_available,
    plan_recipe,
    read_recipe,
)
from odoo.addons.rfq_configurator.recipe.files import write_stl
from odoo.addons.rfq_configurator.recipe.mesh import build_meshes

from .common import EngineCase, read_vectors

BOX = {"type": "box", "size": [10, 20, 30]}
DEMOS = ("table", "memorial", "bracket")


def recipe_of(shape, **part):
    return {"parts": [{"name": "part", "shape": shape, **part}]}


def read_demo(name):
    path = file_path(f"rfq_configurator/demo/designs/{name}.json")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def read_glb(content):
    """The JSON of a GLB and its binary part, after a look at its frame."""
    magic, version, length = struct.unpack_from("<4sII", content)
    size, kind = struct.unpack_from("<I4s", content, 12)
    assert (magic, version, length, kind) == (b"glTF", 2, len(content), b"JSON")
    binary_size, kind = struct.unpack_from("<I4s", content, 20 + size)
    assert (28 + size + binary_size, kind) == (length, b"BIN\0")
    return json.loads(content[20 : 20 + size]), content[28 + size :]


def bounds(gltf, mesh=0):
    accessor = gltf["meshes"][mesh]["primitives"][0]["attributes"]["POSITION"]
    found = gltf["accessors"][accessor]
    return [[round(x, 4) for x in found[key]] for key in ("min", "max")]


def plan_of_demo(name, **inputs):
    design = read_demo(name)
    definition = Definition(compile_definition(design))
    recipe = compile_recipe(design["recipe"], definition.parameters)
    return plan_recipe(recipe, definition.evaluate(inputs)["values"])


def volume(stl):
    """What the triangles of an STL enclose; wrong if any of them looks inside."""
    (count,) = struct.unpack_from("<I", stl, 80)
    total = 0.0
    for index in range(count):
        a, b, c, d, e, f, g, h, i = struct.unpack_from("<12x9f2x", stl, 84 + 50 * index)
        total += a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return total / 6


@tagged("post_install", "-at_install")
class TestRecipe(EngineCase):
    def files(self, recipe, unit="mm", **values):
        return build_files(plan_recipe(compile_recipe(recipe, values), values), unit)

    def assertRefused(self, code, path, function, *args, **values):
        with self.assertRaises(RecipeError) as caught:
            function(*args, **values)
        self.assertEqual((caught.exception.code, caught.exception.path), (code, path))

    def refused(self, code, path, shape, **part):
        recipe = recipe_of(shape, **part)
        self.assertRefused(code, path, compile_recipe, recipe, {"width"})

    def test_vectors_have_the_same_plans_in_both_languages(self):
        vectors = read_vectors("recipe")
        values, recipes, cases = vectors["values"], [], []
        for name, shape, expected in vectors["shapes"]:
            with self.subTest(name):
                recipe = compile_recipe(recipe_of(shape), values)
                try:
                    plan = plan_recipe(recipe, values)
                    got = plan["parts"][0]["shape"] if plan["parts"] else None
                except RecipeError as error:
                    plan = got = {"error": error.code, "path": error.path}
                self.assertEqual(got, expected)
                cases.append([len(recipes), values, plan])
                recipes.append(recipe)
        self.assertSameInJavascript("plan", recipes=recipes, cases=cases)

    def test_designs_of_the_demo_have_the_same_plans_in_both_languages(self):
        random, recipes, cases = Random(7), [], []
        for index, name in enumerate(DEMOS):
            design = read_demo(name)
            definition = Definition(compile_definition(design))
            recipes.append(compile_recipe(design["recipe"], definition.parameters))
            for _ in range(40):
                values = definition.evaluate(self._random_inputs(definition, random))
                plan = plan_recipe(recipes[index], values["values"])
                cases.append([index, values["values"], plan])
        self.assertSameInJavascript("plan", recipes=recipes, cases=cases)

    def _random_inputs(self, definition, random):
        inputs = {}
        for code, parameter in definition.parameters.items():
            if parameter["type"] in ("integer", "float"):
                inputs[code] = random.uniform(parameter["min"], parameter["max"])
            elif parameter["type"] == "selection":
                inputs[code] = random.choice(parameter["options"])["code"]
            elif parameter["type"] == "boolean":
                inputs[code] = random.random() < 0.5
        return inputs

    def test_designs_of_the_demo_pass_their_own_tests_and_can_be_built(self):
        for name in DEMOS:
            design = read_demo(name)
            definition = Definition(compile_definition(design))
            recipe = compile_recipe(design["recipe"], definition.parameters)
            self.assertTrue(5 <= len(definition.parameters) <= 15, name)
            for test in design["tests"]:
                with self.subTest(design=name, test=test["name"]):
                    result = definition.evaluate(test["values"])
                    self.assertEqual(result["valid"], test["valid"], result["issues"])
                    self.assertFalse(result["faults"])
                    if result["valid"]:
                        plan = plan_recipe(recipe, result["values"])
                        files = build_files(plan, design["unit"])
                        self.assertGreater(volume(files["stl"]), 0)
                        read_glb(files["glb"])

    def test_picture_shows_the_nearest_part(self):
        """A red plate stands before a larger green one, with glass before both."""

        def plate(width, y):
            box = {"type": "box", "size": [width, 1, width], "center": True}
            return {"type": "translate", "by": [0, y, 0], "shape": box}

        parts = [
            {"name": "red", "shape": plate(40, -2), "color": "#ff0000"},
            {"name": "green", "shape": plate(200, 0), "color": "#00ff00"},
        ]
        glass = {"name": "glass", "shape": plate(20, -4), "opacity": 0.5}

        def middle(parts):
            plan = plan_recipe(compile_recipe({"parts": parts}, {}), {})
            picture = Image.open(io.BytesIO(build_picture(plan)))
            self.assertEqual(picture.size, (640, 480))
            return picture.getpixel((320, 240)), picture.getpixel((2, 2))

        (red, green, _blue), background = middle(parts)
        self.assertGreater(red, 4 * green)
        self.assertEqual(background, (245, 245, 245))
        self.assertEqual(middle(parts), middle(parts[::-1]))
        (red, green, _blue), _background = middle([*parts, glass])
        self.assertGreater(red, green)
        self.assertGreater(green, 10)

    def test_looks_follow_expressions(self):
        recipe = compile_recipe(
            recipe_of(BOX, color="color", opacity="depth"),
            {"color", "depth"},
        )
        (part,) = plan_recipe(recipe, {"color": "#ff0000", "depth": 7.0})["parts"]
        self.assertEqual((part["color"], part["opacity"]), ("#ff0000", 1.0))
        self.assertRefused(
            "color",
            "parts/0/color",
            plan_recipe,
            recipe,
            {"color": "red", "depth": 1.0},
        )
        literal = compile_recipe(recipe_of(BOX, color="#C8A26A"), ())
        self.assertEqual(plan_recipe(literal, {})["parts"][0]["color"], "#c8a26a")

    def test_labels_carry_what_the_customer_wrote(self):
        label = {"name": "words", "text": "words", "size": [40, 8], "at": [0, -5, 20]}
        recipe = recipe_of(BOX)
        recipe["labels"] = [{**label, "rotate": [90, 0, 0]}]
        gltf, _ = read_glb(self.files(recipe, words="Für 😀")["glb"])
        self.assertEqual(gltf["nodes"][1]["extras"]["text"], "Für 😀")
        # Upright, facing the front: from x, y, z in mm to x, z, -y in metres.
        self.assertEqual(bounds(gltf, 1), [[-0.02, 0.016, 0.005], [0.02, 0.024, 0.005]])
        gltf, _ = read_glb(self.files(recipe, words=None)["glb"])
        self.assertEqual(len(gltf["nodes"]), 1)

    def test_models_are_in_metres_and_upright(self):
        for unit, factor in (("mm", 1), ("cm", 10), ("in", 25.4)):
            gltf, _ = read_glb(self.files(recipe_of(BOX), unit)["glb"])
            size = [round(x * factor, 4) for x in (0.01, 0.03, 0.02)]
            expected = [[0, 0, -size[2]], [size[0], size[1], 0]]
            self.assertEqual(bounds(gltf), expected, unit)

    def test_what_is_built_has_the_right_volume(self):
        hole = {"type": "translate", "by": [5, 10, -1], "shape": {"type": "box"}}
        hole["shape"]["size"] = [2, 2, 40]
        moved = {"type": "translate", "by": [5, 0, 0], "shape": BOX}
        square = {"type": "rectangle", "size": [2, 3]}
        ring = {"type": "polygon", "points": [[4, 0], [6, 0], [6, 1], [4, 1]]}
        clockwise = {"type": "polygon", "points": [[0, 0], [0, 2], [2, 2], [2, 0]]}
        for shape, expected in (
            (BOX, 6000),
            ({"type": "difference", "shapes": [BOX, hole]}, 6000 - 4 * 30),
            ({"type": "union", "shapes": [BOX, moved]}, 9000),
            ({"type": "intersection", "shapes": [BOX, moved]}, 3000),
            ({"type": "scale", "by": [2, 1, -1], "shape": BOX}, 12000),
            ({"type": "rotate", "by": [20, 30, 40], "shape": BOX}, 6000),
            ({"type": "extrude", "profile": square, "height": 4}, 24),
            ({"type": "extrude", "profile": clockwise, "height": 4}, 16),
            ({"type": "cylinder", "height": 9, "radius": 2, "segments": 4}, 72),
            ({"type": "revolve", "profile": ring, "segments": 4}, 40),
            ({"type": "revolve", "profile": ring, "segments": 128}, 62.8066),
        ):
            with self.subTest(shape=shape):
                stl = self.files(recipe_of(shape))["stl"]
                self.assertAlmostEqual(volume(stl) / expected, 1, places=4)

    def test_round_corners_and_circles(self):
        rounded = {"type": "rectangle", "size": [10, 10], "radius": 2, "segments": 128}
        circle = {"type": "circle", "radius": 3, "segments": 128}
        for profile, area in ((rounded, 96.566), (circle, 28.263)):
            shape = {"type": "extrude", "profile": profile, "height": 1}
            stl = self.files(recipe_of(shape))["stl"]
            self.assertAlmostEqual(volume(stl), area, places=2)

    def test_nothing_left_of_a_model_is_an_error(self):
        apart = {"type": "translate", "by": [99, 0, 0], "shape": BOX}
        for shape in (
            {"type": "intersection", "shapes": [BOX, apart]},
            {"type": "difference", "shapes": [BOX, BOX]},
            {"type": "choose", "if": "False", "then": BOX},
        ):
            self.assertRefused("empty", "parts", self.files, recipe_of(shape))

    def test_a_polygon_that_crosses_itself_is_built_all_the_same(self):
        bow = {"type": "polygon", "points": [[0, 0], [2, 2], [2, 0], [0, 2]]}
        shape = {"type": "extrude", "profile": bow, "height": 1}
        self.assertAlmostEqual(volume(self.files(recipe_of(shape))["stl"]), 2)

    def test_recipes_that_are_refused(self):
        self.refused("type", "parts/0/shape/type", {"type": "teapot"})
        self.refused("type", "parts/0/shape/type", {"type": ["box"]})
        self.refused("type", "parts/0/shape/type", "box")
        self.refused("missing", "parts/0/shape/size", {"type": "box"})
        self.refused("type", "parts/0/shape/size", {"type": "box", "size": [1, 2]})
        self.refused("unknown", "parts/0/shape/colour", {**BOX, "colour": 1})
        self.refused("type", "parts/0/shape/center", {**BOX, "center": 1})
        path = "parts/0/shape/size/0"
        for code, size in (
            ("name", "height"),
            ("syntax", "__import__('os')"),
            ("syntax", "width.real"),
            ("syntax", True),
            ("syntax", None),
            ("syntax", ["lit", 1]),
            ("range", float("nan")),
            ("range", float("inf")),
            ("range", 10**400),
        ):
            self.refused(code, path, {"type": "box", "size": [size, 1, 1]})
        sphere = {"type": "sphere", "radius": 1}
        self.refused("size", "parts/0/shape/segments", {**sphere, "segments": 129})
        self.refused("size", "parts/0/shape/segments", {**sphere, "segments": 2})
        self.refused("size", "parts/0/shape/segments", {**sphere, "segments": 8.5})
        self.refused("type", "parts/0/shape/segments", {**sphere, "segments": "width"})
        self.refused("type", "parts/0/name", BOX, name="Top")
        repeat = {"type": "repeat", "count": 2, "shape": BOX}
        for index in ("width", "min", "I", 1, None):
            self.refused("index", "parts/0/shape/index", {**repeat, "index": index})
        within = {**repeat, "index": "i", "shape": {**repeat, "index": "i"}}
        self.refused("index", "parts/0/shape/shape/index", within)
        extrude = {"type": "extrude", "height": 1}
        polygon = {"type": "polygon", "points": [[0, 0]] * 501}
        path = "parts/0/shape/profile/points"
        self.refused("points", path, {**extrude, "profile": polygon})

    def test_sizes_of_recipes_are_limited(self):
        deep = BOX
        for _ in range(25):
            deep = {"type": "union", "shapes": [deep]}
        self.refused("depth", "parts/0/shape" + "/shapes/0" * 20, deep)
        wide = {"type": "union", "shapes": [BOX] * 600}
        self.refused("size", "parts/0/shape/shapes/499", wide)
        many = {"parts": recipe_of(BOX)["parts"] * 61}
        self.assertRefused("size", "parts", compile_recipe, many, ())
        for code, path, recipe in (
            ("missing", "parts", {}),
            ("missing", "parts", {"parts": []}),
            ("type", "", []),
            ("type", "parts", {"parts": {}}),
            ("type", "parts/0", {"parts": [1]}),
            ("unknown", "script", {"parts": [], "script": ""}),
        ):
            self.assertRefused(code, path, compile_recipe, recipe, ())

    def test_texts_that_are_no_recipes(self):
        self.assertEqual(read_recipe('{"parts": []}'), {"parts": []})
        self.assertRefused("json", "", read_recipe, '{"parts": [}')
        self.assertRefused("json", "", read_recipe, "")
        self.assertRefused("depth", "", read_recipe, "[" * 100_000)
        self.assertRefused("size", "", read_recipe, " " * 200_001)
        self.assertRefused("json", "", read_recipe, "[" + "9" * 5000 + "]")

    def test_the_same_model_has_the_same_fingerprint(self):
        recipe = compile_recipe(recipe_of({"type": "sphere", "radius": "a"}), {"a"})
        one, two, other = (
            geometry_hash(plan_recipe(recipe, {"a": a})) for a in (1, 1.0, 1.5)
        )
        self.assertEqual(one, two)
        self.assertNotEqual(one, other)

    def test_browsers_build_the_same_models(self):
        cases = []
        for plan in (
            *map(plan_of_demo, DEMOS),
            plan_of_demo("table", legs="square", shelf=True, corner_radius=0),
            plan_of_demo("memorial", form="slanted", vase=True),
        ):
            expected = []
            for mesh in build_meshes(plan):
                enclosed = float(f"{volume(write_stl([mesh])):.4g}")
                expected.append([mesh["name"], len(mesh["triangles"]), enclosed])
            cases.append([plan, expected])
        self.assertSameInJavascript("model", cases)

    def test_browsers_forget_the_models_they_built(self):
        self.assertSameInJavascript("growth", [[plan_of_demo("table"), 500, 0]])

    def test_the_table_is_built_quickly(self):
        self.assertTrue(is_available(), "requirements-dev.txt has manifold3d")
        design = read_demo("table")
        definition = Definition(compile_definition(design))
        recipe = compile_recipe(design["recipe"], definition.parameters)
        seconds = []
        for width in range(1600, 1700, 10):
            start = time.process_time()
            values = definition.evaluate({"width": width})["values"]
            build_files(plan_recipe(recipe, values))
            seconds.append(time.process_time() - start)
        self.assertLess(min(seconds), 0.1)
