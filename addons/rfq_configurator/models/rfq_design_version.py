from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import get_lang, ormcache

from ..definition import Definition
from ..expression import ExpressionError, as_number, compile_tree
from ..recipe import RecipeError, geometry_hash, plan_recipe

TEXT_KEYS = ("label", "help", "group", "message")


class RfqDesignVersion(models.Model):
    """What was published. It never changes: requests and orders refer to it."""

    _name = "rfq.design.version"
    _description = "Published Version of a Design"
    _rec_name = "number"
    _order = "number desc, id desc"

    design_id = fields.Many2one(
        comodel_name="rfq.design",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="design_id.company_id", store=True)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    definition = fields.Json(required=True, readonly=True)
    formula_tree = fields.Json(readonly=True, groups="sales_team.group_sale_salesman")
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    model_file = fields.Binary(attachment=True, readonly=True)
    picture = fields.Binary(
        attachment=True, readonly=True, help="Of the model as its defaults make it."
    )
    create_date = fields.Datetime(string="Published on")
    create_uid = fields.Many2one(comodel_name="res.users", string="Published by")

    _number_uniq = models.UniqueIndex(
        "(design_id, number)", "This version was published at the same moment."
    )

    @api.depends("number", "design_id.name")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(design)s, version %(number)s",
                design=version.design_id.name,
                number=version.number,
            )

    def write(self, vals):
        if self:
            raise UserError(self.env._("What was published can't be changed any more."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was published is kept."))

    # === ENGINE ===

    @ormcache("self.id")
    def _get_engine(self):
        """Return the definition, ready to be evaluated (single record).

        :rtype: Definition
        """
        # sudo: who may see the design was checked by the caller
        return Definition(self.sudo().definition)

    @ormcache("self.id")
    def _get_facts(self):
        """Return what is short in the definition: unit, source, model (single record).
        It is cached, so nobody may change it.

        :rtype: dict
        """
        # sudo: who may see the design was checked by the caller
        definition = self.sudo().definition
        return {key: definition.get(key) for key in ("unit", "source", "model")}

    @ormcache("self.id", "lang")
    def _get_public_definition(self, lang):
        """Return what browsers evaluate, in one language (single record). It is cached,
        so nobody may change it.

        :param str lang: code of the language
        :rtype: dict
        """
        # sudo: who may see the design was checked by the caller
        definition = self.sudo().definition
        keys = ("parameters", "rules", "recipe")
        return _speak({key: definition[key] for key in keys if key in definition}, lang)

    def _evaluate(self, inputs):
        """Return what follows from a visitor's choices (single record).

        What customers don't see they don't choose either.

        :param inputs: values or texts, as a form or JSON sent them
        :rtype: dict
        """
        self.ensure_one()
        engine = self._get_engine()
        inputs = {
            code: value
            for code, value in (inputs if isinstance(inputs, dict) else {}).items()
            if engine.parameters.get(code, {}).get("customer_visible") is not False
        }
        return engine.evaluate(inputs, self._get_decimal_point())

    def _get_lang(self):
        return get_lang(self.env).code

    def _is_same(self, definition, tree):
        """Return whether publishing would change nothing (single record or none).

        :rtype: bool
        """
        return bool(self) and (
            self.definition == {**definition, "version": self.number}
            and (self.formula_tree or None) == tree
        )

    def _get_price(self, values):
        """Return the unit price by the formula; None when there is none (single
        record).

        :param dict values: of the evaluated definition
        :rtype: float | None
        """
        self.ensure_one()
        # sudo: the formula is not for customers, its result is kept by the caller
        version_sudo = self.sudo()
        if not version_sudo.formula_tree:
            return None
        try:
            price = as_number(compile_tree(version_sudo.formula_tree)(values))
        except ExpressionError:
            return None
        price = version_sudo.design_id.currency_id.round(price)
        return price if price > 0 else None

    def _map_inputs(self, inputs):
        """Return those of a customer's choices that fit this version (single record).

        :param dict inputs: choices made for another version
        :rtype: dict
        """
        self.ensure_one()
        inputs = inputs if isinstance(inputs, dict) else {}
        result = self._evaluate(inputs)
        refused = {
            issue["parameter"]
            for issue in result["issues"]
            if issue["rule"] is None and issue["severity"] == "error"
        }
        return {
            code: value
            for code, value in inputs.items()
            if code in result["values"] and code not in refused
        }

    def _get_decimal_point(self):
        return get_lang(self.env).decimal_point

    @api.model
    def _read_binary(self, record, name):
        """Return the bytes of a binary field that is an attachment (single record).

        :rtype: bytes
        """
        # sudo: attachments of fields are read with their record, which the caller has
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", record._name),
                    ("res_field", "=", name),
                    ("res_id", "=", record.id),
                ],
                limit=1,
            )
        )
        return attachment_sudo.raw or b""

    def _get_plan(self, values):
        """Return the plan of the model for values, None if there is none (single
        record).

        :param dict values: of the evaluated definition
        :rtype: dict | None
        """
        self.ensure_one()
        # sudo: a version is not for customers, its model is what they see
        recipe = self.sudo().definition.get("recipe")
        if not recipe:
            return None
        try:
            return plan_recipe(recipe, values)
        except RecipeError:
            return None

    def _get_geometry_hash(self, values):
        plan = self._get_plan(values)
        return plan and geometry_hash(plan)


def _speak(item, lang):
    """`item` with all that is in several languages in one of them."""
    if isinstance(item, list):
        return [_speak(one, lang) for one in item]
    if not isinstance(item, dict):
        return item
    return {
        key: _choose(value, lang) if key in TEXT_KEYS else _speak(value, lang)
        for key, value in item.items()
    }


def _choose(words, lang):
    if not isinstance(words, dict):
        return words
    return words.get(lang) or words.get("en_US") or next(iter(words.values()))
