from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    market_attribution_months = fields.Integer(
        string="Attribution Window",
        help="Months after opening a contact within which an order of its customer "
        "owes a commission. 0: for ever.",
    )
    market_declare_days = fields.Integer(
        string="Days to Declare",
        default=5,
        help="Days after the end of the work within which a workshop declares it.",
    )
    market_show_opened_count = fields.Boolean(
        string="Show How Many Opened",
        default=True,
        help="Workshops see how many others opened a contact.",
    )
    market_for_whom = fields.Selection(
        [("visible", "Visible to all workshops"), ("match", "Only matched")],
        string="For Whom",
        default="visible",
        required=True,
        help="Whether workshops read for whom a request is before they open its "
        "contact, or are only told that it looks like a customer of theirs.",
    )
    market_daily_quota = fields.Integer(
        string="Contacts a Day",
        default=30,
        help="How many contacts a workshop may open within 24 hours, unless it has a "
        "quota of its own. 0: no limit.",
    )
    market_velocity_count = fields.Integer(
        string="Unusually Many a Day",
        default=20,
        help="Managers are told of a workshop that opens so many contacts within 24 "
        "hours. 0: never.",
    )
    market_on_time_target = fields.Integer(
        string="Declared on Time (%)",
        default=75,
        help="How many of a workshop's orders should be declared on time. 0: any.",
    )
    market_paid_target = fields.Integer(
        string="Paid on Time (%)",
        default=95,
        help="How many of a workshop's invoices should be paid on time. 0: any.",
    )
    market_expire_days = fields.Integer(
        string="Days Published",
        default=60,
        help="A request that nobody closed expires after so many days. 0: never.",
    )
    market_checkin_days = fields.Integer(
        string="Days Between Check-ins",
        default=30,
        help="After so many days in which nothing happened, a workshop is asked how it "
        "stands with a contact; twice as often where it is Important. 0: never.",
    )
    market_survey_months = fields.Integer(
        string="Ask Customers After",
        default=6,
        help="Months after the opening of their contact at which customers are asked "
        "who did the work; also when a workshop had planned to finish. 0: never.",
    )
    market_retention_months = fields.Integer(
        string="Keep Personal Data",
        default=36,
        help="Months after a request was closed, and its contacts rested, after which "
        "names, phones, addresses and files are erased. 0: never.",
    )
    market_terms = fields.Html(
        string="Terms for Workshops",
        translate=True,
        sanitize_style=True,
        help="What workshops agree to when they open a contact.",
    )
    market_terms_version = fields.Integer(
        string="Version of the Terms", default=1, readonly=True
    )
    market_consent = fields.Text(
        string="Consent of Customers",
        translate=True,
        help="What customers agree to when they send a request. Empty: the usual "
        "sentence, in the visitor's language.",
    )
    market_consent_version = fields.Integer(
        string="Version of the Consent", default=1, readonly=True
    )
    market_contact_email = fields.Char(
        string="Operator's E-mail",
        help="Shown to workshops and customers wherever there may be a question.",
    )
    market_contact_phone = fields.Char(string="Operator's Phone")
    market_journal_id = fields.Many2one(
        "account.journal",
        string="Commission Journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="A journal of its own: while commissions are posted, nobody else waits.",
    )
    market_product_id = fields.Many2one(
        "product.product",
        string="Commission Product",
        help="Used where the category of a request names no product.",
    )
    market_lines_max = fields.Integer(
        string="Lines on an Invoice",
        default=20,
        help="Up to so many commissions stand on an invoice one by one; more are "
        "added up by product and percentage, and a statement is attached.",
    )
    market_post_invoices = fields.Boolean(
        string="Post Commission Invoices",
        help="Otherwise they are drafts that an accountant posts.",
    )

    def write(self, vals):
        """Count the versions of what others agree to."""
        for text, version in (
            ("market_terms", "market_terms_version"),
            ("market_consent", "market_consent_version"),
        ):
            if text in vals and version not in vals:
                for company in self:
                    if company[text] != vals[text]:
                        super(ResCompany, company).write(
                            {version: company[version] + 1}
                        )
        return super().write(vals)

    # === CONSENT ===

    def _get_market_consent(self):
        """Return what customers agree to when they send a request (single record).

        :rtype: str
        """
        self.ensure_one()
        return self.market_consent or self.env._(
            "I agree that my request is published without my contacts, and that "
            "partner workshops which want to make me an offer receive them."
        )

    # === CONTACT ===

    def _get_market_operator(self):
        """Return whom workshops and customers may ask (single record).

        :rtype: dict
        """
        self.ensure_one()
        return {
            "name": self.name,
            "email": self.market_contact_email or self.email,
            "phone": self.market_contact_phone or self.phone,
        }

    def _get_market_managers(self):
        """Return who decides about workshops (single record).

        :rtype: recordset of `res.users`
        """
        self.ensure_one()
        group = self.env.ref("lead_marketplace.group_manager")
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", group.ids),
                ("company_ids", "in", self.ids),
                ("share", "=", False),
            ]
        )

    # === CLOCK ===

    def _get_market_tz(self):
        """Return the time zone in which days begin and end (single record).

        :rtype: tzinfo
        """
        self.ensure_one()
        # sudo: a workshop can't read the company's address or calendar
        company_sudo = self.sudo()
        name = company_sudo.partner_id.tz or company_sudo.resource_calendar_id.tz
        return pytz.timezone(name or "UTC")

    def _get_market_date(self, moment):
        """Return the day of a moment, as the company counts days (single record).

        :param datetime moment: in UTC, as stored
        :rtype: date
        """
        return pytz.utc.localize(moment).astimezone(self._get_market_tz()).date()

    def _get_market_end_of_day(self, date):
        """Return the moment at which a day is over (single record).

        :param date date: a day of the company
        :return: in UTC, as stored
        :rtype: datetime
        """
        self.ensure_one()
        midnight = datetime.combine(date + timedelta(days=1), time())
        local = self._get_market_tz().localize(midnight)
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_market_today(self):
        """Return what day it is for the company (single record).

        :rtype: date
        """
        return self._get_market_date(fields.Datetime.now())

    # === BILLING ===

    def _get_market_journal(self):
        """Return the journal of commissions; make it where there is none.

        :rtype: recordset of `account.journal`
        """
        self.ensure_one()
        if not self.market_journal_id:
            # sudo: set up once, whoever happens to invoice first
            self.sudo().market_journal_id = self.sudo()._create_market_journal()
        return self.market_journal_id

    def _create_market_journal(self):
        Journal = self.env["account.journal"]
        domain = [("company_id", "=", self.id), ("code", "=", "COMM")]
        return Journal.search([*domain, ("type", "=", "sale")]) or Journal.create(
            {
                "name": self.env._("Commissions"),
                "code": "COMM",
                "type": "sale",
                "company_id": self.id,
            }
        )

    def _get_market_product(self):
        """Return the product of commissions whose category has none of its own.

        :rtype: recordset of `product.product`
        """
        self.ensure_one()
        if not self.market_product_id:
            # sudo: set up once, whoever happens to invoice first
            self.sudo().market_product_id = self.env.ref(
                "lead_marketplace.product_commission"
            )
        return self.market_product_id

    def _get_market_lines_max(self):
        """Return how many entries may stand one by one on an invoice.

        :rtype: int
        """
        self.ensure_one()
        return max(self.market_lines_max, 1)
