from odoo import api, models


class LeadMarketWorkshop(models.Model):
    _inherit = "lead.market.workshop"

    @api.model
    def _cron_digest(self):
        if not self.env["queue.job"]._has_market_runner():
            return super()._cron_digest()
        due = self.search(self._get_digest_domain(), order="id")
        return self.env["queue.job"]._market_spread(
            due,
            "_job_digest",
            lambda count: self.env._("Daily mail to %(count)s workshops", count=count),
        )

    def _job_digest(self):
        """Tell those workshops that are still due."""
        due = self.try_lock_for_update()
        due.filtered_domain(self._get_digest_domain())._send_digests()

    @api.model
    def _cron_weekly(self):
        if not self.env["queue.job"]._has_market_runner():
            return super()._cron_weekly()
        due = self.search(self._get_weekly_domain(), order="id")
        return self.env["queue.job"]._market_spread(
            due,
            "_job_weekly",
            lambda count: self.env._("Weekly mail to %(count)s workshops", count=count),
        )

    def _job_weekly(self):
        """Tell those workshops that are still due."""
        due = self.try_lock_for_update()
        due.filtered_domain(self._get_weekly_domain())._send_weeklies()

    def _job_checkin(self):
        """Ask these workshops about all contacts that are still due."""
        for workshop in self:
            while self.env["lead.market.take"]._check_in_due(workshop):
                pass
