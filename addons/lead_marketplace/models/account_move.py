from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    market_superseded = fields.Boolean(
        string="Commissions Invoiced Elsewhere",
        readonly=True,
        copy=False,
        help="It was cancelled, and its commissions stand on another invoice.",
    )

    def _check_draftable(self):
        """Keep cancelled invoices cancelled whose commissions were invoiced anew."""
        if superseded := self.filtered("market_superseded"):
            raise UserError(
                self.env._(
                    "The commissions of %(invoices)s stand on another invoice now.",
                    invoices=", ".join(superseded.mapped("display_name")),
                )
            )
        return super()._check_draftable()

    def _get_market_paid_dates(self):
        """Return on which day the last amount came in for invoices that are paid.

        :return: by id of the invoice; those that are not paid are missing
        :rtype: dict
        """
        paid = self.filtered(lambda move: move.payment_state in ("paid", "in_payment"))
        # Payments may have no entry that is set against the invoice.
        dates = {
            move.id: max(move.matched_payment_ids.mapped("date"))
            for move in paid
            if move.matched_payment_ids
        }
        for side in ("debit_move_id", "credit_move_id"):
            groups = self.env["account.partial.reconcile"]._read_group(
                [(f"{side}.move_id", "in", paid.ids)], [side], ["max_date:max"]
            )
            for line, day in groups:
                move = line.move_id
                dates[move.id] = max(day, dates.get(move.id, day))
        return dates
