from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

BATCH = 100
SETTLED = ("paid", "cancelled")


class LeadMarketRequest(models.Model):
    """Whom a request was of is forgotten some time after it was closed.

    What was owed stays in the ledger, and the keys stay sealed: a duplicate and a buyer
    in a workshop's folder are still found by whoever knows name, number or address.
    """

    _inherit = "lead.market.request"

    closed_on = fields.Datetime(
        compute="_compute_closed_on", store=True, groups="base.group_user"
    )
    erased_on = fields.Datetime(
        string="Personal Data Erased",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _erasure_idx = models.Index(
        "(company_id, closed_on) WHERE state = 'closed' AND erased_on IS NULL"
    )

    @api.depends("state")
    def _compute_closed_on(self):
        now = fields.Datetime.now()
        for request in self:
            request.closed_on = request.state == "closed" and now

    def action_reopen(self):
        if any(request.erased_on for request in self):
            raise UserError(
                self.env._(
                    "The personal data of this request was erased. The customer has "
                    "to send a new one."
                )
            )
        return super().action_reopen()

    # === CRON ===

    @api.model
    def _cron_erase(self):
        """Erase the personal data of what was closed long ago, some at a time."""
        domain = self._get_erasure_domain()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while requests := self.search(domain, limit=BATCH, order="closed_on, id"):
            erased = 0
            for request in requests:
                # What somebody has reopened or declared meanwhile is left alone.
                due = request.try_lock_for_update().filtered_domain(domain)
                due._erase_personal_data()
                erased += len(due)
                if not cron._commit_progress(len(due)):
                    return
            if not erased:
                # Somebody else is at work on these.
                break

    @api.model
    def _get_erasure_domain(self):
        """Return which requests nobody needs the people of any more.

        Not those with an order that is not settled or an incident that nobody has
        decided on, and not those that a workshop still works on.

        :rtype: Domain
        """
        unsettled = Domain("state", "not in", SETTLED) | Domain(
            "incident_ids", "any", [("state", "=", "draft")]
        )
        companies = self.env["res.company"].search(
            [("market_retention_months", ">", 0)]
        )
        return (
            Domain("state", "=", "closed")
            & Domain("erased_on", "=", False)
            & Domain.OR(self._get_retention_domain(company) for company in companies)
            & ~Domain("take_ids", "any", Domain("order_ids", "any", unsettled))
        )

    @api.model
    def _get_retention_domain(self, company):
        since = fields.Datetime.subtract(
            fields.Datetime.now(), months=company.market_retention_months
        )
        return (
            Domain("company_id", "=", company.id)
            & Domain("closed_on", "<", since)
            & ~Domain("take_ids", "any", [("last_activity_on", ">=", since)])
        )

    # === ERASURE ===

    def _erase_personal_data(self):
        """Forget whom requests were of, for good; a second time changes nothing."""
        # sudo: the clock erases; takes and leads have no writer for all of this
        for request in self.sudo().filtered(lambda r: not r.erased_on):
            lead, takes = request.lead_ids, request.take_ids
            names = [
                *lead.mapped("contact_name"),
                *lead.mapped("partner_name"),
                *takes.mapped("customer_name"),
                *takes.mapped("for_whom"),
                request.for_whom,
            ]
            request.photo_ids.unlink()
            request.write(request._prepare_erased_vals())
            takes._erase_contact(names)
            takes._erase_unpublished_reviews()
            lead._market_erase()
            request._log("erased", data={"contacts": len(takes)})

    def _prepare_erased_vals(self):
        """Return what a request becomes (single record).

        Its text has no contacts and stays, with the place, for the statistics.

        :rtype: dict
        """
        return {
            "for_whom": False,
            "for_whom_not_stated": True,
            "erased_on": fields.Datetime.now(),
        }
