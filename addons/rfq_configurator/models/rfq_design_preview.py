from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RfqDesign(models.Model):
    """The live model beside what somebody is writing."""

    _inherit = "rfq.design"

    preview = fields.Json(
        compute="_compute_preview",
        groups="sales_team.group_sale_salesman",
        help="What customers would get if this was published now, or what is wrong.",
    )

    @api.depends(
        "name",
        "unit",
        "source",
        "recipe",
        "parameter_ids.code",
        "parameter_ids.type",
        "parameter_ids.label",
        "parameter_ids.default_value",
        "parameter_ids.minimum",
        "parameter_ids.maximum",
        "parameter_ids.step",
        "parameter_ids.decimals",
        "parameter_ids.unit",
        "parameter_ids.expression",
        "parameter_ids.max_length",
        "parameter_ids.required",
        "parameter_ids.sequence",
        "parameter_ids.option_ids.code",
        "parameter_ids.option_ids.label",
        "rule_ids.kind",
        "rule_ids.target_parameter_id",
        "rule_ids.target_option_id",
        "rule_ids.bound",
        "rule_ids.expression",
        "rule_ids.message",
        "rule_ids.severity",
    )
    @api.depends_context("lang")
    def _compute_preview(self):
        for design in self:
            design.preview = design._get_preview()

    def _get_preview(self):
        """Return what the component DesignPreview shows (single record).

        :rtype: dict
        """
        self.ensure_one()
        preview = {"name": self.name or "", "unit": self.unit}
        try:
            return {**preview, "definition": self._compile()}
        except ValidationError as error:
            return {**preview, "error": str(error)}
