from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.crm_followup_enrollment import LIVE

MOST_DEALS = 1000


class CrmFollowupCompose(models.TransientModel):
    """Write to many deals at once, or start a sequence on them.

    Shows first who gets what, and why others get nothing. What is shown is tested again
    when it is sent.
    """

    _name = "crm.followup.compose"
    _description = "Follow Up Deals"

    mode = fields.Selection(
        [("mail", "Send one mail"), ("sequence", "Start a sequence")],
        default="mail",
        required=True,
    )
    state = fields.Selection([("draft", "Draft"), ("done", "Done")], default="draft")
    lead_ids = fields.Many2many(
        "crm.lead", string="Deals", readonly=True, context={"active_test": False}
    )
    hidden_count = fields.Integer(
        string="Not Visible", readonly=True, help="Chosen deals that you may not see."
    )
    template_id = fields.Many2one(
        "mail.template",
        domain="[('model', '=', 'crm.lead'), ('followup_approved', '=', True)]",
    )
    sequence_id = fields.Many2one(
        "crm.followup.sequence",
        compute="_compute_sequence_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    line_ids = fields.One2many(
        "crm.followup.compose.line",
        "compose_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    ready_count = fields.Integer(compute="_compute_counts")
    skipped_count = fields.Integer(compute="_compute_counts")
    preview_lead_id = fields.Many2one(
        "crm.lead",
        string="Preview For",
        domain="[('id', 'in', lead_ids)]",
        compute="_compute_preview_lead_id",
        store=True,
        readonly=False,
    )
    preview_subject = fields.Char(string="Subject", compute="_compute_preview")
    preview_body = fields.Html(string="Text", compute="_compute_preview")

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        if self.env.context.get("active_model") != "crm.lead":
            return vals
        chosen = self.env["crm.lead"].browse(self.env.context.get("active_ids", []))
        seen = chosen.exists()._filtered_access("read")
        if len(seen) > MOST_DEALS:
            raise UserError(
                self.env._(
                    "Please choose no more than %(count)s deals at a time.",
                    count=MOST_DEALS,
                )
            )
        return {
            **vals,
            "lead_ids": [Command.set(seen.ids)],
            "hidden_count": len(chosen) - len(seen),
        }

    @api.depends("lead_ids")
    def _compute_sequence_id(self):
        for wizard in self:
            sequences = wizard.lead_ids.team_id.followup_sequence_id
            wizard.sequence_id = sequences if len(sequences) == 1 else False

    @api.depends("lead_ids", "mode", "sequence_id")
    def _compute_line_ids(self):
        for wizard in self:
            reasons = wizard._get_reasons()
            # In the order in which they are read again: who gets nothing comes first.
            lines = [
                {"lead_id": lead.id, "reason": reasons.get(lead.id)}
                for lead in wizard.lead_ids._origin
            ]
            lines.sort(key=lambda line: (not line["reason"], line["reason"] or ""))
            wizard.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.depends("line_ids.reason")
    def _compute_counts(self):
        for wizard in self:
            skipped = wizard.line_ids.filtered("reason")
            wizard.skipped_count = len(skipped)
            wizard.ready_count = len(wizard.line_ids) - len(skipped)

    @api.depends("line_ids")
    def _compute_preview_lead_id(self):
        for wizard in self:
            ready = wizard.line_ids.filtered(lambda line: not line.reason)
            if wizard.preview_lead_id not in ready.lead_id:
                wizard.preview_lead_id = ready[:1].lead_id

    @api.depends("preview_lead_id", "template_id", "mode", "sequence_id")
    def _compute_preview(self):
        for wizard in self:
            template, lead = wizard._get_template(), wizard.preview_lead_id._origin
            wizard.preview_subject = wizard.preview_body = False
            if template and lead:
                lead.check_access("read")
                # sudo: an approved template may be anybody's; the deal was checked
                rendered = template.sudo()._generate_template(
                    lead.ids, ("subject", "body_html")
                )[lead.id]
                wizard.preview_subject = rendered["subject"]
                wizard.preview_body = rendered["body_html"]

    def _get_template(self):
        """Return the letter that goes out first, or none (single record).

        :rtype: recordset
        """
        if self.mode == "mail":
            template = self.template_id
        else:
            mails = self.sequence_id.step_ids.filtered(lambda step: step.kind == "mail")
            template = mails[:1].template_id
        return template.filtered_domain(template._get_followup_domain())

    # === WHO GETS NOTHING ===

    def _get_reasons(self):
        """Return why deals get nothing, by their ids (single record).

        :rtype: dict
        """
        leads = self.lead_ids._origin
        obstacles = leads._get_followup_obstacles()
        capped = leads._get_followup_capped() if self.mode == "mail" else {}
        unanswered = self._get_unanswered(leads)
        # sudo: sequences that others started count as well
        enrollments = self.env["crm.followup.enrollment"].sudo()
        enrolled = enrollments.search(
            [("lead_id", "in", leads.ids), ("state", "in", LIVE)]
        ).lead_id
        reasons = dict(obstacles)
        for lead in leads:
            company = lead.company_id or self.env.company
            for reason, is_one in (
                ("switched_off", not company.followup_enabled),
                ("other_company", self._is_of_other_company(lead)),
                ("enrolled", lead in enrolled),
                ("unanswered", lead.id in unanswered),
                ("capped", lead.id in capped),
            ):
                if is_one:
                    reasons.setdefault(lead.id, reason)
        return {**self._get_repeated(leads, reasons), **reasons}

    def _get_repeated(self, leads, reasons):
        """Return the second and further deals of a contact: one mail is enough.

        :rtype: dict
        """
        if self.mode != "mail":
            return {}
        seen, repeated = set(), {}
        for lead in leads:
            if lead.id not in reasons:
                if lead.email_normalized in seen:
                    repeated[lead.id] = "same_contact"
                seen.add(lead.email_normalized)
        return repeated

    def _is_of_other_company(self, lead):
        company = self.mode == "sequence" and self.sequence_id.company_id
        return bool(company and lead.company_id and lead.company_id != company)

    @api.model
    def _get_unanswered(self, leads):
        """Return ids of deals where the customer wrote last: a person has to answer.

        :rtype: set
        """
        # sudo: what others wrote on the deal counts as well
        Log = self.env["crm.followup.log"].sudo()

        def last(*kinds):
            domain = Domain("lead_id", "in", leads.ids) & Domain("kind", "in", kinds)
            rows = Log._read_group(domain, ["lead_id"], ["id:max"])
            return {lead.id: last_id for lead, last_id in rows}

        answered = last("letter", "mail", "bulk")
        return {
            lead_id
            for lead_id, last_id in last("reply").items()
            if last_id > answered.get(lead_id, 0)
        }

    # === ACTIONS ===

    def action_preview_next(self):
        """Show what the next deal gets.

        :return: action that opens this dialog again
        :rtype: dict
        """
        self.ensure_one()
        leads = self.line_ids.filtered(lambda line: not line.reason).lead_id
        if leads:
            place = (
                leads.ids.index(self.preview_lead_id.id) + 1
                if self.preview_lead_id in leads
                else 0
            )
            self.preview_lead_id = leads[place % len(leads)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow Up"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref(
                        "crm_followup.crm_followup_compose_view_form_preview"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
        }

    def action_send(self):
        """Send, or start the sequence, for those that nothing speaks against.

        :return: action that says how many they were
        :rtype: dict
        """
        self.ensure_one()
        # A second click has nothing to send.
        if not self.try_lock_for_update() or self.state == "done":
            raise UserError(self.env._("This has been sent already."))
        self.lead_ids.check_access("write")
        self._check_choice()
        self.state = "done"
        reasons = self._get_reasons()
        ready = self.lead_ids.filtered(lambda lead: lead.id not in reasons)
        if not ready:
            raise UserError(self.env._("None of these deals can get a follow-up now."))
        if self.mode == "mail":
            self._send_mails(ready)
        else:
            self.sequence_id._enroll(ready)
        return self._notify(len(ready))

    def _check_choice(self):
        if self.mode == "mail" and not self._get_template():
            raise UserError(self.env._("Please choose an approved template."))
        if self.mode == "sequence" and not self.sequence_id:
            raise UserError(self.env._("Please choose a sequence."))

    def _send_mails(self, leads):
        # sudo: nobody writes the log but this addon; the deals were checked
        logs = (
            self.env["crm.followup.log"]
            .sudo()
            .create([{"kind": "bulk", "lead_id": lead.id} for lead in leads])
        )
        logs._send_mails(self.template_id)

    def _notify(self, count):
        if self.mode == "mail":
            message = self.env._("Mails on their way: %(count)s", count=count)
        else:
            message = self.env._("Sequences started: %(count)s", count=count)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
