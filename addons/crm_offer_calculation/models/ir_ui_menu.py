from odoo import models

OFFER_MENUS = ("crm_offer_menu", "crm_offer_report_menu")


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide offers from users none of whose companies calculates them."""
        result = super()._load_menus_blacklist()
        # sudo: users need not be allowed to read their companies
        if any(self.env.user.sudo().company_ids.mapped("offer_calculation_enabled")):
            return result
        names = [f"crm_offer_calculation.{name}" for name in OFFER_MENUS]
        menus = [self.env.ref(name, raise_if_not_found=False) for name in names]
        return result + [menu.id for menu in menus if menu]
