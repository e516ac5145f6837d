from odoo import models


class LeadMarketOrder(models.Model):
    _inherit = "lead.market.order"

    def _job_survey(self):
        """Ask the customers of those orders that are still due."""
        self._survey_due()
