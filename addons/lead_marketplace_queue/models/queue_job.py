from odoo import api, models
from odoo.tools import SQL, split_every

from odoo.addons.queue_job.job import identity_exact
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

# How many records a job works on, in one transaction.
SLICE = 100


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

    @api.model
    def _market_spread(self, records, method, describe):
        """Have a method called on some records at a time, by whoever is free.

        The same slice is not queued twice: the scheduler may come by again before the
        first worker does.

        :param records: what is due
        :param str method: name of a method that finds out what is still due
        :param describe: function of a number of records; returns what is done to them
        """
        for ids in split_every(SLICE, records.ids):
            delayed = records.browse(ids).with_delay(
                identity_key=identity_exact, description=describe(len(ids))
            )
            getattr(delayed, method)()
