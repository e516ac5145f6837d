from odoo import api, fields, models
from odoo.fields import Command


class SaleOrder(models.Model):
    """What the answers add up to, and the discounts that follow them."""

    _inherit = "sale.order"

    offer_totals = fields.Json(
        compute="_compute_offer_totals",
        store=True,
        copy=False,
        help="What each answer adds up to, so that the customer's page need not run "
        "the tax engine.",
    )

    @api.depends(
        "offer_replied_date",
        "order_line.offer_line_status",
        "order_line.offer_amount",
    )
    def _compute_offer_totals(self):
        for order in self:
            order.offer_totals = order.offer_replied_date and order._get_offer_totals()

    def _get_offer_totals(self, answers=None, base_lines=None):
        """Return what each answer adds up to, as the order itself is computed.

        :param dict answers: line id → answer, for a choice that is not saved;
            by default what is saved
        :param dict base_lines: see `_prepare_offer_base_lines`, when known already
        :return: for each of ``yes``, ``unsure``, ``no``, ``open``: ``count``,
            ``untaxed``, ``tax`` and ``total`` in the currency of the order
        :rtype: dict
        """
        self.ensure_one()
        lines = self._get_offer_lines()
        if answers is None:
            statuses = {line.id: line.offer_line_status for line in lines}
        else:
            statuses = {line.id: answers.get(line.id) for line in lines}
        given = ("yes", "unsure", "no")
        chosen = lines.grouped(
            lambda line: statuses[line.id] if statuses[line.id] in given else "open"
        )
        if base_lines is None:
            base_lines = lines._prepare_offer_base_lines()
        return {
            answer: {"count": len(chosen.get(answer, ()))}
            | self._get_offer_amounts(chosen.get(answer, lines.browse()), base_lines)
            for answer in (*given, "open")
        }

    def _get_offer_amounts(self, lines, base_lines=None):
        """Return the amounts of the offered quantities of `lines`.

        :param lines: answerable lines of this order
        :param dict base_lines: see `_prepare_offer_base_lines`, when known already
        :return: ``untaxed``, ``tax`` and ``total``
        :rtype: dict
        """
        AccountTax = self.env["account.tax"]
        if base_lines is None:
            base_lines = lines._prepare_offer_base_lines()
        base_lines = [
            base_lines[line.id]
            for line in lines._get_offer_answered_lines()
            if not line.display_type
        ]
        AccountTax._round_base_lines_tax_details(base_lines, self.company_id)
        summary = AccountTax._get_tax_totals_summary(
            base_lines=base_lines,
            currency=self.currency_id or self.company_id.currency_id,
            company=self.company_id,
        )
        return {
            "untaxed": summary["base_amount_currency"],
            "tax": summary["tax_amount_currency"],
            "total": summary["total_amount_currency"],
        }

    def _has_offer_fixed_discount(self):
        """Return whether a reduction can't be divided among the lines by itself.

        :rtype: bool
        """
        self.ensure_one()
        return any(
            not line.display_type
            and not line.offer_line_status
            and not line.is_downpayment
            and not line._is_delivery()
            and line._is_offer_side_line()
            and not line.offer_discount_percent
            for line in self.order_line
        )

    def _offer_update_percent_discounts(self):
        """Compute the global discounts in percent anew from what is left."""
        self.ensure_one()
        discount_lines = self.order_line.filtered("offer_discount_percent")
        if not discount_lines:
            return
        AccountTax = self.env["account.tax"]
        by_discount = discount_lines.grouped(
            lambda line: (line.extra_tax_data or {}).get("computation_key")
        )
        for key, lines in by_discount.items():
            base_lines = [
                line._prepare_base_line_for_taxes_computation()
                for line in self.order_line - discount_lines
                if not line.display_type
            ]
            AccountTax._add_tax_details_in_base_lines(base_lines, self.company_id)
            AccountTax._round_base_lines_tax_details(base_lines, self.company_id)
            percent = lines[0].offer_discount_percent
            product = lines[0].product_id
            new_base_lines = AccountTax._prepare_global_discount_lines(
                base_lines=base_lines,
                company=self.company_id,
                amount_type="percent",
                amount=percent,
                computation_key=key,
                grouping_function=lambda _line, product=product: {
                    "product_id": product
                },
            )
            wizard = self.env["sale.order.discount"].new(
                {
                    "sale_order_id": self.id,
                    "discount_type": "so_discount",
                    "discount_percentage": percent / 100,
                }
            )
            self.with_context(
                offer_own_write=True
            ).order_line = self._prepare_offer_discount_commands(
                wizard, new_base_lines, lines
            )

    def _prepare_offer_discount_commands(self, wizard, base_lines, discount_lines):
        """Return the commands that bring a percentage discount up to date.

        Existing lines are changed, since lines of a confirmed order can't be deleted.

        :param wizard: new `sale.order.discount` record
        :param list base_lines: discount base lines, one per combination of taxes
        :param discount_lines: order lines of the same discount
        :rtype: list
        """
        by_taxes = {line.tax_ids: line for line in discount_lines}
        commands = []
        for vals in wizard._prepare_global_discount_so_lines(base_lines):
            taxes = self.env["account.tax"].browse(vals["tax_ids"][0][2])
            line = by_taxes.pop(taxes, None)
            if line:
                commands.append(
                    Command.update(
                        line.id,
                        {
                            "price_unit": vals["price_unit"],
                            "product_uom_qty": vals["product_uom_qty"],
                            "extra_tax_data": vals["extra_tax_data"],
                        },
                    )
                )
            else:
                commands.append(Command.create(vals))
        return commands + [
            Command.update(
                line.id, {"product_uom_qty": 0, "price_unit": line.price_unit}
            )
            for line in by_taxes.values()
        ]
