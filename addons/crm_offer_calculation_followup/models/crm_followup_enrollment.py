from odoo import fields, models
from odoo.exceptions import UserError

from ..reasons import REASONS


class CrmFollowupEnrollment(models.Model):
    _inherit = "crm.followup.enrollment"

    stop_reason = fields.Selection(selection_add=REASONS)
    is_deal_suspended = fields.Boolean(
        help="Paused because the deal rests; goes on with it."
    )

    def action_resume(self):
        """What waits for its deal goes on with it, and not before."""
        suspended = self.lead_id.filtered(lambda lead: lead.deal_status == "suspended")
        if suspended:
            raise UserError(
                self.env._(
                    "%(deal)s is suspended. Resume the deal, and its follow-up goes "
                    "on.",
                    deal=suspended[0].display_name,
                )
            )
        return super().action_resume()

    def _get_obstacles(self):
        """What waits for a suspended deal is not stopped; what is about offers ends
        with them."""
        obstacles = super()._get_obstacles()
        expired = self.lead_id._filter_offers_expired()
        for enrollment in self:
            if enrollment.is_deal_suspended:
                if obstacles.get(enrollment.id) == "suspended":
                    obstacles.pop(enrollment.id)
            elif enrollment.lead_id in expired:
                obstacles.setdefault(enrollment.id, "offer_expired")
        return obstacles

    def _pause_for_suspension(self):
        """Wait until the deals are taken up again; the caller has all rights."""
        running = self._lock().filtered(lambda one: one.state == "running")
        running.write({"state": "paused", "is_deal_suspended": True})
        running._log("paused")
        running.log_ids._cancel_unsent()

    def _end_suspension(self):
        """Go on with what waited for its deal; the caller has all rights."""
        waiting = self._lock().filtered(
            lambda one: one.state == "paused" and one.is_deal_suspended
        )
        waiting.write({"state": "running", "is_deal_suspended": False})
        waiting._log("resumed")
        now = fields.Datetime.now()
        for enrollment in waiting:
            date = max(enrollment.next_date or now, now)
            enrollment.next_date = enrollment._plan(date, 0)
