from odoo import api, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._signal_followups()
        return events

    def write(self, vals):
        res = super().write(vals)
        if vals.get("opportunity_id"):
            self._signal_followups()
        return res

    def _signal_followups(self):
        """Stop the sequences of deals that a meeting was booked for."""
        # sudo: who books the meeting need not be the salesperson
        self.sudo().opportunity_id._followup_signal("meeting")
