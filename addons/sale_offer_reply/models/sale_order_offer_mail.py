import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import get_lang

_logger = logging.getLogger(__name__)

MAIL_LAYOUT = "mail.mail_notification_layout_with_responsible_signature"


class SaleOrder(models.Model):
    """The mails of an offer: sending, confirmation, reminders, personal links."""

    _inherit = "sale.order"

    # === SENDING ===

    def _find_mail_template(self):
        self.ensure_one()
        template = (
            self.offer_reply_enabled
            and self.state in ("draft", "sent")
            and not self.env.context.get("proforma")
            and self.env.ref(
                "sale_offer_reply.mail_template_offer_sent", raise_if_not_found=False
            )
        )
        return template or super()._find_mail_template()

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self.env.context.get("mark_so_as_sent"):
            offers = self.filtered(
                lambda o: o.offer_reply_enabled and o.state == "sent"
            )
            # sudo: the recipients of what this user has just sent
            offers._offer_record_sent(message.sudo().partner_ids)
        return message

    def action_quotation_sent(self):
        res = super().action_quotation_sent()
        self.filtered("offer_reply_enabled")._offer_record_sent()
        return res

    def _offer_record_sent(self, recipients=None):
        """Freeze the version that was sent.

        :param recipients: `res.partner` records that got the mail, if there was one
        """
        for order in self:
            # The portal page must not have to create its token on reading.
            order._portal_ensure_token()
            order._offer_record(
                "sent",
                order._get_offer_manager_identity(),
                recipient_ids=[
                    fields.Command.set(recipients.ids if recipients else [])
                ],
            )

    # === CONFIRMATION ===

    def _send_order_notification_mail(self, mail_template, allow_deferred_sending=True):
        """Leave Odoo's own mails to its queue while a reply is being taken.

        They render a PDF, and nothing that a reply does may wait for a renderer.
        """
        if (
            mail_template
            and allow_deferred_sending
            and self.env.context.get("offer_defer_mails")
        ):
            self.pending_email_template_id = mail_template
            # sudo: whoever confirms an order may have its mail sent
            self.env.ref("sale.send_pending_emails_cron").sudo()._trigger()
            return None
        return super()._send_order_notification_mail(
            mail_template, allow_deferred_sending=allow_deferred_sending
        )

    def _offer_post_confirmation(self, history):
        """Post the confirmation of a reply to both sides.

        :param history: `sale.offer.history` row of the reply
        """
        self.ensure_one()
        attachment = self._offer_attach_document(history)
        if history.kind == "reply":
            self._offer_post_template(
                "sale_offer_reply.mail_template_offer_reply_customer",
                history,
                self._get_offer_confirmation_recipients(history),
                author=self._get_offer_sender().partner_id,
                attachment_ids=attachment.ids,
            )
        self._offer_post_template(
            "sale_offer_reply.mail_template_offer_reply_manager",
            history,
            self._get_offer_managers().partner_id,
            author=history.partner_id,
            attachment_ids=attachment.ids,
            internal=True,
        )

    def _offer_attach_document(self, history):
        """Attach the document of a reply to the order, for all mails about it.

        :param history: `sale.offer.history` row of the reply
        :return: the attachment, empty while there is no document
        :rtype: recordset of `ir.attachment`
        """
        if history.pdf_state != "done":
            return self.env["ir.attachment"]
        return self.env["ir.attachment"].create(
            {
                "name": history.pdf_filename,
                "raw": history._get_pdf_content(),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _get_offer_confirmation_recipients(self, history):
        """Return who of the customer's side gets the confirmation.

        An address that a visitor typed gets nothing: anybody could type any address.

        :param history: `sale.offer.history` row of the reply
        :rtype: recordset of `res.partner`
        """
        recipients = self._get_offer_customers()
        if history.partner_verified != "typed":
            recipients |= history.partner_id
        return recipients

    def _offer_post_template(self, template, record, partners, **kwargs):
        """Post a mail template, once for each language of its recipients.

        :param str template: XML id of the `mail.template`; nothing is posted when
            somebody has deleted it
        :param record: record that the template is about
        :param partners: `res.partner` recipients
        :param kwargs: see `_offer_post_rendered`
        """
        self.ensure_one()
        template = self.env.ref(template, raise_if_not_found=False)
        if not template:
            return
        for lang, recipients in partners.grouped(
            lambda partner: get_lang(self.env, partner.lang or self._get_lang()).code
        ).items():
            values = template.with_context(
                template_preview_lang=lang
            )._generate_template(
                record.ids,
                {"subject", "body_html", "email_from", "reply_to", "mail_server_id"},
            )[record.id]
            self.with_context(lang=lang)._offer_post_rendered(
                values, recipients, **kwargs
            )

    def _offer_post_rendered(
        self, values, partners, author=None, attachment_ids=(), internal=False
    ):
        """Post a rendered template and have its mails sent by the queue.

        :param dict values: what `mail.template` generated
        :param partners: `res.partner` recipients, all of one language
        :param author: `res.partner` in whose name it is; the company's by default
        :param attachment_ids: ids of `ir.attachment` records
        :param bool internal: for the managers only, not shown to the customer
        :return: the `mail.message`
        """
        order = self.with_context(
            offer_mail=True,
            offer_always_mail=True,
            mail_notify_force_send=False,
            email_notification_allow_footer=True,
        ).with_company(self.company_id)
        kwargs = {"partner_ids": partners.ids}
        if not internal:
            # Followers on the seller's side hear of it by a mail of their own.
            kwargs |= {
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                "notify_skip_followers": True,
            }
        post = order.message_notify if internal else order.message_post
        return post(
            subject=values["subject"],
            body=values["body_html"],
            author_id=(author or self.company_id.partner_id).id,
            email_from=values["email_from"] or None,
            attachment_ids=list(attachment_ids),
            email_layout_xmlid=MAIL_LAYOUT,
            email_add_signature=False,  # the texts end with it
            **{
                name: values[name]
                for name in ("reply_to", "mail_server_id")
                if values.get(name)
            },
            **kwargs,
        )

    def _get_offer_sender(self):
        """Return the user in whose name the offer's mails go out, if there is one.

        :rtype: `res.users` record, may be empty
        """
        self.ensure_one()
        # sudo: customers can't read who manages their offer
        managers = self.sudo()._get_offer_managers()
        return self.user_id if self.user_id in managers else managers[:1]

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Send the document by mail to those, too, who read messages in Odoo."""
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        if self.env.context.get("offer_always_mail"):
            for recipient in recipients:
                recipient["notif"] = "email"
        return recipients

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        res = super()._notify_thread_by_email(message, recipients_data, **kwargs)
        if self.env.context.get("offer_mail"):
            self.env["mail.mail"]._trigger_queue()
        return res

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        context = self.env.context
        if context.get("offer_mail") or (
            context.get("mark_so_as_sent") and self.offer_reply_enabled
        ):
            additional_values = {**(additional_values or {}), "is_resent": True}
        return super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values
        )

    # === PERSONAL LINKS ===

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Give each contact person of the offer a link of its own.

        Odoo makes a personal link for the order's customer only.
        """
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if not self or not self.offer_reply_enabled or self.env.context.get("proforma"):
            return groups
        self.ensure_one()
        # sudo: which contacts the offer has is not for everybody who may write on it
        order_sudo = self.sudo()
        title = self._get_offer_button_title()
        for name, _filter, data in groups:
            if name == "portal_customer":
                data["has_button_access"] = order_sudo._is_offer_contact(
                    self.partner_id
                )
                button = data.setdefault("button_access", {})
                title = title or button.get("title")
                button["title"] = title
        if not message.ids:
            # A mass mail: all recipients of an order get one and the same text.
            return groups
        # sudo: the links are made for those who get the message, whoever sends it
        recipients = message.sudo().partner_ids | order_sudo._get_offer_customers()
        contacts = recipients.filtered(
            lambda partner: partner != self.partner_id
            and partner.partner_share
            and order_sudo._is_offer_contact(partner)
        )
        return [
            order_sudo._prepare_offer_contact_group(contact, title, msg_vals)
            for contact in contacts
        ] + groups

    def _get_offer_button_title(self):
        """Return the text of the button in mails, None where Odoo's own is right.

        :rtype: str | None
        """
        self.ensure_one()
        if self._has_to_be_signed() or self._has_to_be_paid():
            return None
        if self._offer_can_be_answered():
            return self.env._("View and answer")
        return self.env._("View the offer")

    def _prepare_offer_contact_group(self, contact, title, msg_vals):
        """Return the notification group of one contact person.

        :param contact: `res.partner` record
        :param str title: text of the button
        :param dict msg_vals: values of the message
        :rtype: tuple
        """
        params = {
            **(msg_vals or {}),
            "access_token": self._portal_ensure_token(),
            "pid": contact.id,
            "hash": self._sign_token(contact.id),
        }
        return (
            f"offer_contact_{contact.id}",
            lambda pdata: pdata["id"] == contact.id,
            {
                "active": True,
                "has_button_access": True,
                "button_access": {
                    "url": self._notify_get_action_link("view", **params),
                    "title": title,
                },
            },
        )

    # === REMINDERS ===

    @api.model
    def _cron_offer_reminders(self):
        """Remind customers of offers that expire and of lines that are still unsure."""
        # As `is_expired`: the day of the server, the same for every customer.
        today = fields.Date.today()
        jobs = [
            (order_id, template, domain)
            for company in self.env["res.company"].search([])
            for template, domain in self._get_offer_reminder_domains(company, today)
            for order_id in self.search(domain).ids
        ]
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(jobs))
        for order_id, template, domain in jobs:
            # A reply may have come in since, or be coming in right now.
            order = self.browse(order_id).try_lock_for_update().filtered_domain(domain)
            order._offer_remind(template, today)
            if not commit_progress(1):
                break

    @api.model
    def _get_offer_reminder_domains(self, company, today):
        """Return which orders of a company need a reminder today.

        :param company: `res.company` record
        :param datetime.date today: the day the reminders are sent
        :return: pairs of a mail template's XML id and a domain
        :rtype: list
        """
        base = Domain("company_id", "=", company.id) & Domain(
            "offer_reply_enabled", "=", True
        )
        domains = []
        if days := company.offer_expiry_reminder_days:
            domains.append(
                (
                    "sale_offer_reply.mail_template_offer_expiry",
                    base
                    & Domain("state", "=", "sent")
                    & Domain("offer_status", "in", ("waiting", "unsure", "to_sign"))
                    & Domain("validity_date", ">=", today)
                    & Domain("validity_date", "<=", today + timedelta(days=days))
                    # Reminded longer ago than that: it was extended since.
                    & (
                        Domain("offer_reminder_date", "=", False)
                        | Domain(
                            "offer_reminder_date", "<", today - timedelta(days=days)
                        )
                    ),
                )
            )
        if days := company.offer_unsure_reminder_days:
            since = today - timedelta(days=days)
            domains.append(
                (
                    "sale_offer_reply.mail_template_offer_unsure",
                    base
                    & Domain("offer_status", "=", "accepted")
                    & Domain("offer_unsure_count", ">", 0)
                    & Domain("locked", "=", False)
                    & Domain("offer_replied_date", "<", since + timedelta(days=1))
                    & (
                        Domain("offer_reminder_date", "=", False)
                        | Domain("offer_reminder_date", "<=", since)
                    ),
                )
            )
        return domains

    def _offer_remind(self, template, today):
        """Mail a reminder to the customers of `self`; one failure stops no other.

        :param str template: XML id of the `mail.template`
        :param datetime.date today: the day that is noted
        """
        for order in self:
            try:
                with self.env.cr.savepoint():
                    order._offer_post_template(
                        template,
                        order,
                        order._get_offer_customers(),
                        author=order._get_offer_sender().partner_id,
                    )
                    order.with_context(offer_own_write=True).offer_reminder_date = today
            # One offer whose mail can't be made must not hold up the others.
            except Exception:
                _logger.exception(
                    "The customer of %s could not be reminded", order.name
                )

    def _get_offer_unsure_lines(self):
        """Return the lines of a confirmed order that the customer can still decide on.

        :rtype: recordset of `sale.order.line`
        """
        self.ensure_one()
        return self._get_offer_pending_lines().filtered(
            lambda line: line.offer_line_status == "unsure"
        )
