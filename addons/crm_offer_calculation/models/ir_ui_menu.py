from odoo import models

OFFER_MENUS = ("crm_offer_menu", "crm_offer_report_menu")


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide offers where no company calculates them: menus know no companies."""
        result = super()._load_menus_blacklist()
        # sudo: companies of others count as well
        companies_sudo = self.env["res.company"].sudo()
        if companies_sudo.search_count([("offer_calculation_enabled", "=", True)], 1):
            return result
        names = [f"crm_offer_calculation.{name}" for name in OFFER_MENUS]
        menus = [self.env.ref(name, raise_if_not_found=False) for name in names]
        return result + [menu.id for menu in menus if menu]
