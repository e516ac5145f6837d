import copy
import json
import time
from random import Random

from odoo.tests import tagged
from odoo.tools.misc import file_path

from odoo.addons.rfq_configurator.definition import (
    Definition,
    DefinitionError,
    compile_definition,
)
from odoo.addons.rfq_configurator.recipe import (
    RecipeError,
    compile_recipe,
    plan_recipe,
)

from .common import EngineCase

JUNK = (
    None,
    True,
    False,
    0,
    -1,
    1e308,
    -1e308,
    10**400,
    float("inf"),
    float("nan"),
    "",
    "x",
    "width",
    "1e400",
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "(" * 3000,
    "not " * 990 + "x",
    "[x for x in (1, 2)]",
    "9" * 3999,
    "\ud800",
    "\0",
    "é😀",
    "a" * 100_000,
    [],
    [[]] * 50,
    {},
    {"type": "box"},
    {"type": "repeat", "count": 1e6, "index": "i", "shape": {"type": "box"}},
    {"__class__": 1, "constructor": {"prototype": 1}},
    ["lit", 1],
    ["var", "width"],
)
VALUES = (float, str, bool, type(None))
# Of one attempt, on a machine that others use as well.
MAX_SECONDS = 5


@tagged("post_install", "-at_install")
class TestHostile(EngineCase):
    """Junk in place of anything is refused or harmless, and soon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path("rfq_configurator/demo/designs/table.json")
        with open(path, encoding="utf-8") as file:
            cls.design = json.load(file)
        cls.compiled = compile_definition(cls.design)
        cls.definition = Definition(cls.compiled)

    def _spoiled(self, source, random):
        """A copy with junk in one place."""
        spoiled = copy.deepcopy(source)
        node = spoiled
        while True:
            key = random.choice(range(len(node)) if type(node) is list else list(node))
            if not isinstance(node[key], list | dict) or not node[key]:
                break
            if random.random() < 0.1:
                break
            node = node[key]
        node[key] = random.choice(JUNK)
        return spoiled

    def _attempt(self, function, *args):
        start = time.thread_time()
        try:
            return function(*args)
        except (DefinitionError, RecipeError) as error:
            self.assertLess(len(f"{error.path} {error.code} {error.detail}"), 4500)
            return None
        finally:
            self.assertLess(time.thread_time() - start, MAX_SECONDS)

    def test_definitions(self):
        random, accepted = Random(11), 0
        source = {key: self.design[key] for key in ("parameters", "rules")}
        for _ in range(1200):
            compiled = self._attempt(compile_definition, self._spoiled(source, random))
            if compiled:
                accepted += 1
                Definition(compiled).evaluate({"material": "glass", "shelf": True})
        self.assertTrue(0 < accepted < 1200)

    def test_recipes(self):
        random, planned = Random(12), 0
        values = self.definition.evaluate({})["values"]
        for _ in range(1200):
            spoiled = self._spoiled(self.design["recipe"], random)
            recipe = self._attempt(compile_recipe, spoiled, self.definition.parameters)
            if recipe and self._attempt(plan_recipe, recipe, values):
                planned += 1
        self.assertTrue(0 < planned < 1200)

    def test_inputs(self):
        codes = [*self.definition.parameters, "price", "constructor", "__proto__"]
        random, cases = Random(13), []
        for _ in range(800):
            inputs = {code: random.choice(JUNK) for code in random.sample(codes, 4)}
            result = self._attempt(self.definition.evaluate, inputs)
            self.assertIn(result["valid"], (True, False))
            values = [*result["values"].values(), *result["canonical"].values()]
            self.assertTrue(all(type(v) in VALUES for v in values))
            json.dumps(result, allow_nan=False)
            # What JSON can carry is judged alike by browsers.
            if not any(_is_not_json(value) for value in inputs.values()):
                cases.append([0, inputs, None, result])
        self.assertGreater(len(cases), 200)
        self.assertSameInJavascript("definition", cases, definitions=[self.compiled])


def _is_not_json(value):
    """Numbers that other languages read as another one."""
    return isinstance(value, int | float) and (value != value or value == 10**400)
