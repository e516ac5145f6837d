from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmFollowupStep(models.Model):
    _name = "crm.followup.step"
    _description = "Step of a Follow-up Sequence"
    _order = "sequence_id, sequence, id"

    sequence_id = fields.Many2one(
        "crm.followup.sequence", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(string="Place", default=10)
    company_id = fields.Many2one(related="sequence_id.company_id", store=True)
    delay_days = fields.Integer(
        string="Working Days",
        default=3,
        help="So many working days after the step before, or after the start.",
    )
    kind = fields.Selection(
        [("mail", "Mail"), ("activity", "Activity")], default="mail", required=True
    )
    template_id = fields.Many2one(
        "mail.template",
        domain="[('model', '=', 'crm.lead'), ('followup_approved', '=', True)]",
        index="btree_not_null",
        ondelete="restrict",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="restrict",
    )
    summary = fields.Char(help="What is to be done, for instance: call and ask.")
    mail_count = fields.Integer(string="Done", compute="_compute_mail_count")

    _delay_positive = models.Constraint(
        "CHECK (delay_days >= 0)", "A step can't come before the one it follows."
    )
    _kind_complete = models.Constraint(
        "CHECK (kind != 'mail' OR template_id IS NOT NULL)",
        "A step that sends a mail needs a template.",
    )

    def _compute_mail_count(self):
        done = dict(
            self.env["crm.followup.log"]._read_group(
                [("step_id", "in", self.ids), ("kind", "in", ("mail", "activity"))],
                ["step_id"],
                ["__count"],
            )
        )
        for step in self:
            step.mail_count = done.get(step, 0)

    @api.depends("kind", "template_id", "activity_type_id", "summary")
    def _compute_display_name(self):
        for step in self:
            if step.kind == "mail":
                step.display_name = step.template_id.name
            else:
                step.display_name = step.summary or step.activity_type_id.name

    @api.constrains("template_id", "kind")
    def _check_template(self):
        for step in self.filtered(lambda step: step.kind == "mail"):
            if not step._may_use_template():
                raise ValidationError(
                    self.env._(
                        "The template %(name)s is not approved for follow-ups.",
                        name=step.template_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_awaited(self):
        # sudo: deals that the manager does not see count as well
        awaited = (
            self.env["crm.followup.enrollment"]
            .sudo()
            .search_count(
                [
                    ("step_id", "in", self.ids),
                    ("state", "in", ("running", "paused")),
                ],
                limit=1,
            )
        )
        if awaited:
            raise UserError(
                self.env._(
                    "Deals wait for this step. Stop their follow-ups first, or make "
                    "another sequence."
                )
            )

    def _may_use_template(self):
        """Return whether the mail of the step may go out (single record).

        :rtype: bool
        """
        # sudo: a template may be somebody's own
        template = self.sudo().template_id
        return bool(
            template.active
            and template.filtered_domain(template._get_followup_domain())
        )

    def _applies_to(self, enrollment):
        """Return whether the step is done for a deal, or left out (single record).

        For other addons to add conditions, such as whether an offer was looked at.

        :param enrollment: `crm.followup.enrollment` record
        :rtype: bool
        """
        return True

    def _get_next(self):
        """Return the step that follows, or none (single record).

        :rtype: recordset
        """
        steps = self.sequence_id.step_ids
        return steps[steps.ids.index(self.id) + 1 :][:1]
