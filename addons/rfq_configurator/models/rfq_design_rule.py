from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError


class RfqDesignRule(models.Model):
    _name = "rfq.design.rule"
    _description = "Rule of a Design"
    _rec_name = "expression"
    _order = "sequence, id"

    design_id = fields.Many2one(
        comodel_name="rfq.design",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="design_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("require", "Must be true"),
            ("visible", "Shown when"),
            ("option", "Option possible when"),
            ("limit", "Limit is"),
            ("default", "Suggest"),
        ],
        required=True,
        default="require",
    )
    target_parameter_id = fields.Many2one(
        comodel_name="rfq.design.parameter",
        string="Parameter",
        ondelete="cascade",
        index=True,
        domain="[('design_id', '=', design_id), ('type', '!=', 'derived')]",
    )
    target_option_id = fields.Many2one(
        comodel_name="rfq.design.option",
        string="Option",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('parameter_id', '=', target_parameter_id)]",
    )
    bound = fields.Selection(
        selection=[("min", "Least"), ("max", "Greatest")],
        default="max",
    )
    expression = fields.Text(required=True)
    message = fields.Char(
        translate=True, help="What customers read when the rule is broken."
    )
    severity = fields.Selection(
        selection=[("error", "Error"), ("warning", "Warning")],
        required=True,
        default="error",
        help="Requests with warnings can be sent.",
    )

    @api.constrains("target_parameter_id", "target_option_id", "design_id")
    def _check_target(self):
        for rule in self:
            parameter = rule.target_parameter_id
            option = rule.target_option_id
            if (parameter and parameter.design_id != rule.design_id) or (
                option and option.parameter_id != parameter
            ):
                raise ValidationError(
                    self.env._("A rule is about parameters of its own design.")
                )

    def _prepare_source(self, words):
        """Return the rule as the engine compiles it (single record).

        :param words: function that returns what a field says to people
        :rtype: dict
        """
        self.ensure_one()
        source = {"kind": self.kind, "expression": self.expression}
        if self.kind in ("require", "option", "limit"):
            source["severity"] = self.severity
            if self.message:
                source["message"] = words(self, "message")
        if self.kind != "require":
            source["target"] = self.target_parameter_id.code or None
        if self.kind == "option":
            source["option"] = self.target_option_id.code or None
        if self.kind == "limit":
            source["bound"] = self.bound
        return source

    def _prepare_copies(self, design):
        """Return the commands that give a copied design the same rules.

        :param design: the copy of the rules' design, with its parameters
        :rtype: list
        """
        parameters = {parameter.code: parameter for parameter in design.parameter_ids}
        commands = []
        for rule, vals in zip(self, self.copy_data(), strict=True):
            parameter = parameters.get(rule.target_parameter_id.code)
            option = parameter and parameter.option_ids.filtered(
                lambda option, code=rule.target_option_id.code: option.code == code
            )
            vals |= {
                "target_parameter_id": parameter and parameter.id,
                "target_option_id": option and option.id,
            }
            vals.pop("design_id", None)
            commands.append(Command.create(vals))
        return commands
