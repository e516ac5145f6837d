from odoo import Command, api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Where a deal stands: open, won, lost, or suspended for a while."""

    _inherit = "crm.lead"

    deal_status = fields.Selection(
        selection=[
            ("open", "Open"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("suspended", "Suspended"),
        ],
        compute="_compute_deal_status",
        store=True,
        index=True,
        tracking=True,
    )
    suspended_on = fields.Date(readonly=True, copy=False)
    resume_on = fields.Date(
        copy=False, help="When you take the suspended deal up again."
    )
    suspend_reason = fields.Char(copy=False)
    competitor_line_ids = fields.One2many(
        comodel_name="crm.lead.competitor", inverse_name="lead_id", string="Competitors"
    )
    winner_id = fields.Many2one(
        comodel_name="crm.competitor",
        string="Lost to",
        compute="_compute_winner_id",
        store=True,
    )

    @api.depends("won_status", "suspended_on")
    def _compute_deal_status(self):
        for lead in self:
            if lead.won_status != "pending":
                lead.deal_status = lead.won_status
            else:
                lead.deal_status = "suspended" if lead.suspended_on else "open"

    @api.depends("competitor_line_ids.is_winner", "competitor_line_ids.competitor_id")
    def _compute_winner_id(self):
        for lead in self:
            winners = lead.competitor_line_ids.filtered("is_winner")
            lead.winner_id = winners[:1].competitor_id

    def action_suspend(self):
        """Ask until when the deal rests, and why."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Suspend"),
            "res_model": "crm.lead.suspend",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_resume(self):
        """Take suspended deals up again."""
        self._end_suspension()

    def _suspend(self, resume_on, reason):
        """Let open deals rest, and have their salespeople reminded.

        :param datetime.date resume_on: when they are taken up again
        :param str reason: why they rest
        """
        self.write(
            {
                "suspended_on": fields.Date.context_today(self),
                "resume_on": resume_on,
                "suspend_reason": reason,
            }
        )
        for lead in self:
            lead.activity_schedule(
                "crm_offer_calculation.activity_type_resume",
                date_deadline=resume_on,
                user_id=(lead.user_id or self.env.user).id,
                summary=self.env._("Take up the deal again"),
            )

    def _lose_to(self, competitor):
        """Note which competitor won the deals."""
        for lead in self:
            lines = lead.competitor_line_ids
            lines.filtered("is_winner").is_winner = False
            line = lines.filtered(lambda one: one.competitor_id == competitor)
            if line:
                line.is_winner = True
            else:
                lead.competitor_line_ids = [
                    Command.create({"competitor_id": competitor.id, "is_winner": True})
                ]

    def _end_suspension(self):
        suspended = self.filtered("suspended_on")
        suspended.write(
            {"suspended_on": False, "resume_on": False, "suspend_reason": False}
        )
        suspended.activity_unlink(["crm_offer_calculation.activity_type_resume"])

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        self.filtered(lambda lead: lead.won_status != "pending")._end_suspension()
        return result

    def _get_rotting_depends_fields(self):
        return [*super()._get_rotting_depends_fields(), "deal_status"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("deal_status", "!=", "suspended")

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        known = self.competitor_line_ids.competitor_id
        for line in opportunities.competitor_line_ids:
            if line.competitor_id not in known:
                known |= line.competitor_id
                # who won was noted in a deal that is no more
                line.write({"lead_id": self.id, "is_winner": False})
        return result
