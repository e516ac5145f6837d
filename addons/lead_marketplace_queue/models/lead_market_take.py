from odoo import api, models


class LeadMarketTake(models.Model):
    _inherit = "lead.market.take"

    @api.model
    def _cron_checkin(self):
        if not self.env["queue.job"]._has_market_runner():
            return super()._cron_checkin()
        # By workshop: each gets one mail for all its contacts.
        groups = self._read_group(self._get_checkin_domain(), ["workshop_id"])
        workshops = self.env["lead.market.workshop"].union(*(w for (w,) in groups))
        return self.env["queue.job"]._market_spread(
            workshops.sorted("id"),
            "_job_checkin",
            lambda count: self.env._("Check-in of %(count)s workshops", count=count),
        )

    def _job_survey(self):
        """Ask the customers of those contacts that are still due."""
        self._survey_due()
