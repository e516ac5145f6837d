from odoo import models


class WebsiteVisitor(models.Model):
    _inherit = "website.visitor"

    def _merge_visitor(self, target):
        # A visitor who logs in becomes another one: what they ordered stays theirs.
        for name in ("sale.order", "order.request"):
            # sudo: visitors log in
            left_sudo = (
                self.env[name].sudo().search([("website_visitor_id", "in", self.ids)])
            )
            left_sudo.website_visitor_id = target
        return super()._merge_visitor(target)
