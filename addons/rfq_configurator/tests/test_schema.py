import copy
import json

from jsonschema import Draft202012Validator

from odoo.tests import BaseCase, tagged
from odoo.tools.misc import file_path

SHA = "0" * 64
REQUEST = {
    "schema": "rfq-1",
    "id": "RFQ/2026/0042",
    "issued": "2026-03-01T09:30:00Z",
    "seller": {"name": "Table Makers", "country": "FR"},
    "buyer": {"name": "Ann", "email": "ann@example.com"},
    "design": {"code": "table", "version": 3, "sha256": SHA},
    "configuration_sha256": SHA,
    "quantity": 2,
    "unit_system": "mm",
    "modified": True,
    "parameters": [
        {
            "code": "width",
            "label": "Width",
            "type": "integer",
            "value": "2000",
            "number": 2000,
            "unit": "mm",
            "default": "1600",
            "modified": True,
        },
        {
            "code": "material",
            "label": "Top",
            "type": "selection",
            "value": "oak",
            "text": "Oak",
            "default": "oak",
            "modified": False,
        },
        {
            "code": "shelf",
            "label": "Shelf",
            "type": "boolean",
            "value": False,
            "default": False,
            "modified": False,
        },
    ],
    "derived": [{"code": "area", "label": "Area", "value": "1.6", "unit": "m²"}],
    "warnings": [],
    "files": [
        {
            "name": "model.glb",
            "mimetype": "model/gltf-binary",
            "size": 51868,
            "sha256": SHA,
            "url": "https://example.com/my/rfqs/42/file/glb",
            "expires": "2026-03-31",
        }
    ],
    "note": "",
    "retention": {"purge_after": "2026-03-31"},
}


@tagged("post_install", "-at_install")
class TestSchema(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path("rfq_configurator/static/schema/rfq-1.json")
        with open(path, encoding="utf-8") as file:
            schema = json.load(file)
        Draft202012Validator.check_schema(schema)
        cls.validator = Draft202012Validator(schema)

    def errors(self, change=None):
        request = copy.deepcopy(REQUEST)
        if change:
            change(request)
        return [error.json_path for error in self.validator.iter_errors(request)]

    def test_a_request_is_valid(self):
        self.assertEqual(self.errors(), [])

    def test_what_is_wrong_is_found(self):
        parameter = "$.parameters[0]"
        for path, change in (
            ("$.schema", lambda request: request.update(schema="rfq-2")),
            ("$", lambda request: request.pop("design")),
            ("$", lambda request: request.update(margin=0.4)),
            ("$.quantity", lambda request: request.update(quantity=0)),
            ("$.issued", lambda request: request.update(issued="2026-03-01 09:30")),
            ("$.unit_system", lambda request: request.update(unit_system="m")),
            (
                f"{parameter}.value",
                lambda request: request["parameters"][0].update(value="2000,5"),
            ),
            (
                f"{parameter}.value",
                lambda request: request["parameters"][0].update(value="1e3"),
            ),
            (
                f"{parameter}.code",
                lambda request: request["parameters"][0].update(code="Width"),
            ),
            (
                "$.parameters[1]",
                lambda request: request["parameters"][1].update(number=1),
            ),
            (
                "$.design.sha256",
                lambda request: request["design"].update(sha256="abc"),
            ),
            ("$.files[0]", lambda request: request["files"][0].update(content="")),
            (
                "$.price",
                lambda request: request.update(price={"amount": "9.90"}),
            ),
        ):
            with self.subTest(path=path):
                self.assertEqual(self.errors(change), [path])
