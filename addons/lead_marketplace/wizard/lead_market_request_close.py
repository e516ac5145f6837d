from odoo import fields, models


class LeadMarketRequestClose(models.TransientModel):
    _name = "lead.market.request.close"
    _description = "Close Requests"

    reason = fields.Selection(
        lambda self: self.env["lead.market.request"]
        ._fields["close_reason"]
        ._description_selection(self.env),
        required=True,
        default="fulfilled",
    )
    duplicate_of_id = fields.Many2one(
        "lead.market.request",
        domain=lambda self: [("id", "not in", self.env.context.get("active_ids", []))],
    )

    def action_close(self):
        """Close the requests that were chosen."""
        requests = self.env["lead.market.request"].browse(
            self.env.context.get("active_ids")
        )
        requests._check_operator()
        if self.reason == "duplicate":
            requests._close_as_duplicate(self.duplicate_of_id)
        else:
            requests._close(self.reason)
