from odoo import models
from odoo.fields import Domain

from odoo.addons.queue_job.job import identity_exact


class LeadMarketInvoiceRun(models.Model):
    """Chunks become jobs, which any worker of any machine takes.

    A job is one transaction, like a chunk of the cron: killed, it leaves nothing and is
    started again; started twice, it finds nothing to invoice.
    """

    _inherit = "lead.market.invoice.run"

    def _dispatch(self, chunks):
        if not self or not self.env["queue.job"]._has_market_runner():
            return super()._dispatch(chunks)
        for keys in chunks:
            self.with_delay(
                identity_key=identity_exact,
                description=self.env._(
                    "Commissions of %(count)s workshops", count=len(keys)
                ),
            )._job_invoice(keys)
        self._job_finish()
        return None

    def _job_invoice(self, keys):
        """Invoice a chunk in the transaction of a job (single record).

        :param list keys: see `lead.market.accrual`
        """
        # Stored with the job as lists.
        self._invoice_in_request([tuple(key) for key in keys], Domain.TRUE)
        # Another one may be the last: only a later transaction sees both.
        self.with_delay()._job_finish()

    def _job_finish(self):
        """Close the run if this was the last chunk (single record)."""
        self._finish_if_done()
