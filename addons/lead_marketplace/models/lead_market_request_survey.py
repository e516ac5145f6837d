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
            (Model, Model._get_survey_domain()) for Model in self._get_survey_models()
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(
            remaining=sum(Model.search_count(domain) for Model, domain in steps)
        )
        for Model, domain in steps:
            while records := Model.search(domain, limit=BATCH, order="id"):
                surveyed = records._survey_due()
                if not cron._commit_progress(len(surveyed)):
                    return
                if not surveyed:
                    # Somebody else is at work on these.
                    break

    @api.model
    def _get_survey_models(self):
        """Return what leads to a question, as empty recordsets.

        Each of them has ``_get_survey_domain`` and ``_survey_due``.

        :rtype: list
        """
        return [self.env["lead.market.order"], self.env["lead.market.take"]]

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

    @api.model
    def _get_survey_domain(self):
        """Return the orders that were planned to be done by now, and nobody declared.

        :rtype: Domain
        """
        companies = self.env["res.company"].search([("market_survey_months", ">", 0)])
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("planned_finish_date", "<=", company._get_market_today())
            & Domain("declared_on", "=", False)
            & Domain("survey_on", "=", False)
            & Domain("decision", "in", UNDECLARED)
            for company in companies
        )

    def _survey_due(self):
        """Ask the customers of those orders that are due, and not locked by others.

        :return: the orders; they are not due any more
        :rtype: recordset
        """
        due = self.try_lock_for_update().filtered_domain(self._get_survey_domain())
        due.write({"survey_on": fields.Datetime.now()})
        due.take_id.request_id._survey("survey_finish_on")
        return due


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

    @api.model
    def _get_survey_domain(self):
        """Return the contacts that were opened long enough ago.

        :rtype: Domain
        """
        companies = self.env["res.company"].search([("market_survey_months", ">", 0)])
        return Domain("company_id", "in", companies.ids) & Domain(
            "survey_due_on", "<=", fields.Datetime.now()
        )

    def _survey_due(self):
        """Ask the customers of those contacts that are due, and not locked by others.

        :return: the contacts; they are not due any more
        :rtype: recordset
        """
        due = self.try_lock_for_update().filtered_domain(self._get_survey_domain())
        due.write({"survey_due_on": False})
        due.request_id._survey("survey_months_on")
        return due
