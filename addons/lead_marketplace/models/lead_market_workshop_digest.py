from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

SLICE = 100
MOST_REQUESTS = 10
# Who was not told for a while is told of the last days, not of everything.
LOOK_BACK = timedelta(days=3)


class LeadMarketWorkshop(models.Model):
    """A mail a day about new requests that suit a workshop."""

    _inherit = "lead.market.workshop"

    wants_digest = fields.Boolean(
        string="Daily Mail",
        default=True,
        help="Its people get a mail about new requests that suit the workshop.",
    )
    digest_on = fields.Datetime(string="Last Daily Mail", readonly=True)

    _digest_idx = models.Index(
        "(digest_on NULLS FIRST, id) WHERE wants_digest AND state IN ('active', "
        "'warned')"
    )

    @api.model
    def _cron_digest(self):
        """Tell workshops of new requests, some workshops at a time."""
        cron = self.env["ir.cron"]
        domain = self._get_digest_domain()
        cron._commit_progress(remaining=self.search_count(domain))
        while workshops := self.search(
            domain, order="digest_on NULLS FIRST, id", limit=SLICE
        ).try_lock_for_update():
            workshops._send_digests()
            if not cron._commit_progress(len(workshops)):
                break

    @api.model
    def _get_digest_domain(self):
        """Return which workshops are due to be told.

        :rtype: Domain
        """
        # Less than a day: the scheduler is never quite on time.
        since = fields.Datetime.now() - timedelta(hours=20)
        return Domain(
            [("wants_digest", "=", True), ("state", "in", ("active", "warned"))]
        ) & (Domain("digest_on", "=", False) | Domain("digest_on", "<", since))

    def _send_digests(self):
        """Tell workshops, which the caller has locked and found due."""
        for workshop in self:
            workshop._send_digest()

    def _send_digest(self):
        """Queue one mail to the workshop's people, if there is news (single record)."""
        self.ensure_one()
        requests = self._get_digest_requests()
        self.digest_on = fields.Datetime.now()
        partners = self._get_users().partner_id.filtered("email")
        if not requests or not partners:
            return
        template = self.env.ref("lead_marketplace.mail_template_workshop_digest")
        template.with_context(digest_requests=requests)._queue_for(
            self, recipient_ids=[fields.Command.set(partners.ids)]
        )

    def _get_digest_requests(self):
        """Return new requests that suit the workshop, newest first (single record).

        :rtype: recordset of `lead.market.request`
        """
        self.ensure_one()
        now = fields.Datetime.now()
        since = max(self.digest_on or now - LOOK_BACK, now - LOOK_BACK)
        Request = self.env["lead.market.request"]
        suiting = Request._get_feed_domain(self, {"fits": True})
        return Request.search(
            suiting & Domain("published_on", ">", since), limit=MOST_REQUESTS
        )
