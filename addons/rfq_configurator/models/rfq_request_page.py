from urllib.parse import urlencode

from odoo import models
from odoo.exceptions import MissingError

from .. import model_file
from .rfq_request import OPEN_STATES


class RfqRequest(models.Model):
    """What pages show of a request: customers' and sellers'."""

    _inherit = "rfq.request"

    def get_model(self):
        """Return the requested model, for the form of sellers (single record).

        :rtype: dict | None
        """
        self.ensure_one()
        self.check_access("read")
        # A portal user has a page for it, and no access to the version.
        return self._get_model() if self.env.user._is_internal() else None

    def _get_model(self):
        """Return what the viewer draws, None when there is nothing (single record).

        :return: see the component ModelViewer
        :rtype: dict | None
        """
        self.ensure_one()
        if self.purged_on:
            return None
        # sudo: versions are not for customers; their own model is what they see
        version_sudo = self.sudo().version_id
        definition = version_sudo.definition
        model = {"name": self.design_id.sudo().name, "unit": definition["unit"]}
        if recipe := definition.get("recipe"):
            result = version_sudo._get_engine().evaluate(self.values or {}, ".")
            return {**model, "recipe": recipe, "values": result["values"]}
        file = definition.get("model")
        if not file or file["kind"] not in model_file.SHOWN:
            return None
        url = f"/my/rfqs/{self.id}/file/design"
        return {**model, "file": {"kind": file["kind"], "url": url}}

    def _get_shown_price(self):
        """Return the price by the formula if customers may know it, else 0 (single
        record).

        :rtype: float
        """
        self.ensure_one()
        # sudo: designs are not for customers, but say what they are shown
        shown = self.design_id.sudo().price_display == "indicative"
        return self.price_computed if shown else 0.0

    def _get_download(self):
        """Return the address of the uploaded model if no browser can show it (single
        record).

        :rtype: str
        """
        self.ensure_one()
        # sudo: versions are not for customers; their own model is what they get
        file = self.sudo().version_id.definition.get("model")
        if self.purged_on or not file or file["kind"] in model_file.SHOWN:
            return ""
        return f"/my/rfqs/{self.id}/file/design"

    def _get_design_stream(self):
        """Return the uploaded model of the version that was asked for (single record).

        The caller has checked who may have it.

        :rtype: odoo.http.Stream
        :raise Purged: when the request was removed
        :raise MissingError: when the design has none
        """
        self.ensure_one()
        self._check_not_purged()
        # sudo: a version is not for customers, its model is what they saw
        version_sudo = self.sudo().version_id
        file = version_sudo.definition.get("model")
        if not file:
            raise MissingError(self.env._("This file does not exist."))
        return self.env["ir.binary"]._get_stream_from(
            version_sudo,
            "model_file",
            filename=f"{version_sudo.design_id.code}.{file['kind']}",
        )

    def _get_again_url(self):
        """Return the address that opens the same configuration (single record).

        :rtype: str
        """
        self.ensure_one()
        query = {
            f"p_{row['code']}": "" if row["value"] is None else row["value"]
            for row in self._get_rows()
            if row["modified"]
        }
        query = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in query.items()
        }
        if self._is_saved():
            query["saved"] = self.id
        # sudo: designs are not for customers, its code is in the address
        design_sudo = self.design_id.sudo()
        address = f"/rfq/d/{design_sudo.code}"
        return f"{address}?{urlencode(query)}" if query else address

    def _is_cancellable(self):
        """Return whether its customer may take it back (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.state in ("draft", *OPEN_STATES) and not self.purged_on

    def _get_offers(self):
        """Return the quotations that its customer may see (single record). A copy of
        one may be for somebody else.

        :rtype: recordset of `sale.order`
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        return self.sale_order_ids.filtered(
            lambda order: order.state in ("sent", "sale")
            and order.partner_id.commercial_partner_id == customer
        )
