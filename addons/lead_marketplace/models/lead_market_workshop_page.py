from odoo import api, models
from odoo.fields import Domain

# Who may not open contacts is not recommended to customers either.
PUBLIC_STATES = ("active", "warned")


class LeadMarketWorkshop(models.Model):
    """The workshop as everybody may see it."""

    _inherit = "lead.market.workshop"

    def _is_public(self):
        """Return whether the workshop has a public page (single record).

        :rtype: bool
        """
        self.ensure_one()
        return self.is_listed and self.state in PUBLIC_STATES

    @api.model
    def _get_public_domain(self):
        """Return which workshops have a public page.

        :rtype: Domain
        """
        return Domain("is_listed", "=", True) & Domain("state", "in", PUBLIC_STATES)

    def _get_public_url(self):
        """Return the address of the public page (single record).

        :rtype: str
        """
        self.ensure_one()
        slug = self.env["ir.http"]._slug((self.id, self.partner_id.name or ""))
        return f"/market/workshop/{slug}"
