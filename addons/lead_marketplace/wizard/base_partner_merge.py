from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse to make one workshop of a marketplace out of two."""
        # sudo: whoever merges contacts need not know the marketplace
        Workshop = self.env["lead.market.workshop"].sudo()
        workshops = Workshop.search([("partner_id", "in", partner_ids)])
        if len(workshops.company_id) < len(workshops):
            raise UserError(
                self.env._(
                    "%(names)s are partner workshops of the marketplace, each with "
                    "contacts and commissions of its own. Terminate one of them there "
                    "and archive its contact instead.",
                    names=", ".join(workshops.partner_id.mapped("display_name")),
                )
            )
        partners = self.env["res.partner"].browse(partner_ids)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # Odoo moves what belongs to a contact by SQL, past all rules.
        partners.exists()._check_market_workshops()
        return result
