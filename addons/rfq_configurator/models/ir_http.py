from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Send the texts of our scripts to the customer's pages in its language."""
        return [*super()._get_translation_frontend_modules_name(), "rfq_configurator"]
