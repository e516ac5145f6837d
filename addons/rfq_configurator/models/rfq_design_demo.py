import json

from odoo import Command, api, models
from odoo.tools.misc import file_open

PARAMETER_FIELDS = {
    "code": "code",
    "type": "type",
    "label": "label",
    "group": "group",
    "unit": "unit",
    "min": "minimum",
    "max": "maximum",
    "step": "step",
    "decimals": "decimals",
    "required": "required",
    "expression": "expression",
    "max_length": "max_length",
}


class RfqDesign(models.Model):
    """The demo's designs, made from the files that the engine is tested with."""

    _inherit = "rfq.design"

    @api.model
    def _create_from_file(self, name, **vals):
        """Create a design from one of the demo's files.

        :param str name: of the file
        :param vals: values of the design beside those of the file
        :return: a draft
        :rtype: recordset
        """
        path = f"rfq_configurator/demo/designs/{name}.json"
        with file_open(path, "r") as file:
            source = json.load(file)
        design = self.create(
            {
                "name": source["name"],
                "code": source["code"],
                "unit": source["unit"],
                "recipe": json.dumps(source["recipe"], indent=2),
                "parameter_ids": [
                    Command.create(self._prepare_demo_parameter(number, parameter))
                    for number, parameter in enumerate(source["parameters"])
                ],
                "test_ids": [
                    Command.create(
                        {
                            "name": test["name"],
                            "inputs": json.dumps(test["values"]),
                            "expected": "valid" if test["valid"] else "invalid",
                        }
                    )
                    for test in source["tests"]
                ],
                **vals,
            }
        )
        design.rule_ids = [
            Command.create(design._prepare_demo_rule(number, rule))
            for number, rule in enumerate(source["rules"])
        ]
        return design

    @api.model
    def _prepare_demo_parameter(self, number, source):
        vals = {
            field: source[key]
            for key, field in PARAMETER_FIELDS.items()
            if key in source
        }
        default = source.get("default")
        return {
            **vals,
            "sequence": number,
            "default_value": json.dumps(default)
            if isinstance(default, bool | int | float)
            else default,
            "option_ids": [
                Command.create({**option, "sequence": index})
                for index, option in enumerate(source.get("options", ()))
            ],
        }

    def _prepare_demo_rule(self, number, source):
        self.ensure_one()
        parameter = self.parameter_ids.filtered(
            lambda one: one.code == source.get("target")
        )
        option = parameter.option_ids.filtered(
            lambda one: one.code == source.get("option")
        )
        vals = {
            key: source[key]
            for key in ("kind", "expression", "bound", "message", "severity")
            if key in source
        }
        return {
            **vals,
            "sequence": number,
            "target_parameter_id": parameter.id,
            "target_option_id": option.id,
        }
