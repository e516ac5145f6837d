from odoo import api, fields, models
from odoo.tools import email_normalize

from ..reasons import EVENTS, OBSTACLES
from .crm_followup_enrollment import LIVE, STATES

# When one of these changes, a sequence may have to stop.
WATCHED = {
    *("stage_id", "active", "probability", "user_id", "company_id"),
    *("email_from", "partner_id"),
}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    followup_enrollment_ids = fields.One2many(
        "crm.followup.enrollment", "lead_id", string="Follow-up Sequences"
    )
    followup_log_ids = fields.One2many(
        "crm.followup.log", "lead_id", string="Log of Follow-ups"
    )
    followup_enrollment_id = fields.Many2one(
        "crm.followup.enrollment", string="Last Follow-up", compute="_compute_followup"
    )
    followup_state = fields.Selection(
        STATES, string="Follow-up", compute="_compute_followup"
    )
    followup_sequence_id = fields.Many2one(
        "crm.followup.sequence",
        string="Follow-up Sequence",
        compute="_compute_followup",
    )
    followup_step_id = fields.Many2one(
        "crm.followup.step", string="Next Follow-up", compute="_compute_followup"
    )
    followup_next_date = fields.Datetime(
        string="Next Follow-up On", compute="_compute_followup"
    )
    followup_stop_reason = fields.Selection(
        [*EVENTS, *OBSTACLES], string="Stopped Because", compute="_compute_followup"
    )
    followup_problem = fields.Char(
        string="Problem of the Follow-up", compute="_compute_followup"
    )

    @api.depends(
        "followup_enrollment_ids.state",
        "followup_enrollment_ids.step_id",
        "followup_enrollment_ids.next_date",
        "followup_enrollment_ids.problem",
    )
    def _compute_followup(self):
        last = dict(
            self.env["crm.followup.enrollment"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["id:recordset"]
            )
        )
        for lead in self:
            enrollments = last.get(lead._origin)
            enrollment = enrollments and enrollments.sorted("id")[-1:]
            lead.followup_enrollment_id = enrollment
            lead.followup_state = enrollment and enrollment.state
            lead.followup_sequence_id = enrollment and enrollment.sequence_id
            lead.followup_step_id = enrollment and enrollment.step_id
            lead.followup_next_date = enrollment and enrollment.next_date
            lead.followup_stop_reason = enrollment and enrollment.stop_reason
            lead.followup_problem = enrollment and enrollment.problem

    def write(self, vals):
        res = super().write(vals)
        is_later = self.env.context.get("followup_recheck_later")
        if WATCHED & set(vals) and not is_later:
            self._followup_recheck()
        return res

    def _merge_dependences(self, opportunities):
        """Keep the history of all; of two sequences that run, the other one stops."""
        # sudo: nobody writes enrollments but this addon; merging was checked by Odoo
        others = self.env["crm.followup.enrollment"].sudo()
        others = others.search([("lead_id", "in", opportunities.ids)])
        mine = self.sudo().followup_enrollment_ids
        kept = mine.filtered(lambda one: one.state in LIVE)[:1]
        for enrollment in others.filtered(lambda one: one.state in LIVE):
            if kept:
                enrollment._stop("merged")
            kept = kept or enrollment
        others.write({"lead_id": self.id})
        # sudo: see above
        logs = self.env["crm.followup.log"].sudo()
        logs.search([("lead_id", "in", opportunities.ids)]).write({"lead_id": self.id})
        return super()._merge_dependences(opportunities)

    # === ACTIONS ===

    def action_set_lost(self, **additional_values):
        """Look at the sequences when the deal is lost, not while it is archived."""
        later = self.with_context(followup_recheck_later=True)
        res = super(CrmLead, later).action_set_lost(**additional_values)
        self._followup_recheck()
        return res

    def action_followup(self):
        """Open the dialog that writes to these deals or starts a sequence on them.

        :return: action
        :rtype: dict
        """
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_followup.crm_followup_compose_action"
            ),
            "context": {
                "active_model": "crm.lead",
                "active_ids": self.ids,
                "default_mode": "sequence",
            },
        }

    def action_followup_pause(self):
        """Send nothing more until somebody resumes."""
        self.followup_enrollment_id.action_pause()

    def action_followup_resume(self):
        """Go on where the sequence was."""
        self.followup_enrollment_id.action_resume()

    def action_followup_stop(self):
        """End the sequences of the deals."""
        self.followup_enrollment_id.action_stop()

    # === WHAT SPEAKS AGAINST A FOLLOW-UP ===

    def _followup_recheck(self):
        """Stop the sequences of these deals that something speaks against by now."""
        # sudo: nobody writes enrollments but this addon
        enrollments = self.env["crm.followup.enrollment"].sudo()
        enrollments.search(
            [("lead_id", "in", self.ids), ("state", "in", LIVE)]
        )._recheck()

    def _get_followup_obstacles(self):
        """Return why deals get no follow-up, by their ids; those that may get one are
        left out.

        The one rule for what is shown beforehand, for sequences that run, and for each
        mail before it leaves. For other addons to extend.

        :return: keys of `reasons.OBSTACLES`
        :rtype: dict
        """
        # sudo: what speaks against a mail counts, whoever asks
        leads_sudo = self.sudo()
        emails = set(filter(None, leads_sudo.mapped("email_normalized")))
        blacklisted = set(
            leads_sudo.env["mail.blacklist"]
            .search_fetch([("email", "in", list(emails))], ["email"])
            .mapped("email")
        )
        opted_out = self.env["crm.followup.opt.out"]._filter_opted_out(emails)
        hidden = leads_sudo._get_followup_hidden()
        obstacles = {}
        for lead in leads_sudo:
            obstacle = lead._get_followup_obstacle(blacklisted, opted_out, hidden)
            if obstacle:
                obstacles[lead.id] = obstacle
        return obstacles

    def _get_followup_obstacle(self, blacklisted, opted_out, hidden):
        """Return what speaks against a follow-up, if anything (single record).

        :param set blacklisted: addresses
        :param set opted_out: addresses
        :param set hidden: ids of deals that their salespeople may not see
        :rtype: str
        """
        email = self.email_normalized
        if self.won_status in ("won", "lost"):
            return self.won_status
        for obstacle, is_one in (
            ("archived", not self.active),
            ("no_user", not self.user_id.active),
            ("no_sender", not email_normalize(self.user_id.email or "")),
            ("hidden", self.id in hidden),
            ("no_email", not email),
            ("other_address", email and self._has_other_address()),
            ("blacklisted", email in blacklisted),
            ("opted_out", email in opted_out),
            ("bounced", self.message_bounce > 0),
        ):
            if is_one:
                return obstacle
        return None

    def _get_followup_people(self):
        """Hook: return who gets copies of the follow-ups of a deal (single record).

        :rtype: recordset of `res.partner`
        """
        return self.env["res.partner"]

    def _get_followup_copies(self, uncapped=False):
        """Return who gets copies, by ids of deals: people other than its contact whom
        nothing speaks against.

        :param bool uncapped: leave out who got as many follow-ups as they may lately
        :return: id → `res.partner`
        :rtype: dict
        """
        people = {lead: lead._get_followup_people() for lead in self}
        partners = self.env["res.partner"].union(*people.values())
        emails = set(filter(None, partners.mapped("email_normalized")))
        opted_out = self.env["crm.followup.opt.out"]._filter_opted_out(emails)
        companies = self.company_id | self.env.company
        capped = {
            company: company._get_followup_cap_ends(emails) if uncapped else ()
            for company in companies
        }
        copies = {}
        for lead, others in people.items():
            company = lead.company_id or self.env.company
            refused = {False, lead.email_normalized, *opted_out, *capped[company]}
            copies[lead.id] = others.filtered(
                lambda one, refused=refused: one.email_normalized not in refused
                and not one.is_blacklisted
                and not one.message_bounce
            )
        return copies

    def _has_other_address(self):
        """Return whether it is unclear where to write to (single record).

        The address of the deal and that of its contact may differ, for instance after
        the contact was changed elsewhere.

        :rtype: bool
        """
        of_contact = self.partner_id.email_normalized
        return bool(of_contact) and of_contact != self.email_normalized

    def _get_followup_hidden(self):
        """Return ids of deals that their own salespeople have no access to.

        :rtype: set
        """
        hidden = set()
        for user, leads in self.grouped("user_id").items():
            if user.active:
                companies = user.company_ids
                seen = leads.with_user(user).with_context(
                    allowed_company_ids=companies.ids
                )
                hidden.update((leads - seen._filtered_access("read")).ids)
        return hidden

    def _get_followup_capped(self):
        """Return deals whose contacts got as many follow-ups as they may lately.

        :return: when the next mail may go out, by ids of deals
        :rtype: dict
        """
        capped = {}
        for company, leads in self.grouped("company_id").items():
            company = company or self.env.company
            ends = company._get_followup_cap_ends(leads.mapped("email_normalized"))
            for lead in leads:
                if end := ends.get(lead.email_normalized):
                    capped[lead.id] = end
        return capped
