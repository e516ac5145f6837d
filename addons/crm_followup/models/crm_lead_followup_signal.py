from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search

from .crm_followup_enrollment import LIVE

# What people write; notes, tracking and absence notes of our own users are not.
LETTERS = ("email", "comment")


class CrmLead(models.Model):
    """What happens on a deal and is a reason to stop following up."""

    _inherit = "crm.lead"

    def _followup_signal(self, kind):
        """Take down what happened on these deals, and stop their sequences if it is a
        reason to.

        For other addons to call, with a kind that they added to the log and to
        `_get_stop_reasons`.

        :param str kind: of `crm.followup.log`
        """
        # sudo: nobody writes the log and enrollments but this addon
        Log = self.env["crm.followup.log"].sudo()
        Log.create([{"lead_id": lead.id, "kind": kind} for lead in self])
        enrollments = self.env["crm.followup.enrollment"].sudo()
        enrollments = enrollments.search(
            [("lead_id", "in", self.ids), ("state", "!=", "stopped")]
        )
        reason = Log._get_stop_reasons().get(kind)
        if reason:
            live = enrollments.filtered(lambda one: one.state in LIVE)
            live._stop_live(dict.fromkeys(live.ids, reason))
        if kind == "reply":
            enrollments._note_reply()

    def _message_post_after_hook(self, message, msg_vals):
        res = super()._message_post_after_hook(message, msg_vals)
        self._followup_hear_letter(message)
        return res

    def _followup_hear_letter(self, message):
        """Hear a message of these deals, or of a document that belongs to them, if a
        person wrote it.

        :param message: `mail.message`
        """
        is_letter = message.message_type in LETTERS
        if self and is_letter and not self.env.context.get("mail_is_automatic"):
            self._followup_hear(message)

    def _followup_hear(self, message):
        """Find out who wrote to whom: customers stop a sequence, salespeople pause it.

        :param message: `mail.message` of this deal, or of one of its documents
        """
        # sudo: whoever wrote it, and whatever that person may read
        message = message.sudo()
        author = message.author_id
        if not author or author.partner_share:
            colleagues = self._find_followup_colleagues(message.email_from, author)
            (self | colleagues)._followup_signal("reply")
        elif self._is_letter_to_customer(message):
            self._followup_note_letter()

    def _message_mail_after_hook(self, mails):
        res = super()._message_mail_after_hook(mails)
        self.browse(mails.mapped("res_id"))._followup_note_letter()
        return res

    def _followup_note_letter(self):
        """Let the sequences of these deals wait: a person has written."""
        self._followup_signal("letter")
        for lead in self:
            company = lead.company_id or self.env.company
            # sudo: nobody writes enrollments but this addon
            live = lead.sudo().followup_enrollment_ids
            live._hold(company.followup_manual_days)

    def _is_letter_to_customer(self, message):
        """Return whether the customer gets what one of us wrote (single record).

        :rtype: bool
        """
        reached = message.partner_ids | self.message_partner_ids
        is_letter = message.subtype_id == self.env.ref("mail.mt_comment")
        return is_letter and bool(
            reached.filtered("partner_share") or message.outgoing_email_to
        )

    @api.model
    def _find_followup_colleagues(self, email, author):
        """Return deals that are followed up with the company of who wrote: the customer
        may answer from another address, on another deal, or through a colleague.

        :param str email: address of who wrote
        :param author: `res.partner`, may be empty
        :rtype: recordset
        """
        criterion = mail_prepare_for_domain_search(email_normalize(email or ""))
        theirs = Domain.FALSE
        if criterion:
            theirs |= Domain("email_domain_criterion", "=", criterion)
        if author:
            commercial = author.commercial_partner_id
            theirs |= Domain("partner_id.commercial_partner_id", "=", commercial.id)
        # sudo: the deals may be somebody else's; they are stopped, not shown
        return self.sudo().search(
            theirs & Domain("followup_enrollment_ids.state", "in", LIVE)
        )

    @api.model
    def _find_followup_leads(self, emails):
        """Return deals that are followed up with one of some addresses.

        :param list emails: normalized addresses
        :rtype: recordset
        """
        return self.with_context(active_test=False).search(
            Domain("email_normalized", "in", emails)
            & Domain("followup_enrollment_ids.state", "in", LIVE)
        )

    def _message_receive_bounce(self, email, partner):
        # A copy that came back says nothing about the contact's address.
        others = self - self._filter_followup_copied(email)
        res = super(CrmLead, others)._message_receive_bounce(email, partner)
        others.filtered("followup_enrollment_ids")._followup_signal("bounce")
        return res

    def _filter_followup_copied(self, email):
        """Return the deals of whose follow-ups somebody other than the contact gets
        copies at an address.

        :param str email: any writing of it
        :rtype: recordset
        """
        email = email_normalize(email or "")
        # sudo: mails come back to nobody in particular
        copies = self.env["crm.followup.log"].sudo()
        copies = copies.search(
            [
                ("lead_id", "in", self.ids),
                ("kind", "=", "copy"),
                ("email", "=", email),
            ]
        )
        return (copies.lead_id & self).filtered(
            lambda lead: lead.email_normalized != email
        )
