from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._recheck_followups()
        return entries

    def write(self, vals):
        res = super().write(vals)
        self._recheck_followups()
        return res

    def _recheck_followups(self):
        """Stop the sequences of those who want no mails at all."""
        emails = self.filtered("active").mapped("email")
        # sudo: who blacklists an address need not see its deals
        self.env["crm.lead"].sudo()._find_followup_leads(emails)._followup_recheck()
