from odoo import models

LAYOUT = "mail.mail_notification_light"


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _queue_for(self, records, **values):
        """Queue a mail for each record (single template).

        No page waits for the mail server: the queue sends at once, and again later
        when the server could not be reached. Answering machines do not answer it.

        :param records: records of the template's model
        :param values: values of the mails that the template does not give
        """
        self.ensure_one()
        # sudo: templates are the system's, whoever causes the mail
        self.sudo().send_mail_batch(
            records.ids,
            force_send=False,
            email_layout_xmlid=LAYOUT,
            email_values={
                "is_resent": True,
                "headers": {"Auto-Submitted": "auto-generated"},
                **values,
            },
        )
        self.env["mail.mail"]._trigger_queue()
