from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from .lead_market_order_deadline import UNDECLARED

BATCH = 100
# Whoever has told this is not asked again.
TOLD = ("workshop", "other")
# Nobody wants to hear of a request that ended like this.
NOT_ASKED = ("withdrawn", "refused", "duplicate")


class LeadMarketRequest(models.Model):
    """The customer is asked who did the work: when it should be done, and later on.

    Each occasion comes once. A customer who says that nobody did it yet is asked on the
    second one, too.
    """

    _inherit = "lead.market.request"

    survey_finish_on = fields.Datetime(
        string="Asked at the Planned Finish",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    survey_months_on = fields.Datetime(
        string="Asked After Some Months",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    @api.model
    def _cron_survey(self):
        """Ask customers who did the work, some of them at a time."""
        steps = [
            step
            for company in self.env["res.company"].search(
                [("market_survey_months", ">", 0)]
            )
            for step in self._get_survey_steps(company)
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(
            remaining=sum(Model.search_count(domain) for Model, domain, _work in steps)
        )
        for Model, domain, work in steps:
            while records := Model.search(domain, limit=BATCH, order="id"):
                locked = records.try_lock_for_update().filtered_domain(domain)
                work(locked)
                if not cron._commit_progress(len(locked)):
                    return
                if not locked:
                    # Somebody else is at work on these.
                    break

    @api.model
    def _get_survey_steps(self, company):
        """Return what is due: a model, a domain, and what to do with its records.

        Each step takes the records out of its own domain, so that it can be repeated.

        :rtype: list[tuple]
        """
        of_company = Domain("company_id", "=", company.id)
        orders = (
            of_company
            & Domain("planned_finish_date", "<=", company._get_market_today())
            & Domain("declared_on", "=", False)
            & Domain("survey_on", "=", False)
            & Domain("decision", "in", UNDECLARED)
        )
        takes = of_company & Domain("survey_due_on", "<=", fields.Datetime.now())
        return [
            (self.env["lead.market.order"], orders, lambda found: found._survey()),
            (self.env["lead.market.take"], takes, lambda found: found._survey()),
        ]

    def _survey(self, occasion):
        """Ask the customers that may be asked on an occasion, and were not yet.

        :param str occasion: ``survey_finish_on`` or ``survey_months_on``
        """
        for request in self.filtered(lambda r: not r[occasion] and r._may_survey()):
            request[occasion] = fields.Datetime.now()
            request._log("survey", data={"occasion": occasion})
            request._get_lead()._market_send(
                "lead_marketplace.mail_template_request_survey"
            )

    def _may_survey(self):
        """Return whether the customer may be asked who did the work (single record).

        :rtype: bool
        """
        lead = self._get_lead()
        is_asked_already = self.survey_finish_on or self.survey_months_on
        return bool(
            self.take_ids
            and self.close_reason not in NOT_ASKED
            and self.outcome not in TOLD
            # Who has not answered yet is not asked a second time.
            and (not is_asked_already or self.outcome == "nobody")
            and lead.market_consent_date
            and email_normalize(lead.email_from or "")
            and not lead.is_blacklisted
        )


class LeadMarketOrder(models.Model):
    _inherit = "lead.market.order"

    survey_on = fields.Datetime(
        string="Customer Asked On",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _survey_idx = models.Index(
        "(company_id, planned_finish_date) "
        "WHERE declared_on IS NULL AND survey_on IS NULL"
    )

    def _survey(self):
        """Ask the customers whose work was planned to be done by now."""
        self.write({"survey_on": fields.Datetime.now()})
        self.take_id.request_id._survey("survey_finish_on")


class LeadMarketTake(models.Model):
    _inherit = "lead.market.take"

    survey_due_on = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the customer is asked who did the work.",
    )

    _survey_idx = models.Index(
        "(company_id, survey_due_on) WHERE survey_due_on IS NOT NULL"
    )

    @api.model
    def _prepare_open_vals(self, request, workshop, user, ip, taken):
        vals = super()._prepare_open_vals(request, workshop, user, ip, taken)
        months = workshop.company_id.market_survey_months
        due = months and fields.Datetime.add(vals["opened_on"], months=months)
        return {**vals, "survey_due_on": due}

    def _survey(self):
        """Ask the customers whose contact was opened long enough ago."""
        self.write({"survey_due_on": False})
        self.request_id._survey("survey_months_on")
