import os
from pathlib import Path

from lxml import etree

from odoo.tests import tagged

from odoo.addons.rfq_configurator.tests.common_rfq import RfqMailCase

XSD = "odoo/addons/base_ubl/data/xsd-{0}/maindoc/UBL-RequestForQuotation-{0}.xsd"

NAMES = {
    kind: f"urn:oasis:names:specification:ubl:schema:xsd:Common{name}Components-2"
    for kind, name in (("cac", "Aggregate"), ("cbc", "Basic"))
}


@tagged("post_install", "-at_install")
class TestUbl(RfqMailCase):
    """The released schemas decide what is a RequestForQuotation."""

    def _validate(self, content):
        """Return the document, which every release of the schema accepts."""
        document = etree.fromstring(content)
        for release in ("2.1", "2.2"):
            path = Path(os.environ["OFFERDESK_SCHEMAS"]) / XSD.format(release)
            etree.XMLSchema(etree.parse(path)).assertValid(document)
        return document

    def _get(self, document, path):
        return document.xpath(path, namespaces=NAMES)

    def test_in_the_mail_and_valid(self):
        request, _mails = self._send_with_mails(
            {"width": 1800},
            quantity=3,
            message="Two <of> these & one more",
            requested_date="2099-01-31",
        )
        mail = self._run_files_job()
        xml = mail.attachment_ids.filtered(lambda one: one.name.endswith(".xml"))
        document = self._validate(xml.raw)
        line = "cac:RequestForQuotationLine/cac:LineItem"
        width = f"{line}/cac:Item/cac:AdditionalItemProperty[cbc:NameCode='width']"
        for path, expected in (
            ("cbc:ID", request.name),
            ("cbc:Note", "Two <of> these & one more"),
            ("cac:BuyerCustomerParty/cac:Party/cac:PartyName/cbc:Name", "Bakery Blum"),
            ("cac:Delivery/cac:RequestedDeliveryPeriod/cbc:EndDate", "2099-01-31"),
            (f"{line}/cbc:Quantity", "3"),
            (f"{line}/cac:Item/cac:SellersItemIdentification/cbc:ID", "test_table"),
            (f"{width}/cbc:Name", "Width"),
            (f"{width}/cbc:Value", "1800"),
            (f"{width}/cbc:ValueQuantity[@unitCode='MMT']", "1800"),
        ):
            with self.subTest(path):
                self.assertEqual(
                    [n.text for n in self._get(document, path)], [expected]
                )
        references = self._get(document, "cac:AdditionalDocumentReference/cbc:ID")
        self.assertIn("glb", {node.text.rpartition(".")[2] for node in references})

    def test_least_that_can_be_sent(self):
        """A guest without anything else, and texts of every script."""
        design = self._create_design("memorial", code="test_memorial")
        design.access_mode = "public"
        design.action_publish()
        self.company.partner_id.write({"vat": False, "country_id": False})
        request, _mails = self._send_with_mails(
            {"inscription": "Łódź 🌿 رحمه الله", "dates": ""},
            design,
            contact={"name": "Gus", "email": "gus@guest.example"},
        )
        self._run_files_job()
        content = request.version_id._read_binary(request, "data_xml")
        document = self._validate(content)
        value = "//cac:AdditionalItemProperty[cbc:NameCode='inscription']/cbc:Value"
        self.assertEqual(self._get(document, value)[0].text, "Łódź 🌿 رحمه الله")

    def test_on_the_quotation(self):
        request, _mails = self._send_with_mails()
        self._run_files_job()
        action = request.action_create_quotation()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", action["res_id"])]
        )
        self.assertIn("xml", {file.name.rpartition(".")[2] for file in files})
