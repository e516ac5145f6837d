from lxml import etree

from odoo import api, models

from odoo.addons.account.tools import dict_to_xml

NAMESPACES = {
    None: "urn:oasis:names:specification:ubl:schema:xsd:RequestForQuotation-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
# What units are in the recommendation 20 of UN/ECE.
UNIT_CODES = {
    "mm": "MMT",
    "cm": "CMT",
    "m": "MTR",
    "in": "INH",
    "m²": "MTK",
    "dm³": "DMQ",
    "m³": "MTQ",
    "g": "GRM",
    "kg": "KGM",
}
PIECE = "C62"


def _text(value, **attributes):
    """A node of the schema with a text, none without."""
    return {"_text": value, **attributes} if value not in (None, False, "") else None


class RfqRequest(models.Model):
    """Requests as RequestForQuotation of UBL 2.1; the schema wants this order."""

    _inherit = "rfq.request"

    def _make_documents(self):
        root = dict_to_xml(self._prepare_ubl(), nsmap=NAMESPACES)
        content = etree.tostring(
            root, xml_declaration=True, encoding="UTF-8", pretty_print=True
        )
        return {**super()._make_documents(), "data_xml": content}

    def _prepare_ubl(self):
        """Return the document as nodes (single record).

        :rtype: dict
        """
        self.ensure_one()
        data = self._prepare_json()
        return {
            "_tag": "RequestForQuotation",
            "cbc:UBLVersionID": _text("2.1"),
            "cbc:ID": _text(data["id"]),
            "cbc:IssueDate": _text(data["issued"][:10]),
            "cbc:IssueTime": _text(data["issued"][11:]),
            "cbc:Note": _text(data["note"]),
            "cbc:PricingCurrencyCode": _text(self.currency_id.name),
            "cbc:LineCountNumeric": _text("1"),
            "cac:AdditionalDocumentReference": [
                self._prepare_ubl_file(file) for file in data["files"]
            ],
            "cac:SellerSupplierParty": {
                "cac:Party": self._prepare_ubl_party(data["seller"])
            },
            "cac:BuyerCustomerParty": {
                "cac:Party": self._prepare_ubl_party(data["buyer"])
            },
            "cac:Delivery": self._prepare_ubl_delivery(data),
            "cac:RequestForQuotationLine": {
                "cbc:ID": _text("1"),
                "cac:LineItem": {
                    "cbc:ID": _text("1"),
                    "cbc:Quantity": _text(f"{self.quantity:g}", unitCode=PIECE),
                    "cac:Item": self._prepare_ubl_item(data),
                },
            },
        }

    @api.model
    def _prepare_ubl_file(self, file):
        return {
            "cbc:ID": _text(file["name"]),
            "cbc:DocumentType": _text(file["mimetype"]),
            "cac:Attachment": {
                "cac:ExternalReference": {
                    "cbc:URI": _text(file["url"]),
                    "cbc:ExpiryDate": _text(file.get("expires")),
                }
            },
        }

    @api.model
    def _prepare_ubl_party(self, party):
        contact = {
            "cbc:Name": _text(party.get("contact")),
            "cbc:Telephone": _text(party.get("phone")),
            "cbc:ElectronicMail": _text(party.get("email")),
        }
        country = _text(party.get("country"))
        vat = _text(party.get("vat"))
        return {
            "cac:PartyName": {"cbc:Name": _text(party["name"])},
            "cac:PostalAddress": country
            and {"cac:Country": {"cbc:IdentificationCode": country}},
            "cac:PartyTaxScheme": vat
            and {
                "cbc:CompanyID": vat,
                "cac:TaxScheme": {"cbc:ID": _text("VAT")},
            },
            "cac:Contact": contact if any(contact.values()) else None,
        }

    @api.model
    def _prepare_ubl_delivery(self, data):
        if "requested_date" not in data:
            return None
        return {
            "cac:RequestedDeliveryPeriod": {
                "cbc:EndDate": _text(data["requested_date"])
            }
        }

    @api.model
    def _prepare_ubl_item(self, data):
        design = data["design"]
        return {
            "cbc:Name": _text(design["name"]),
            "cac:SellersItemIdentification": {"cbc:ID": _text(design["code"])},
            "cac:AdditionalItemProperty": [
                self._prepare_ubl_property(one)
                for one in (*data["parameters"], *data["derived"])
                if one["value"] is not None
            ],
        }

    @api.model
    def _prepare_ubl_property(self, parameter):
        value = parameter["value"]
        if isinstance(value, bool):
            value = "true" if value else "false"
        unit = UNIT_CODES.get(parameter.get("unit"))
        quantity = unit and "number" in parameter
        return {
            "cbc:Name": _text(parameter["label"]),
            "cbc:NameCode": _text(parameter["code"]),
            "cbc:Value": _text(value),
            "cbc:ValueQuantity": _text(value, unitCode=unit) if quantity else None,
            "cbc:ValueQualifier": _text(parameter.get("text")),
        }
