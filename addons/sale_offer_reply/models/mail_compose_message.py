import base64

from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        """Mark offers as sent, wherever the composer was opened."""
        if self._is_offer_mail() and all(
            self.env["sale.order"].browse(res_ids).mapped("offer_reply_enabled")
        ):
            self = self.with_context(mark_so_as_sent=True)
        return super()._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """Post each offer by itself.

        A mass mail leaves no trace on the order, its state stays "draft", and all
        recipients of an order get one and the same link.
        """
        offers = self.env["sale.order"]
        if self._is_offer_mail():
            offers = offers.browse(res_ids).filtered(
                lambda order: order.offer_reply_enabled
                and order.state in ("draft", "sent")
            )
            self._offer_post_each(offers)
        rest = [res_id for res_id in res_ids if res_id not in offers._ids]
        return super()._action_send_mail_mass_mail(rest, auto_commit=auto_commit)

    def _is_offer_mail(self):
        """Return whether the mail carries the offer to the customers.

        :rtype: bool
        """
        names = (
            "sale_offer_reply.mail_template_offer_sent",
            "sale.email_template_edi_sale",
        )
        return self.model == "sale.order" and any(
            self.template_id == self.env.ref(name, raise_if_not_found=False)
            for name in names
            if self.template_id
        )

    def _offer_post_each(self, offers):
        """Post the mail on each offer, with a personal link for each recipient.

        :param offers: `sale.order` records
        """
        if expired := offers.filtered("is_expired"):
            expired.action_quotation_send()  # says what to do first
        senders = self._render_field("email_from", offers.ids)
        subjects = self._render_field("subject", offers.ids, compute_lang=True)
        bodies = self._render_field("body", offers.ids, compute_lang=True)
        generated = self._generate_template_for_composer(
            offers.ids, ["partner_ids", "report_template_ids"]
        )
        for offer in offers:
            values = generated[offer.id]
            offer.with_context(
                mark_so_as_sent=True,
                mail_notify_force_send=False,
                mail_post_autofollow_author_skip=True,
                email_notification_allow_footer=True,
            ).message_post(
                subject=subjects[offer.id],
                body=bodies[offer.id],
                author_id=self.author_id.id,
                email_from=senders[offer.id] or None,
                partner_ids=values.get("partner_ids") or self.partner_ids.ids,
                attachment_ids=self.attachment_ids.copy(
                    {"res_model": self._name, "res_id": self.id}
                ).ids,
                attachments=[
                    (name, base64.b64decode(content))
                    for name, content in values.get("attachments", [])
                ],
                email_layout_xmlid=self.email_layout_xmlid,
                mail_server_id=self.mail_server_id.id,
                email_add_signature=False,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
