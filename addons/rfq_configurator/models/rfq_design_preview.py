from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import model_file


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
        "model_file",
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
        if file := self._get_preview_file():
            preview["file"] = file
        try:
            return {**preview, "definition": self._compile()}
        except ValidationError as error:
            return {**preview, "error": str(error)}

    def _get_preview_file(self):
        """Return the uploaded model, once it is saved (single record).

        :return: ``kind`` and ``url``
        :rtype: dict | None
        """
        self.ensure_one()
        saved = self._origin
        content = saved._get_model_content() if self.source == "static" else b""
        if not content:
            return None
        stamp = int(saved.write_date.timestamp())
        return {
            "kind": model_file.recognise(content),
            "url": f"/web/content/{saved._name}/{saved.id}/model_file?unique={stamp}",
        }
