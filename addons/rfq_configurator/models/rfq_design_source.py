import re

from odoo import models
from odoo.exceptions import ValidationError

from ..definition import Definition, DefinitionError, compile_definition
from ..expression import ExpressionError, parse
from ..recipe import RecipeError, compile_recipe, read_recipe


class RfqDesign(models.Model):
    """From what a seller wrote to what is published."""

    _inherit = "rfq.design"

    def _compile(self, langs=()):
        """Return the definition, ready to be published (single record).

        :param langs: codes of languages; without, words are in that of the context
        :rtype: dict
        :raise ValidationError: when something in it is wrong, with the place
        """
        self.ensure_one()

        def words(record, name):
            return self._get_words(record, name, langs)

        source = {
            "parameters": [one._prepare_source(words) for one in self.parameter_ids],
            "rules": [one._prepare_source(words) for one in self.rule_ids],
        }
        try:
            definition = compile_definition(source)
        except DefinitionError as error:
            raise ValidationError(self._describe_definition_error(error)) from None
        codes = [parameter["code"] for parameter in source["parameters"]]
        if self.source == "recipe" and self.recipe:
            try:
                recipe = compile_recipe(read_recipe(self.recipe), codes)
            except RecipeError as error:
                raise ValidationError(self._describe_recipe_error(error)) from None
            definition["recipe"] = recipe
        self._compile_formula(codes)
        return definition

    def _compile_formula(self, codes):
        """Return the tree of the price formula, None without one (single record).

        :param codes: names that it may use
        :rtype: list | None
        :raise ValidationError: when it is no expression
        """
        self.ensure_one()
        # sudo: the formula is checked whoever saves the design; only its tree is used
        formula = self.sudo().price_formula
        if not formula or not formula.strip():
            return None
        try:
            return parse(formula, set(codes))
        except ExpressionError as error:
            raise ValidationError(
                self.env._(
                    "Price formula: %(problem)s",
                    problem=self._describe_code(error.code, error.detail),
                )
            ) from None

    def _get_draft_engine(self):
        """Return the definition as it is now, ready to be evaluated (single record).

        :rtype: Definition
        :raise ValidationError: when something in it is wrong
        """
        return Definition(self._compile())

    def _get_words(self, record, name, langs):
        """Return what a field says, by language where languages differ.

        :rtype: str | dict
        """
        texts = {
            lang: record.with_context(lang=lang)[name] or record[name] for lang in langs
        }
        if len(set(texts.values())) > 1:
            return texts
        return record[name]

    def _describe_definition_error(self, error):
        """Return where and what in a definition is wrong (single record).

        :param DefinitionError error: what the engine found
        :rtype: str
        """
        self.ensure_one()
        problem = self._describe_code(error.code, error.detail)
        place = re.match(r"(parameters|rules)/([0-9]+)", error.path)
        if not place:
            return self.env._("Design “%(name)s”: %(problem)s", **self._named(problem))
        index = int(place[2])
        if place[1] == "parameters":
            parameter = self.parameter_ids[index]
            return self.env._(
                "Parameter “%(name)s”: %(problem)s",
                name=parameter.label or parameter.code,
                problem=problem,
            )
        return self.env._(
            "Rule “%(name)s”: %(problem)s",
            name=self.rule_ids[index].expression,
            problem=problem,
        )

    def _named(self, problem):
        return {"name": self.name, "problem": problem}

    def _describe_recipe_error(self, error):
        """Return where and what in a recipe is wrong.

        :param RecipeError error: what the engine found
        :rtype: str
        """
        problem = self._describe_code(error.code, error.detail)
        if not error.path:
            return self.env._("Recipe: %(problem)s", problem=problem)
        return self.env._(
            "Recipe, at %(place)s: %(problem)s", place=error.path, problem=problem
        )

    def _describe_code(self, code, detail):
        """Return what a code of the engine means to an author.

        :rtype: str
        """
        meanings = {
            "syntax": self.env._("this is no expression"),
            "name": self.env._("there is no parameter of this code"),
            "type": self.env._("something else belongs here"),
            "range": self.env._("the number is too large"),
            "code": self.env._("this code can't be used"),
            "duplicate": self.env._("this is there twice"),
            "options": self.env._("a selection needs options"),
            "bounds": self.env._("the limits are not possible"),
            "step": self.env._("the number is between two steps or has more decimals"),
            "default": self.env._("the default is not possible"),
            "kind": self.env._("this is not possible here"),
            "target": self.env._("the rule needs a parameter or option that fits"),
            "cycle": self.env._("it goes round in a circle"),
            "size": self.env._("there is too much of it"),
            "cost": self.env._("so many choices and rules take too long"),
            "json": self.env._("this is no JSON"),
            "missing": self.env._("something is missing"),
            "unknown": self.env._("this is not known"),
            "depth": self.env._("too many levels"),
            "index": self.env._("this name can't count"),
            "points": self.env._("a polygon has from three to 500 points"),
        }
        meaning = meanings.get(code, code)
        if not detail:
            return meaning
        return self.env._("%(meaning)s (%(detail)s)", meaning=meaning, detail=detail)
