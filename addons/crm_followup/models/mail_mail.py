from odoo import fields, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    followup_log_id = fields.Many2one(
        "crm.followup.log", index="btree_not_null", ondelete="set null"
    )

    def _send(self, *args, **kwargs):
        """Test once more before mails leave: the queue may have been down for days."""
        stale = self._followup_find_stale()
        stale._followup_cancel()
        return super(MailMail, self - stale)._send(*args, **kwargs)

    def _followup_find_stale(self):
        """Return the follow-ups that something has come up against meanwhile.

        :rtype: recordset
        """
        mails = self.filtered(
            lambda mail: mail.followup_log_id and mail.state == "outgoing"
        )
        if not mails:
            return mails
        # sudo: whoever has the queue sent need not see the deals
        logs = mails.sudo().followup_log_id
        of_leads = logs.lead_id._get_followup_obstacles()
        of_sequences = logs.enrollment_id._get_obstacles()
        copies = logs.filtered(lambda log: log.kind == "copy").lead_id
        people = copies._get_followup_copies()

        def is_stale(mail):
            log = logs.browse(mail.followup_log_id.id)
            return (
                log.lead_id.id in of_leads
                or log.enrollment_id.id in of_sequences
                or log.enrollment_id.state == "stopped"
                or (
                    log.kind == "copy"
                    and mail.recipient_ids not in people[log.lead_id.id]
                )
            )

        return mails.filtered(is_stale)

    def _followup_notify(self):
        """Let Odoo keep account of whether these mails arrive: the deal shows it."""
        notifications = []
        for mail, vals in zip(self, self._get_notification_values(), strict=True):
            recipient = {"mail_email_address": mail.followup_log_id.email}
            if mail.recipient_ids:
                recipient = {"res_partner_id": mail.recipient_ids.id}
            notifications.append({**vals, **recipient})
        # sudo: nobody writes notifications but the framework
        self.env["mail.notification"].sudo().create(notifications)

    def _followup_cancel(self):
        """Send none of these, and say so on the deals."""
        self.cancel()
        # sudo: nobody writes notifications but the framework
        notifications = self.env["mail.notification"].sudo()
        notifications.search([("mail_mail_id", "in", self.ids)]).write(
            {"notification_status": "canceled"}
        )
        # sudo: whoever has the queue sent need not see the deals
        self.sudo().followup_log_id.write({"is_cancelled": True})
