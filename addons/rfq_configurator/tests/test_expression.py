import os
import reprlib
from random import Random

from odoo.tests import tagged

from odoo.addons.rfq_configurator import expression

from .common import EngineCase, read_vectors
from .expression_cases import VALUES, random_text

# What JSON cannot carry.
SPECIAL = {"infinite": float("inf"), "nan": float("nan")}
CHUNK = 50000


def value_or_error(function, *args):
    try:
        return function(*args)
    except expression.ExpressionError as error:
        return {"error": error.code}


@tagged("post_install", "-at_install")
class TestExpression(EngineCase):
    def value(self, text, **values):
        return expression.evaluate(expression.parse(text), values)

    def assertCode(self, code, function, *args):
        with self.assertRaises(expression.ExpressionError) as caught:
            function(*args)
        self.assertEqual(caught.exception.code, code)

    def test_vectors_have_the_same_answers_in_both_languages(self):
        vectors = read_vectors("expression")
        values = {**vectors["values"], **SPECIAL}
        cases = []
        for group, texts in vectors["groups"].items():
            for text, expected in texts:
                with self.subTest(group=group, text=text):
                    tree = value_or_error(expression.parse, text, values)
                    got = tree
                    if isinstance(tree, list):
                        got = value_or_error(expression.evaluate, tree, values)
                        cases.append([tree, expected])
                    self.assertEqual(got, expected)
                    self.assertEqual(type(got) is bool, type(expected) is bool)
        self.assertSameInJavascript("expression", values=vectors["values"], cases=cases)

    def test_random_expressions_have_the_same_answers_in_both_languages(self):
        wanted = int(os.environ.get("OFFERDESK_EXPRESSION_CASES", 4000))
        random = Random(int(os.environ.get("OFFERDESK_EXPRESSION_SEED", 1)))
        for start in range(0, wanted, CHUNK):
            cases = []
            while len(cases) < min(CHUNK, wanted - start):
                text = random_text(random, random.randint(1, 5))
                tree = value_or_error(expression.parse, text)
                if isinstance(tree, list):
                    got = value_or_error(expression.evaluate, tree, VALUES)
                    cases.append([tree, got])
            self.assertSameInJavascript("expression", values=VALUES, cases=cases)

    def test_no_more_nodes_than_the_limit(self):
        self.assertIs(self.value("1 in (" + "2, " * 297 + "1)"), True)
        text = "1 in (" + "2, " * 298 + "1)"
        self.assertCode("syntax", expression.parse, text)

    def test_no_deeper_than_the_limit(self):
        self.assertIs(self.value("not " * 38 + "True"), True)
        self.assertCode("syntax", expression.parse, "not " * 40 + "True")

    def test_texts_of_any_size_and_kind_are_refused_at_once(self):
        for text in (
            "1" * 4001,
            "(" * 3000,
            "[" * 3000,
            "not " * 999 + "x",
            "-" * 3999 + "1",
            "9" * 4000,
            "x" + "[0" * 1500,
            "'" + "a" * 201 + "'",
            "'\ud800'",
            "1\0",
            "'\x07'",
            None,
            1,
            ["var", "x"],
        ):
            with self.subTest(text=repr(text)[:30]):
                self.assertCode("syntax", expression.parse, text)

    def test_trees_that_nobody_parsed_are_refused(self):
        deep = ["lit", 1]
        for _ in range(2000):
            deep = ["neg", deep]
        for tree in (
            None,
            [],
            "x",
            {},
            [["lit", 1]],
            ["lit"],
            ["lit", 1, 2],
            ["var", 3],
            ["neg"],
            ["neg", "x"],
            ["pow", ["lit", 1], ["lit", 2]],
            ["+", ["lit", 1]],
            ["cmp", ["<"], [["lit", 1]]],
            ["cmp", ["=<"], [["lit", 1], ["lit", 2]]],
            ["call", "open", [["lit", "x"]]],
            ["call", "abs", []],
            ["and", 3],
            deep,
        ):
            with self.subTest(tree=reprlib.repr(tree)):
                self.assertCode("syntax", expression.compile_tree, tree)

    def test_integers_beyond_floats_are_out_of_range(self):
        self.assertCode("range", lambda: self.value("x", x=10**400))
        self.assertEqual(self.value("x + 1", x=2), 3.0)

    def test_errors_name_what_was_met(self):
        with self.assertRaises(expression.ExpressionError) as caught:
            self.value("1 + glas")
        self.assertEqual(caught.exception.detail, "glas")
        with self.assertRaises(expression.ExpressionError) as caught:
            expression.parse("glas + 1", {"glass"})
        self.assertEqual(
            (caught.exception.code, caught.exception.detail), ("name", "glas")
        )

    def test_names_and_size_are_read_from_trees(self):
        tree = expression.parse("a + min(b, 2) if c in (d, 'e') and not f else -g < h")
        self.assertEqual(expression.names_in(tree), set("abcdfgh"))
        self.assertEqual(expression.count_nodes(tree), 17)
