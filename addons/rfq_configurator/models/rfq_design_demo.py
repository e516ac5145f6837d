import base64
import json
import uuid

from odoo import Command, api, models
from odoo.tools.misc import file_open

from ..filled_form import FilledForm

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


# Design, what is special about it.
DEMO_DESIGNS = [
    (
        "table",
        {
            "price_formula": "160 + area * (420 if material == 'glass' else 380)"
            " + (90 if shelf else 0)",
            "price_display": "indicative",
            "access_mode": "public",
        },
    ),
    (
        "memorial",
        {"price_formula": "300 + weight * 4.5", "allow_upload": True},
    ),
    (
        "bracket",
        {
            "price_formula": "4 + length * width / 900",
            "price_display": "indicative",
            "access_mode": "portal",
            "min_qty": 10,
        },
    ),
]
# What the customer of the demo sent: design, choices, quantity, words.
DEMO_REQUESTS = [
    ("table", {"width": 2000, "material": "walnut", "shelf": True}, 2, "For our hall."),
    ("memorial", {"form": "slanted", "inscription": "Ida"}, 1, "By autumn, please."),
]


class RfqDesign(models.Model):
    """The demo's designs, made from the files that the engine is tested with."""

    _inherit = "rfq.design"

    @api.model
    def _create_demo(self):
        """Create published designs, an invited customer and two requests, one of them
        quoted. Nobody is mailed: what was queued meanwhile is thrown away."""
        last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id
        customer = self.env.ref("base.partner_demo_portal")
        seller = self.env.ref("base.user_demo")
        designs = {}
        for name, vals in DEMO_DESIGNS:
            designs[name] = self._create_from_file(
                name, **self._prepare_demo_vals(name, seller), **vals
            )
        designs["vase"] = self._create_demo_vase(seller)
        for name, design in designs.items():
            self.env["ir.model.data"]._update_xmlids(
                [
                    {
                        "xml_id": f"rfq_configurator.rfq_design_{name}_demo",
                        "record": design,
                        "noupdate": True,
                    }
                ]
            )
            self.env["rfq.design.access"].create(
                {"design_id": design.id, "partner_id": customer.id}
            )
            design.action_publish()
        requests = [
            self._send_demo_request(designs[name], *sent)
            for name, *sent in DEMO_REQUESTS
        ]
        quoted = requests[0].with_user(seller).sudo(False)
        quoted.action_create_quotation()
        quoted.sale_order_ids.action_quotation_sent()
        self.env["mail.mail"].search([("id", ">", last_mail or 0)]).unlink()

    @api.model
    def _prepare_demo_vals(self, name, seller):
        product = self.env.ref(f"rfq_configurator.product_template_{name}_demo")
        return {"user_id": seller.id, "product_tmpl_id": product.id}

    @api.model
    def _create_demo_vase(self, seller):
        """Create a design whose model is uploaded."""
        with file_open("rfq_configurator/demo/models/vase.glb", "rb") as file:
            model = base64.b64encode(file.read())
        return self.create(
            {
                **self._prepare_demo_vals("vase", seller),
                "name": "Vase",
                "code": "vase",
                "source": "static",
                "model_file": model,
                "model_filename": "vase.glb",
                "access_mode": "portal",
                "parameter_ids": [
                    Command.create(
                        {
                            "code": "glaze",
                            "label": "Glaze",
                            "type": "selection",
                            "required": True,
                            "default_value": "blue",
                            "option_ids": [
                                Command.create({"code": code, "label": label})
                                for code, label in (
                                    ("blue", "Blue"),
                                    ("white", "White"),
                                )
                            ],
                        }
                    )
                ],
            }
        )

    @api.model
    def _send_demo_request(self, design, inputs, quantity, message):
        request = self.env["rfq.request"]._submit(
            FilledForm(
                design=design.sudo(),  # sudo: as visitors' pages have it
                access=design.sudo().access_ids,  # sudo: as above
                version_sha=design.current_version_id.sha256,
                inputs=inputs,
                quantity=quantity,
                idempotency_key=str(uuid.uuid4()),
                message=message,
            )
        )
        request._make_files()
        return request

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
