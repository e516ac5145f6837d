from markupsafe import Markup

from odoo import Command, fields, models
from odoo.tools.mail import plaintext2html

# What base64 adds, the text of the mail, and some air.
MAIL_SHARE = 0.7
MAIL_TEXT_BYTES = 200_000
# In this order they are put in, as long as there is room.
MAILED = ("data_json", "data_xml", "snapshot", "model_glb", "model_stl", "model_step")


class RfqRequest(models.Model):
    """Who is told what, and the words both sides read."""

    _inherit = "rfq.request"

    def _send_template(self, xmlid, values=None, **context):
        """Queue a mail of ours (single record).

        :param str xmlid: the template
        :param dict values: values of the mail that the template does not give
        :param context: what the template reads besides the request
        """
        self.ensure_one()
        if template := self.env.ref(xmlid, raise_if_not_found=False):
            template.with_context(**context)._queue_for(self, **(values or {}))

    def _notify_customer_sent(self):
        """Confirm to the customer that the request arrived (single record)."""
        self.ensure_one()
        if self.design_id.confirm_to_customer:
            self._send_template("rfq_configurator.mail_template_confirmed")

    def _notify_seller(self):
        """Send the request to the seller, with what fits into a mail (single
        record)."""
        self.ensure_one()
        recipients = self._get_notified_partners()
        if not recipients:
            return
        attachments, left_out = self._attach_for_mail()
        self._send_template(
            "rfq_configurator.mail_template_received",
            {
                "recipient_ids": [Command.link(one.id) for one in recipients],
                "attachment_ids": [Command.link(one.id) for one in attachments],
            },
            left_out=left_out,
        )

    def _get_notified_partners(self):
        """Return who gets a mail on a new request (single record).

        :return: contacts that have an address
        :rtype: recordset of `res.partner`
        """
        self.ensure_one()
        design, whom = self.design_id, self.design_id.notify_seller
        addresses = design.notify_partner_ids
        if whom == "company":
            whom = self.company_id.rfq_notify_seller
            addresses = self.company_id.rfq_notify_partner_ids
        partners = {
            "none": self.env["res.partner"],
            "responsible": self.user_id.partner_id,
            "team": self.team_id.member_ids.partner_id
            | self.team_id.user_id.partner_id,
            "address": addresses,
        }[whom]
        return partners.filtered("email")

    def _attach_for_mail(self):
        """Return copies of the files for one mail (single record).

        Above the limit of mails, Odoo would turn files into links, which lead nowhere
        when the request is removed. So we leave out what does not fit.

        :return: attachments, and the names of what was left out
        :rtype: tuple
        """
        self.ensure_one()
        room = self.env["ir.mail_server"].sudo()._get_max_email_size()  # sudo: a limit
        room = room * 1024 * 1024 * MAIL_SHARE - MAIL_TEXT_BYTES
        vals_list, left_out = [], []
        for kind in MAILED:
            content = self.version_id._read_binary(self, kind)
            if not content:
                continue
            if len(content) > room:
                left_out.append(self._get_file_name(kind))
                continue
            room -= len(content)
            vals_list.append(
                {
                    "name": self._get_file_name(kind),
                    "raw": content,
                    "mimetype": self._get_mimetype(kind),
                    # Removed together with the mail.
                    "res_model": "mail.message",
                    "res_id": 0,
                }
            )
        # sudo: nobody but the mail gets them
        attachments_sudo = self.env["ir.attachment"].sudo().create(vals_list)
        return attachments_sudo, left_out

    def _render_table(self):
        """Return the configuration as a table for mails, in the language of the context
        (single record).

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        rows = [row for row in self._get_rows() if not row["internal"]]
        return self.env["ir.qweb"]._render(
            "rfq_configurator.rfq_request_table", {"rows": rows}
        )

    def _format_quantity(self):
        """Return the quantity as people write it (single record).

        :rtype: str
        """
        return self.version_id._format_number(f"{self.quantity:.0f}")

    def _get_customer_email(self):
        """Return the address of a customer who is no contact of ours (single record).

        :rtype: str
        """
        self.ensure_one()
        return "" if self.partner_id else self.contact_email or ""

    def _schedule_answer(self):
        """Put the request on the seller's list (single record)."""
        self.ensure_one()
        if self.user_id:
            # Without the activity's own mail: ours says more.
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                "rfq_configurator.mail_activity_answer",
                date_deadline=fields.Date.context_today(self),
                user_id=self.user_id.id,
            )

    def _close_activities(self):
        """Take requests off the sellers' lists."""
        self.activity_unlink(
            [
                "rfq_configurator.mail_activity_answer",
                "rfq_configurator.mail_activity_purge",
            ]
        )

    # === CONVERSATION ===

    def _post(self, author, body, files=(), message_id=None):
        """Write into the conversation that the customer sees (single record).

        :param author: `res.partner` who writes; empty for guests
        :param str body: plain text
        :param list files: (name, content) pairs, checked
        :param str message_id: Message-Id, by default Odoo's own
        """
        self.ensure_one()
        sender = (
            {"author_id": author.id} if author else {"email_from": self._get_guest()}
        )
        self.message_post(
            **({"message_id": message_id} if message_id else {}),
            **sender,
            body=plaintext2html(body) if body else Markup(""),
            attachments=list(files),
            message_type="comment",
            subtype_xmlid="rfq_configurator.mt_conversation",
        )

    def _get_guest(self):
        self.ensure_one()
        return f"{self.contact_name} <{self.contact_email}>"
