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
    open_offers = fields.Selection(
        [
            ("keep", "Leave them as they are"),
            ("extend", "Extend them until then"),
            ("withdraw", "Withdraw them"),
        ],
        required=True,
        default="keep",
        help="Customers can't accept withdrawn offers until they are opened again.",
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
        offers = self.lead_ids.offer_ids
        if self.open_offers == "withdraw":
            offers.action_withdraw()
        elif self.open_offers == "extend":
            offers._extend(self.resume_on)
        self.lead_ids._suspend(self.resume_on, self.reason)
        return {"type": "ir.actions.act_window_close"}
