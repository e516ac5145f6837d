from odoo import fields, models
from odoo.tools.mail import plaintext2html


class OrderRequest(models.Model):
    """Who is told what, and the words both sides read."""

    _inherit = "order.request"

    def _notify_submitted(self):
        """Tell the seller and the customer that the request arrived (single record)."""
        self.ensure_one()
        if self.user_id:
            self._schedule_answer(self.response_due.date())
            self._send_template("order_request.mail_template_received")
        self._send_template("order_request.mail_template_acknowledged")

    def _schedule_answer(self, deadline):
        """Put the request on the seller's list (single record).

        :param date deadline: until when it is to be answered
        """
        self.ensure_one()
        # Without the activity's own mail: ours says more.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "order_request.mail_activity_answer",
            date_deadline=deadline,
            user_id=self.user_id.id,
        )

    def _send_template(self, xmlid, **context):
        """Queue a mail of ours (single record).

        :param str xmlid: the template
        :param context: what the template reads besides the request
        """
        self.ensure_one()
        if template := self.env.ref(xmlid, raise_if_not_found=False):
            template.with_context(**context)._queue_for(self)

    def _post_to_customer(self, body, notify=True):
        """Write into the conversation that the customer sees (single record).

        :param str body: plain text
        :param bool notify: whether a mail tells the customer
        """
        self.ensure_one()
        self._post(self.env.user.partner_id, body)
        if notify:
            self._send_template(
                "order_request.mail_template_question", seller_message=body
            )

    def _post_from_customer(self, author, body, files=(), message_id=None):
        """Write the customer's words into the conversation and tell the seller (single
        record).

        :param author: `res.partner` who writes
        :param str body: plain text
        :param list files: (name, content) pairs, checked
        :param str message_id: Message-Id, by default Odoo's own
        """
        self.ensure_one()
        self._post(author, body, files, message_id)
        if not self.user_id:
            return
        if self.state == "submitted" and not self.activity_ids:
            self._schedule_answer(fields.Date.context_today(self))
        self._send_template(
            "order_request.mail_template_answered", customer_message=body
        )

    def _post(self, author, body, files=(), message_id=None):
        self.message_post(
            **({"message_id": message_id} if message_id else {}),
            author_id=author.id,
            body=plaintext2html(body),
            attachments=list(files),
            message_type="comment",
            subtype_xmlid="order_request.mt_conversation",
        )

    def _message_post_after_hook(self, message, msg_vals):
        # A message that an employee writes where the customer reads it is an answer.
        author_users = message.author_id.user_ids
        if (
            message.message_type == "comment"
            and not message.subtype_id.internal
            and any(user._is_internal() for user in author_users)
            and self.env.user._is_internal()
            and not self.env.su
        ):
            self._mark_answered()
        return super()._message_post_after_hook(message, msg_vals)
