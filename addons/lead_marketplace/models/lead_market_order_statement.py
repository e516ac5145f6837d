from odoo import models


class LeadMarketOrder(models.Model):
    _inherit = "lead.market.order"

    def _prepare_statement_row(self):
        """Return the row of an order that owes nothing yet (single record).

        :rtype: dict
        """
        return self.take_id._prepare_statement_row(self)

    def _get_state_label(self):
        """Return the state in words; work that still goes on is announced.

        :rtype: str
        """
        self.ensure_one()
        if self._is_announced():
            return self.env._("Announced")
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _is_announced(self):
        """Return whether the work of an agreed order is still to be done.

        :rtype: bool
        """
        return self.state in ("declared", "confirmed") and not self.declared_on
