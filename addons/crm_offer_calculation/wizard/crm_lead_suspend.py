from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLeadSuspend(models.TransientModel):
    _name = "crm.lead.suspend"
    _description = "Suspend Deals"

    lead_ids = fields.Many2many(comodel_name="crm.lead", string="Deals")
    resume_on = fields.Date(
        string="Resume on",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
    )
    reason = fields.Char()
    open_variant_count = fields.Integer(compute="_compute_open_variant_count")
    withdraw_offers = fields.Boolean(
        help="The customer can't accept anything until the offers are opened again."
    )

    @api.depends("lead_ids")
    def _compute_open_variant_count(self):
        for wizard in self:
            counts = wizard.lead_ids.mapped("open_variant_count")
            wizard.open_variant_count = sum(counts)

    def action_apply(self):
        """Suspend the deals."""
        self.ensure_one()
        if self.resume_on <= fields.Date.context_today(self):
            raise UserError(self.env._("Please choose a day in the future."))
        if closed := self.lead_ids.filtered(lambda lead: lead.won_status != "pending"):
            raise UserError(
                self.env._("%(deal)s is won or lost.", deal=closed[0].display_name)
            )
        if self.withdraw_offers:
            self.lead_ids.offer_ids.action_withdraw()
        self.lead_ids._suspend(self.resume_on, self.reason)
        return {"type": "ir.actions.act_window_close"}
