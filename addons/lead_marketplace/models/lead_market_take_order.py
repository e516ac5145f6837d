from odoo import models


class LeadMarketTake(models.Model):
    """What an operator does about orders from the opened contact."""

    _inherit = "lead.market.take"

    def action_suspect_order(self):
        """Ask the workshop whether it won the order; open what is known of it.

        :return: action
        :rtype: dict
        :raise AccessError: for who is no operator
        """
        self.ensure_one()
        self.check_access("read")
        self.env["lead.market.order"].check_access("create")
        order = self.env["lead.market.order"]._suspect(
            self, "operator", self.env._("Asked by %s.", self.env.user.name)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "lead.market.order",
            "res_id": order.id,
            "view_mode": "form",
        }
