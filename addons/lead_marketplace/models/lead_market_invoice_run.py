import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class LeadMarketInvoiceRun(models.Model):
    """What became of each workshop when commissions were invoiced.

    It is the report, and it remembers what was tried: a run that was stopped goes on,
    and a workshop that fails is left alone until the next one.
    """

    _name = "lead.market.invoice.run"
    _description = "Invoicing of Commissions"
    _order = "id desc"

    user_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user
    )
    is_scheduled = fields.Boolean(string="Scheduled", readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")],
        required=True,
        readonly=True,
        default="running",
    )
    finished_on = fields.Datetime(readonly=True)
    line_ids = fields.One2many(
        "lead.market.invoice.run.line", "run_id", string="Workshops", readonly=True
    )
    created_count = fields.Integer(
        string="Invoices", compute="_compute_counts", help="Credit notes included."
    )
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")

    _running_idx = models.Index("(id DESC) WHERE state = 'running'")

    @api.depends("line_ids.result")
    def _compute_counts(self):
        groups = self.env["lead.market.invoice.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "result"], ["__count"]
        )
        counts = {(run.id, result): count for run, result, count in groups}
        for run in self:
            run.created_count = counts.get((run.id, "created"), 0)
            run.skipped_count = counts.get((run.id, "skipped"), 0)

    @api.depends("create_date")
    def _compute_display_name(self):
        for run in self:
            started = run.create_date and fields.Datetime.context_timestamp(
                run, run.create_date
            )
            run.display_name = started.strftime("%Y-%m-%d %H:%M") if started else ""

    # === ACTIONS ===

    def action_view_invoices(self):
        """Open the invoices and credit notes of a run.

        :return: action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.line_ids.move_id.ids)],
            # Odoo's list of all moves names the customer of these kinds only.
            "context": {"create": False, "default_move_type": "out_invoice"},
        }

    # === LIFE ===

    @api.model
    def _start(self, scheduled):
        """Return a new run.

        :param bool scheduled: whether the clock has started it
        :rtype: recordset
        """
        # sudo: the report is written by the run alone
        return self.sudo().create({"is_scheduled": scheduled}).sudo(self.env.su)

    @api.model
    def _resume(self):
        """Return the scheduled run that was stopped half-way lately, or none.

        :rtype: recordset
        """
        # sudo: see `_start`
        runs = self.sudo().search(
            [("is_scheduled", "=", True), ("state", "=", "running")]
        )
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=12)
        stale = runs.filtered(lambda run: run.create_date < since)
        stale._finish()
        # sudo: taken back, to whatever it was
        return (runs - stale)[:1].sudo(self.env.su)

    def _finish(self):
        """Close runs."""
        if self:
            # sudo: see `_start`
            self.sudo().write({"state": "done", "finished_on": fields.Datetime.now()})

    def _get_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoicing"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _get_tried(self):
        """Return the keys that were tried already (at most one record).

        :return: see `lead.market.accrual`
        :rtype: set[tuple]
        """
        # sudo: see `_start`
        return {
            (line.company_id.id, line.workshop_partner_id.id, line.currency_id.id)
            for line in self.sudo().line_ids
        }

    # === WORK ===

    def _dispatch(self, chunks):
        """Have chunks invoiced: here and now, one after the other (at most one record).

        Hook for those who do it elsewhere.

        :param list chunks: lists of keys, see `lead.market.accrual`
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=sum(map(len, chunks)))
        for keys in chunks:
            if not self._invoice_and_commit(keys):
                break
        self._finish_if_done()

    def _finish_if_done(self):
        """Close the run when everything was tried (at most one record)."""
        if not self.env["lead.market.accrual"]._get_chunks(tried=self._get_tried()):
            self._finish()

    def _invoice_and_commit(self, keys):
        """Invoice keys in a transaction of their own (single record).

        When it fails, each key is tried alone: one workshop does not stop the rest.

        :param list keys: see `lead.market.accrual`
        :return: seconds left for the cron
        :rtype: float
        """
        cron = self.env["ir.cron"]
        try:
            self._invoice(keys)
            left = cron._commit_progress(len(keys))
            # What one chunk has read, the next does not need.
            self.env.invalidate_all(flush=False)
            return left
        except Exception as error:  # noqa: BLE001 - whatever it is, the rest goes on
            self.env.cr.rollback()
            if len(keys) == 1:
                self._report_failure(keys[0], error)
                return cron._commit_progress(1)
        left = 0.0
        for key in keys:
            left = self._invoice_and_commit([key])
            if not left:
                break
        return left

    def _invoice_in_request(self, keys, domain):
        """Invoice keys within the present transaction (single record).

        :param list keys: see `lead.market.accrual`
        :param Domain domain: restricts the entries
        """
        try:
            with self.env.cr.savepoint():
                self._invoice(keys, domain)
        except psycopg2.OperationalError:
            # Somebody else has written the same: the request is played again.
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the rest goes on
            if len(keys) == 1:
                self._report_failure(keys[0], error)
                return
            for key in keys:
                self._invoice_in_request([key], domain)

    def _invoice(self, keys, domain=Domain.TRUE):
        """Invoice keys and write the report, in the present transaction.

        :param list keys: see `lead.market.accrual`
        :param Domain domain: restricts the entries
        """
        self._report(self.env["lead.market.accrual"]._invoice_keys(keys, domain))

    def _report(self, vals_list):
        # sudo: see `_start`
        self.env["lead.market.invoice.run.line"].sudo().create(
            [{"run_id": self.id, **vals} for vals in vals_list]
        )

    def _report_failure(self, key, error):
        company, partner, currency = key
        self._report(
            [
                {
                    "company_id": company,
                    "workshop_partner_id": partner,
                    "currency_id": currency,
                    "result": "skipped",
                    "reason": self._get_reason(key, error),
                }
            ]
        )

    def _get_reason(self, key, error):
        """Return a sentence for the accountant; what nobody expected is logged.

        :rtype: str
        """
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, psycopg2.OperationalError):
            return self.env._("Somebody else was at work on it. The next run goes on.")
        _logger.error("Commissions of %s were not invoiced", key, exc_info=error)
        return self.env._("It failed unexpectedly; the log of the server says why.")
