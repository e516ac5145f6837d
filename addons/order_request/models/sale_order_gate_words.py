from odoo import models

from .. import gate


class SaleOrder(models.Model):
    """What customers read about the gate."""

    _inherit = "sale.order"

    def _describe_gate(self):
        """Return to the customer why the order can't start now, and until when
        (single record).

        :rtype: str
        """
        self.ensure_one()
        # sudo: see `_is_gated`
        result = gate.Result.from_json(self.sudo().gate_check)
        return self.env["order.request"]._describe_gate(
            result,
            self.sudo()._get_gate_zone(),
            self.sudo()._get_gated_names(result.services),
        )

    def _get_gated_names(self, services):
        """Return the names of what has to wait, none when that is all of the order
        (single record).

        :param services: ids of `product.template`
        :rtype: list of str
        """
        products = self._get_gate_lines().product_id.product_tmpl_id
        gated = products.filtered(lambda product: product.id in services)
        return gated.mapped("name") if gated != products else []

    def _get_gate_zone(self):
        """Return the seller's time zone (single record).

        :rtype: str
        """
        self.ensure_one()
        for line in self._get_gate_lines():
            if policy := self._get_gate_policy(line.product_id.product_tmpl_id):
                return policy.tz
        return "UTC"
