from odoo import api, models
from odoo.tools import SQL

from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID


class QueueJob(models.Model):
    _inherit = "queue.job"

    @api.model
    def _has_market_runner(self):
        """Return whether a job runner is at work on this database.

        Without one, jobs would wait for ever. A runner holds a lock while it lives.

        :rtype: bool
        """
        self.env.cr.execute(
            SQL(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 "
                "AND granted AND ((classid::bigint << 32) | objid::bigint) = %s "
                "AND database = (SELECT oid FROM pg_database "
                "WHERE datname = current_database())",
                PG_ADVISORY_LOCK_ID,
            )
        )
        return bool(self.env.cr.rowcount)
