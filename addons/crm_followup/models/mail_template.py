from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# Whoever changes one of these has written another letter.
LETTER_FIELDS = {"subject", "body_html", "attachment_ids", "report_template_ids"}
MANAGER = "sales_team.group_sale_manager"


class MailTemplate(models.Model):
    _inherit = "mail.template"

    followup_approved = fields.Boolean(
        string="Approved for Follow-ups",
        copy=False,
        help="Salespeople may send it to many deals at once, and sequences use it. A "
        "change of its text by anybody but a sales manager takes the approval back.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("followup_approved") for vals in vals_list):
            self._check_may_approve()
        return super().create(vals_list)

    def write(self, vals):
        if "followup_approved" in vals:
            self._check_may_approve()
        elif LETTER_FIELDS & set(vals) and not self._may_approve():
            vals = {**vals, "followup_approved": False}
        return super().write(vals)

    def _check_may_approve(self):
        if not self._may_approve():
            raise AccessError(
                self.env._("Only sales managers approve templates for follow-ups.")
            )

    def _may_approve(self):
        """Return whether what the user writes needs nobody's approval.

        :rtype: bool
        """
        return self.env.su or self.env.user.has_group(MANAGER)

    def action_followup_approve(self):
        """Let salespeople and sequences use the templates, or no longer."""
        self._check_may_approve()
        for template in self:
            # sudo: sales managers need not be editors of all templates; checked above
            template.sudo().followup_approved = not template.followup_approved

    @api.model
    def _get_followup_domain(self):
        """Return which templates follow-ups may use.

        :rtype: Domain
        """
        return Domain("model", "=", "crm.lead") & Domain("followup_approved", "=", True)
