from odoo import models
from odoo.tools import format_amount, formatLang

SHOWN_STATES = ("sent", "sale")


class CrmOffer(models.Model):
    """What the page with all variants shows. Nothing in it tells a cost."""

    _inherit = "crm.offer"

    def _get_shown_variants(self, with_drafts=False):
        """Return the variants that the page shows, side by side (single record).

        :param bool with_drafts: for the seller, who looks before sending
        :rtype: recordset of `sale.order`
        """
        self.ensure_one()
        states = (*SHOWN_STATES, "draft") if with_drafts else SHOWN_STATES
        variants = self._get_variants().get(self, self.env["sale.order"])
        return variants.filtered(lambda order: order.state in states)

    def _get_cards_start(self, variants):
        """Return which of the variants phones show first: the one that was chosen, else
        the main one (single record).

        :param variants: `sale.order`, those that are shown
        :return: index
        :rtype: int
        """
        self.ensure_one()
        chosen = variants.filtered(lambda order: order.variant_state == "preferred")
        first = (chosen or (variants & self.main_variant_id))[:1]
        return list(variants).index(first) if first else 0

    def _prepare_comparison(self, variants):
        """Return what variants have in common, and where they differ (single record).

        :param variants: `sale.order`, those that are shown
        :return: rows that differ and rows that don't, each a name and one cell for each
            variant, None where a variant lacks it
        :rtype: tuple of two lists
        """
        self.ensure_one()
        rows = {}
        for order in variants:
            seen = {}
            for line in self._get_compared_lines(order):
                name = line.name.split("\n")[0]
                what = (line.product_id.id or name, line.product_uom_id.id)
                seen[what] = seen.get(what, 0) + 1
                row = rows.setdefault((*what, seen[what]), {"name": name, "cells": {}})
                row["cells"][order] = self._prepare_cell(line)
        different, same = [], []
        for row in rows.values():
            cells = [row["cells"].get(order) for order in variants]
            is_same = all(cell == cells[0] for cell in cells)
            (same if is_same else different).append({**row, "cells": cells})
        return different, same

    def _get_compared_lines(self, order):
        """Hook: return the lines of a variant that are compared.

        Optional lines that were not taken have no quantity.
        """
        return order._get_order_lines_to_report().filtered(
            lambda line: not line.display_type and line.product_uom_qty
        )

    def _prepare_cell(self, line):
        """Return what the page shows of a line, as text: it stands there twice, for
        desks and for phones.

        :rtype: dict
        """
        quantity = line.product_uom_qty
        # as the core, but without zeros behind a whole number
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        digits = 0 if quantity.is_integer() else precision
        unit = line.product_uom_id.name or ""
        return {
            "quantity": f"{formatLang(self.env, quantity, digits=digits)} {unit}",
            "amount": format_amount(self.env, line.price_subtotal, line.currency_id),
        }
