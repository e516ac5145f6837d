from odoo import models


class LeadMarketTake(models.Model):
    """A row of the ledger: no name and no contact of a customer."""

    _inherit = "lead.market.take"

    def _prepare_statement_row(self, order=None, accrual=None):
        """Return how far an opened contact has come, as plain values (single record).

        Without an order it was opened; without a booking it has an order.

        :param order: `lead.market.order` of the take
        :param accrual: `lead.market.accrual` of the order
        :rtype: dict
        """
        self.ensure_one()
        order = order or self.env["lead.market.order"]
        return {
            "opened_on": self.company_id._get_market_date(self.opened_on),
            "take_id": self.id,
            "order_id": order.id,
            "order": (order or self).display_name,
            "work_done_date": order.work_done_date,
            "declared_on": order.declared_on
            and self.company_id._get_market_date(order.declared_on),
            "is_late": order.is_late,
            **self._prepare_statement_step(order, accrual),
        }

    def _prepare_statement_step(self, order, accrual):
        if accrual:
            return accrual._prepare_statement_booking()
        nothing = {"percent": None, "amount": None, "invoice_id": False, "invoice": ""}
        if order:
            return {
                **nothing,
                "kind": "order",
                "kind_label": self.env._("Order"),
                "base_amount": order.amount_gross or None,
                "currency": order.currency_id,
                "state": order.state,
                "state_label": order._get_state_label(),
            }
        return {
            **nothing,
            "kind": "opened",
            "kind_label": self.env._("Contact opened"),
            "base_amount": None,
            "currency": self.company_id.currency_id,
            "state": self.state,
            "state_label": self._get_state_label(),
        }

    def _get_state_label(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]
