from odoo import api, fields, models

from ..reasons import EVENTS, OBSTACLES

# What the customer did, and which reason to stop it is.
STOPPING = {
    "reply": "replied",
    "meeting": "meeting",
    "bounce": "bounced",
    "unsubscribe": "opted_out",
}


class CrmFollowupLog(models.Model):
    """What was sent to whom, and what has happened on a deal. Rows are only added."""

    _name = "crm.followup.log"
    _description = "Log of Follow-ups"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("started", "Sequence started"),
            ("mail", "Mail of a sequence"),
            ("activity", "Activity of a sequence"),
            ("skipped", "Step left out"),
            ("failed", "Could not go on"),
            ("paused", "Paused"),
            ("resumed", "Resumed"),
            ("stopped", "Stopped"),
            ("finished", "Ran through"),
            ("bulk", "Mail to many deals"),
            ("copy", "Copy for somebody else"),
            ("reply", "The customer wrote"),
            ("letter", "The salesperson wrote"),
            ("meeting", "Meeting booked"),
            ("bounce", "Mail came back"),
            ("unsubscribe", "Unsubscribed"),
        ],
        string="What",
        required=True,
        index=True,
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    lead_id = fields.Many2one(
        "crm.lead", string="Deal", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="lead_id.company_id", store=True)
    enrollment_id = fields.Many2one(
        "crm.followup.enrollment", index="btree_not_null", ondelete="cascade"
    )
    sequence_id = fields.Many2one(
        related="enrollment_id.sequence_id", store=True, index="btree_not_null"
    )
    step_id = fields.Many2one(
        "crm.followup.step", index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    email = fields.Char(string="To", help="Address that the mail went to.")
    reason = fields.Selection([*EVENTS, *OBSTACLES])
    note = fields.Char()
    template_id = fields.Many2one("mail.template", ondelete="set null")
    mail_message_id = fields.Many2one(
        "mail.message", string="Message", index="btree_not_null", ondelete="set null"
    )
    is_cancelled = fields.Boolean(
        string="Not Sent", help="Something came up before the mail had left."
    )

    # Never twice the same step, whatever crashes and however many jobs there are.
    _step_uniq = models.UniqueIndex(
        "(enrollment_id, step_id) WHERE kind IN ('mail', 'activity', 'skipped')",
        "This step was done already.",
    )
    _email_idx = models.Index(
        "(email, date) WHERE kind IN ('mail', 'bulk', 'copy')"
        " AND is_cancelled IS NOT TRUE"
    )

    @api.model
    def _get_stop_reasons(self):
        """Return which events stop a sequence: kinds of rows, and the reason each is.

        For other addons to add events of theirs, such as an offer that was accepted.

        :rtype: dict
        """
        return dict(STOPPING)

    def _send_mails(self, template):
        """Queue the mail of each row.

        :param template: `mail.template`, approved
        """
        # sudo: what was approved may be sent; who may is checked by the caller
        leads_sudo, template_sudo = self.lead_id.sudo(), template.sudo()
        values = leads_sudo._prepare_followup_mails(template_sudo)
        mails = (
            self.env["mail.mail"]
            # sudo: salespeople have no access to the queue
            .sudo()
            .create(
                [{**values[log.lead_id.id], "followup_log_id": log.id} for log in self]
            )
        )
        for log, mail in zip(self, mails, strict=True):
            log.write(
                {
                    "email": log.lead_id.email_normalized,
                    "template_id": template.id,
                    "mail_message_id": mail.mail_message_id.id,
                }
            )
        mails |= self._copy_mails(mails, template_sudo)
        mails._followup_notify()
        mails._trigger_queue()

    def _copy_mails(self, mails, template):
        """Queue copies for the other people of the deals. One is enough for whoever
        takes part in several of them, or gets a mail of their own.

        :param mails: `mail.mail` of these rows, in their order
        :param template: `mail.template`, approved
        :return: the copies
        :rtype: recordset
        """
        # sudo: see `_send_mails`
        leads_sudo = self.lead_id.sudo()
        people = leads_sudo._get_followup_copies(uncapped=True)
        seen = set(leads_sudo.mapped("email_normalized"))
        values = []
        for log, mail in zip(self, mails, strict=True):
            lead_sudo = leads_sudo.browse(log.lead_id.id)
            for partner in people.get(lead_sudo.id, ()):
                email = partner.email_normalized
                if email not in seen:
                    seen.add(email)
                    copy = log.copy({"kind": "copy", "email": email})
                    values.append(
                        {
                            **lead_sudo._prepare_followup_copy(mail, partner, template),
                            "followup_log_id": copy.id,
                        }
                    )
        return mails.create(values)

    def _cancel_unsent(self):
        """Take back the mails that have not left yet; what is leaving is left alone."""
        mails = self.env["mail.mail"].search(
            [
                ("followup_log_id", "in", self.ids),
                ("state", "in", ("outgoing", "exception")),
            ]
        )
        mails.try_lock_for_update()._followup_cancel()
