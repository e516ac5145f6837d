from odoo import api, models


class LeadMarketOrder(models.Model):
    _inherit = "lead.market.order"

    @api.model
    def _cron_deadlines(self):
        if not self.env["queue.job"]._has_market_runner():
            return super()._cron_deadlines()
        steps = self._get_deadline_steps()
        due = self.union(*(self.search(domain) for domain, _work in steps))
        return self.env["queue.job"]._market_spread(
            due.sorted("id"),
            "_job_deadlines",
            lambda count: self.env._("Deadlines of %(count)s orders", count=count),
        )

    def _job_deadlines(self):
        """Do to these orders whatever is still due."""
        for domain, work in self._get_deadline_steps():
            self._take_deadline_step(domain, work)

    def _job_survey(self):
        """Ask the customers of those orders that are still due."""
        self._survey_due()
