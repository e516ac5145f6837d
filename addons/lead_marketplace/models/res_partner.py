from odoo import api, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.constrains("parent_id", "is_company")
    def _check_market_workshops(self):
        """Keep workshops companies of their own: their people are found by it, and all
        that they opened and owe."""
        # sudo: whoever edits contacts need not know the marketplace
        Workshop = self.env["lead.market.workshop"].sudo()
        for workshop in Workshop.search([("partner_id", "in", self.ids)]):
            partner = workshop.partner_id
            if partner != partner.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a partner workshop of the marketplace, so it "
                        "stays a company of its own.",
                        name=partner.name,
                    )
                )
