from odoo import api, fields, models


class LeadMarketRequest(models.Model):
    """Requests are shown for a time, and then no more."""

    _inherit = "lead.market.request"

    expires_on = fields.Datetime(copy=False)

    _expiry_idx = models.Index("(expires_on) WHERE state IN ('published', 'paused')")

    def _prepare_publish_vals(self):
        vals = super()._prepare_publish_vals()
        days = self.company_id.market_expire_days
        expires_on = days and fields.Datetime.add(vals["published_on"], days=days)
        return {**vals, "expires_on": expires_on}

    # === CRON ===

    @api.model
    def _cron_expire(self):
        """Close what has been published for long enough."""
        domain = [
            ("state", "in", ("published", "paused")),
            ("expires_on", "<", fields.Datetime.now()),
        ]
        cron = self.env["ir.cron"]
        requests = self.search(domain, limit=500)
        cron._commit_progress(remaining=len(requests))
        for request in requests:
            locked = request.try_lock_for_update().filtered_domain(domain)
            locked._close("expired")
            if not cron._commit_progress(1):
                break
