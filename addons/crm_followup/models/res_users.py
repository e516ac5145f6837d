from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        res = super().write(vals)
        if "active" in vals and not vals["active"]:
            # sudo: who archives a user need not see the deals
            enrollments = self.env["crm.followup.enrollment"].sudo()
            enrollments.search(
                [
                    ("user_id", "in", self.ids),
                    ("state", "in", ("running", "paused")),
                ]
            )._recheck()
        return res
