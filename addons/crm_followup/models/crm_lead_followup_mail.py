from urllib.parse import urlencode

from odoo import models
from odoo.fields import Command
from odoo.tools import formataddr

LAYOUT = "crm_followup.mail_layout"


class CrmLead(models.Model):
    """What a follow-up looks like when it leaves."""

    _inherit = "crm.lead"

    def _prepare_followup_mails(self, template):
        """Return the values of one mail for each deal, by ids.

        Recipients of the template are not looked at: a mail goes to the address that
        was tested, and to no other.

        :param template: `mail.template`
        :rtype: dict
        """
        rendered = template._generate_template(
            self.ids,
            ("subject", "body_html", "attachment_ids", "report_template_ids"),
        )
        langs = template._render_lang(self.ids)
        # All at once: each alone would look for its aliases.
        reply_to = self._notify_get_reply_to_batch(
            defaults={lead.id: lead.user_id.email_formatted for lead in self},
            author_ids={lead.id: lead.user_id.partner_id.id for lead in self},
        )
        return {
            lead.id: {
                **lead._prepare_followup_envelope(reply_to[lead.id]),
                **lead._prepare_followup_letter(
                    template.with_context(lang=langs[lead.id] or self.env.lang),
                    rendered[lead.id],
                ),
            }
            for lead in self
        }

    def _prepare_followup_envelope(self, reply_to):
        """Return from whom to whom, and what mail programs make of it (single record).

        :param str reply_to: where answers go
        :rtype: dict
        """
        user = self.user_id
        return {
            "model": self._name,
            "res_id": self.id,
            "author_id": user.partner_id.id,
            "email_from": user.email_formatted,
            "reply_to": reply_to,
            "message_type": "email_outgoing",
            **self._prepare_followup_delivery(self.email_normalized),
            **self._prepare_followup_recipient(),
        }

    def _prepare_followup_delivery(self, email):
        """Return what is of the mail to one address alone (single record).

        :param str email: normalized address
        :rtype: dict
        """
        unsubscribe = self._get_followup_unsubscribe_url(email)
        return {
            # the message stays on the deal, the mail itself goes when it was sent
            "is_notification": True,
            "auto_delete": True,
            "is_resent": True,
            "headers": repr(
                {
                    "Auto-Submitted": "auto-generated",
                    "List-Unsubscribe": f"<{unsubscribe}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                }
            ),
        }

    def _prepare_followup_copy(self, mail, partner, template):
        """Return the values of a copy of a mail for somebody else (single record).

        It is the same message on the deal; the link to unsubscribe is their own.

        :param mail: `mail.mail` to the contact of the deal
        :param partner: `res.partner`, with an address
        :param template: `mail.template` of the mail
        :rtype: dict
        """
        self.ensure_one()
        lang = template._render_lang(self.ids)[self.id] or self.env.lang
        message, email = mail.mail_message_id, partner.email_normalized
        return {
            "mail_message_id": message.id,
            "recipient_ids": [Command.set(partner.ids)],
            "body_html": self._encapsulate_followup(
                template.with_context(lang=lang), message.body, email
            ),
            **self._prepare_followup_delivery(email),
        }

    def _prepare_followup_recipient(self):
        """Return to whom the mail goes (single record): one address, the deal's own.

        :rtype: dict
        """
        partner = self.partner_id
        if partner.email_normalized == self.email_normalized:
            return {"recipient_ids": [Command.set(partner.ids)]}
        name = self.contact_name or self.partner_name or ""
        return {"email_to": formataddr((name, self.email_normalized))}

    def _prepare_followup_letter(self, template, rendered):
        """Return subject, text and attachments (single record).

        The deal keeps the text alone: the link to unsubscribe is the customer's.

        :param template: `mail.template`, in the language of the customer
        :param dict rendered: what the template made for the deal
        :rtype: dict
        """
        body = rendered["body_html"]
        return {
            "subject": rendered["subject"],
            "body": body,
            "body_html": self._encapsulate_followup(
                template, body, self.email_normalized
            ),
            "attachment_ids": [
                *(Command.link(one) for one in rendered.get("attachment_ids") or []),
                *(
                    Command.create(
                        {
                            "name": name,
                            "datas": data,
                            "type": "binary",
                            "res_model": self._name,
                            "res_id": self.id,
                        }
                    )
                    for name, data in rendered.get("attachments") or []
                ),
            ],
        }

    def _encapsulate_followup(self, template, body, email):
        """Return a letter with what stands around it (single record).

        :param template: `mail.template`, in the language of the customer
        :param Markup body: the letter
        :param str email: normalized address that it goes to
        :rtype: Markup
        """
        unsubscribe = self._get_followup_unsubscribe_url(email)
        return template._render_encapsulate(
            LAYOUT,
            body,
            add_context={"unsubscribe_url": unsubscribe},
            context_record=self,
        )

    def _get_followup_unsubscribe_url(self, email):
        """Return the signed link of an address.

        :param str email: normalized
        :rtype: str
        """
        email = email or ""
        token = self.env["crm.followup.opt.out"]._get_token(email)
        query = urlencode({"email": email, "token": token})
        return f"{self.get_base_url()}/followup/unsubscribe?{query}"
