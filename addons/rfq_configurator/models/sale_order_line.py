from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    rfq_request_id = fields.Many2one(
        comodel_name="rfq.request",
        string="Request for Quotation",
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_user",
    )
    # What follows stays when the request is removed.
    rfq_version_id = fields.Many2one(
        comodel_name="rfq.design.version",
        string="Design",
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
    )
    rfq_values = fields.Json(groups="base.group_user")
    rfq_unit_price = fields.Monetary(
        string="Price by Formula",
        currency_field="rfq_price_currency_id",
        groups="base.group_user",
    )
    rfq_price_currency_id = fields.Many2one(
        comodel_name="res.currency", groups="base.group_user"
    )

    @api.depends("rfq_price_currency_id")
    def _compute_pricelist_item_id(self):
        result = super()._compute_pricelist_item_id()
        # sudo: internal fields, and customers see orders computed
        priced_sudo = self.sudo().filtered("rfq_price_currency_id")
        priced_sudo.pricelist_item_id = False
        return result

    def _get_display_price(self):
        # sudo: internal fields, and customers see orders computed
        line_sudo = self.sudo()
        currency_sudo = line_sudo.rfq_price_currency_id
        if not currency_sudo:
            return super()._get_display_price()
        return currency_sudo._convert(
            line_sudo.rfq_unit_price,
            self.currency_id,
            self.company_id,
            self._get_order_date() or fields.Date.today(),
        )

    def _get_sale_order_line_multiline_description_variants(self):
        description = super()._get_sale_order_line_multiline_description_variants()
        # sudo: versions are not for everybody who sees orders
        line_sudo = self.sudo()
        version_sudo = line_sudo.rfq_version_id
        if not version_sudo:
            return description
        # Those say it themselves.
        mapped = version_sudo.design_id.parameter_ids.filtered("ptal_id").mapped("code")
        rows = [
            row
            for row in version_sudo._get_rows(line_sudo.rfq_values or {})
            if row["text"] and not row["internal"] and row["code"] not in mapped
        ]
        return description + "".join(
            f"\n{row['label']}: {row['text']} {row['unit']}".rstrip() for row in rows
        )
