from odoo import models
from odoo.tools import format_amount, format_date, formatLang

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
            is_same = len(set(map(self._get_cell_key, cells))) == 1
            (same if is_same else different).append({**row, "cells": cells})
        return different, same

    def _get_cell_key(self, cell):
        """Return what of a cell is compared with other variants.

        :param dict cell: see `_prepare_cell`, None where a variant lacks the row
        """
        return cell and (cell["quantity"], cell["amount"])

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
        return self._prepare_cell_of(line, line.product_uom_qty, line.price_subtotal)

    def _prepare_cell_of(self, line, quantity, amount):
        """Return the cell of a line, see `_prepare_cell`."""
        # as the core, but without zeros behind a whole number
        precision = self.env["decimal.precision"].precision_get("Product Unit")
        digits = 0 if quantity.is_integer() else precision
        unit = line.product_uom_id.name or ""
        return {
            "quantity": f"{formatLang(self.env, quantity, digits=digits)} {unit}",
            "amount": format_amount(self.env, amount, line.currency_id),
        }

    # === TERMS ===

    def _prepare_terms(self, variants):
        """Return the terms that one of the variants has at least (single record).

        :param variants: `sale.order`, those that are shown
        :return: rows, each a name, a list of texts for each variant, and whether it is
            `different`
        :rtype: list of dicts
        """
        self.ensure_one()
        rows = []
        for terms in zip(*map(self._prepare_variant_terms, variants), strict=True):
            cells = [texts for _name, texts in terms]
            if any(cells):
                different = any(texts != cells[0] for texts in cells)
                rows.append(
                    {"name": terms[0][0], "cells": cells, "different": different}
                )
        return rows

    def _prepare_variant_terms(self, order):
        """Return the terms of a variant (single record).

        :return: name and texts of each, in the same order for all variants
        :rtype: list of tuples
        """

        def texts(value):
            return [value] if value else []

        return [
            (
                self.env._("Valid until"),
                texts(
                    order.state != "sale" and format_date(self.env, order.validity_date)
                ),
            ),
            (self.env._("Payment"), texts(order.payment_term_id.name)),
            (
                self.env._("Delivery on"),
                texts(format_date(self.env, order.commitment_date)),
            ),
            (self.env._("Delivery"), texts(order.delivery_terms)),
            (self.env._("To accept it"), self._prepare_acceptance(order)),
        ]

    def _prepare_acceptance(self, order):
        """Return what it takes to accept a variant: a signature, a payment (single
        record).

        :rtype: list of texts
        """
        needed = []
        if order.state not in ("draft", "sent") or order.is_expired:
            return needed
        if order.require_signature and not order.signature:
            needed.append(self.env._("Your signature"))
        if payment := self._describe_payment(order):
            needed.append(payment)
        return needed

    def _describe_payment(self, order):
        """Return what has to be paid to accept a variant (single record).

        :return: text, None when nothing has to be paid
        :rtype: str | None
        """
        needed = order._get_prepayment_required_amount()
        if needed <= 0 or order._is_confirmation_amount_reached():
            return None
        amount = format_amount(self.env, needed, order.currency_id)
        percent = round(order.prepayment_percent * 100, 2)
        if percent == 100:
            return self.env._("Payment of %(amount)s", amount=amount)
        return self.env._(
            "Down payment of %(amount)s (%(percent)s%%)",
            amount=amount,
            percent=formatLang(
                self.env, percent, digits=0 if percent.is_integer() else 2
            ),
        )
