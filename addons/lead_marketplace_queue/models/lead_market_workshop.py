from odoo import api, models
from odoo.tools import split_every

from odoo.addons.queue_job.job import identity_exact

SLICE = 100


class LeadMarketWorkshop(models.Model):
    _inherit = "lead.market.workshop"

    @api.model
    def _cron_digest(self):
        if not self.env["queue.job"]._has_market_runner():
            return super()._cron_digest()
        due = self.search(self._get_digest_domain(), order="id")
        for ids in split_every(SLICE, due.ids):
            self.browse(ids).with_delay(
                identity_key=identity_exact,
                description=self.env._(
                    "Daily mail to %(count)s workshops", count=len(ids)
                ),
            )._job_digest()
        return None

    def _job_digest(self):
        """Tell those workshops that are still due."""
        due = self.try_lock_for_update()
        due.filtered_domain(self._get_digest_domain())._send_digests()
