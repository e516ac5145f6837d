from odoo import api, models


class LeadMarketRequest(models.Model):
    _inherit = "lead.market.request"

    @api.model
    def _cron_survey(self):
        if not self.env["queue.job"]._has_market_runner():
            return super()._cron_survey()
        for Model in self._get_survey_models():
            due = Model.search(Model._get_survey_domain(), order="id")
            self.env["queue.job"]._market_spread(
                due,
                "_job_survey",
                lambda count: self.env._(
                    "Survey of the customers of %(count)s contacts", count=count
                ),
            )
        return None
