from odoo import fields, models


class LeadMarketWorkshopDecide(models.TransientModel):
    _name = "lead.market.workshop.decide"
    _description = "Decide on a Workshop's Standing"

    workshop_id = fields.Many2one(
        "lead.market.workshop",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    state = fields.Selection(
        [
            ("active", "Active"),
            ("warned", "Warned"),
            ("restricted", "Restricted: opens no more contacts"),
            ("terminated", "Terminated"),
        ],
        required=True,
    )
    reason = fields.Text(help="Kept in the history of the workshop.")

    def action_decide(self):
        """Set the standing that was chosen, with the reason."""
        self.ensure_one()
        self.workshop_id._set_state(self.state, self.reason or "")
