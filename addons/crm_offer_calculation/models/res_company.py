from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    offer_calculation_enabled = fields.Boolean(
        string="Calculate Offers on Deals",
        default=True,
        help="Without it, deals keep the value and the cost they had, which are "
        "entered by hand from then on. Offers are hidden, not deleted.",
    )
    offer_accept_wins = fields.Boolean(
        string="Accepted Offers Win the Deal",
        default=True,
        help="A deal is won when the customer accepts one of its variants.",
    )
    offer_watch_views = fields.Boolean(
        string="Watch Who Views Offers",
        default=True,
        help="Salespeople are told when customers open an offer, and who it was.",
    )
    offer_event_days = fields.Integer(
        string="Keep Who Viewed Offers (days)",
        default=365,
        help="After that it is forgotten who viewed, chose, signed and paid on the "
        "pages of an offer. 0 keeps it for ever.",
    )

    _offer_event_days_positive = models.Constraint(
        "CHECK (offer_event_days >= 0)",
        "What happened to offers can't be kept for less than 0 days.",
    )

    def write(self, vals):
        before = {company: company.offer_calculation_enabled for company in self}
        result = super().write(vals)
        for company, was_enabled in before.items():
            if company.offer_calculation_enabled != was_enabled:
                company._log_offer_calculation()
                # Menus of offers come and go with it.
                self.env.registry.clear_cache()
        return result

    def _log_offer_calculation(self):
        """Take down who switched offers on or off, and when (single record): companies
        have no chatter."""
        state = "on" if self.offer_calculation_enabled else "off"
        # sudo: who may change settings need not be allowed to write logs
        self.env["ir.logging"].sudo().create(
            {
                "name": "crm_offer_calculation",
                "type": "server",
                "dbname": self.env.cr.dbname,
                "level": "INFO",
                "path": "res.company",
                "func": "offer_calculation_enabled",
                "line": str(self.id),
                "message": f"{self.env.user.login} switched offers of {self.name} "
                f"{state}",
            }
        )
