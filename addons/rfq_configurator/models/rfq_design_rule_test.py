import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RfqDesignRuleTest(models.Model):
    _name = "rfq.design.rule.test"
    _description = "Test of a Design's Rules"
    _order = "sequence, id"

    design_id = fields.Many2one(
        comodel_name="rfq.design",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="design_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    inputs = fields.Text(
        string="Values",
        default="{}",
        required=True,
        help='What differs from the defaults, as JSON: {"width": 2100}.',
    )
    expected = fields.Selection(
        selection=[("valid", "Can be sent"), ("invalid", "Can't be sent")],
        required=True,
        default="valid",
    )
    outcome = fields.Selection(
        selection=[
            ("passed", "Passed"),
            ("failed", "Failed"),
            ("unknown", "Can't be run"),
        ],
        compute="_compute_outcome",
    )

    @api.depends("inputs", "expected", "design_id.parameter_ids", "design_id.rule_ids")
    def _compute_outcome(self):
        for design, tests in self.grouped("design_id").items():
            try:
                engine = design._get_draft_engine()
            except ValidationError:
                tests.outcome = "unknown"
                continue
            for test in tests:
                test.outcome = "passed" if test._passes(engine) else "failed"

    @api.constrains("inputs")
    def _check_inputs(self):
        for test in self:
            test._read_inputs()

    def _read_inputs(self):
        """Return the values of the test (single record).

        :rtype: dict
        :raise ValidationError: when they are no JSON object
        """
        self.ensure_one()
        try:
            inputs = json.loads(self.inputs)
        except (ValueError, RecursionError):
            inputs = None
        if not isinstance(inputs, dict):
            raise ValidationError(
                self.env._(
                    "Test “%(name)s”: values are written like %(example)s.",
                    name=self.name,
                    example='{"width": 2100}',
                )
            )
        return inputs

    def _passes(self, engine):
        """Return whether the rules do what the test expects (single record).

        :param engine: `Definition`
        :rtype: bool
        """
        self.ensure_one()
        try:
            inputs = self._read_inputs()
        except ValidationError:
            return False
        return engine.evaluate(inputs)["valid"] == (self.expected == "valid")
