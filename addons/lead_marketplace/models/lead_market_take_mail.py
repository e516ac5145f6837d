import re

from lxml import html

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, plaintext2html
from odoo.tools.mail import formataddr

MOST_MESSAGES = 50
# An absence note of the workshop would go on to the customer as if it were a letter.
NO_AUTO_REPLY = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


class LeadMarketTake(models.Model):
    """The talk of a workshop with a customer, kept with the opened contact.

    Each mail has one side as its reader: a letter of the workshop goes to the customer
    alone, all else to the workshop's people. No mail names the address of anybody else.
    """

    _inherit = "lead.market.take"

    new_message_count = fields.Integer(
        string="New Answers",
        readonly=True,
        help="What came since the workshop last wrote, or said that it has read it.",
    )

    _new_messages_idx = models.Index(
        "(workshop_partner_id) WHERE new_message_count > 0"
    )

    # === POSTING ===

    def _send_letter(self, user, subject, body, attachments=(), key=None):
        """Mail a letter of the workshop to the customer, once (single record).

        :param user: `res.users` who writes it
        :param str subject: subject of the mail
        :param str body: plain text
        :param attachments: (name, content) pairs, checked
        :param str key: names the form that was sent; the same one sends nothing again
        :return: the message
        :raise UserError: when the customer has no e-mail address
        """
        self.ensure_one()
        if not self.customer_email:
            raise UserError(
                self.env._("This customer has no e-mail address. Please call.")
            )
        if sent := self._find_sent(key):
            return sent
        message = self.message_post(
            **self._prepare_sent_vals(key),
            author_id=user.partner_id.id,
            email_from=user.partner_id.email_formatted,
            subject=subject,
            body=plaintext2html(body),
            attachments=list(attachments),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_add_signature=False,
        )
        self.env["mail.mail"]._trigger_queue()
        return message

    def _log_talk(self, user, summary, key=None):
        """Note what was said on the phone, once (single record).

        :param user: `res.users` who talked
        :param str summary: plain text
        :param str key: see `_send_letter`
        :return: the message
        """
        self.ensure_one()
        if sent := self._find_sent(key):
            return sent
        self._touch(new_message_count=0)
        return self.message_post(
            **self._prepare_sent_vals(key),
            author_id=user.partner_id.id,
            body=plaintext2html(summary),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    def _find_sent(self, key):
        """Return the message that a form has made before, or none.

        Two at the same moment change the same take: one of them is played again, and
        finds what the other has made.

        :param str key: see `_send_letter`
        :rtype: recordset of `mail.message`
        """
        # sudo: the reader of the take was checked, and it is a message of this one
        Message = self.env["mail.message"].sudo()
        if not key:
            return Message
        return Message.search(
            [
                ("message_id", "=", self._prepare_sent_vals(key)["message_id"]),
                ("model", "=", self._name),
                ("res_id", "=", self.id),
            ],
            limit=1,
        )

    def _prepare_sent_vals(self, key):
        """Return the Message-Id that a form leads to; without a key Odoo's own."""
        if not key:
            return {}
        domain = self.company_id.alias_domain_id.name or "localhost"
        # Mail programs thread by it, and Odoo reads the record in it.
        return {"message_id": f"<{key}-openerp-{self.id}-{self._name}@{domain}>"}

    def _mark_read(self):
        """Take the mark of new answers away."""
        self.write({"new_message_count": 0})

    def message_post(self, **kwargs):
        self.ensure_one()
        if self.env.context.get("mail_is_automatic"):
            return super().message_post(**kwargs | self._prepare_automatic_vals())
        if not self._is_correspondence(kwargs):
            return super().message_post(**kwargs)
        is_letter = self._is_workshops(kwargs)
        thread = self.with_context(
            mail_notify_force_send=False, mail_post_autofollow_author_skip=True
        )
        message = super(LeadMarketTake, thread).message_post(
            **kwargs
            | (
                self._prepare_letter_recipients()
                if is_letter
                else self._prepare_answer_recipients(kwargs)
            )
        )
        # sudo: who may post need not be able to change the take
        self.sudo()._count_message(is_letter)
        return message

    def _prepare_automatic_vals(self):
        """Return what keeps an absence note in the thread, and from the other side.

        :rtype: dict
        """
        return {
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            # Neither a talk nor a letter: the operator reads it, nobody is mailed.
            "message_type": "auto_comment",
            "partner_ids": [],
            "notify_skip_followers": True,
        }

    def _is_correspondence(self, values):
        """Return whether a message is read by both sides.

        :param dict values: arguments of `message_post`
        :rtype: bool
        """
        is_comment = values.get("subtype_xmlid") == "mail.mt_comment" or values.get(
            "subtype_id"
        ) == self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return is_comment and values.get("message_type") in ("comment", "email")

    def _is_workshops(self, values):
        """Return whether somebody of the workshop writes, by page or by e-mail.

        :param dict values: arguments of `message_post`
        :rtype: bool
        """
        author = self.env["res.partner"].browse(values.get("author_id") or [])
        if not author and not values.get("email_from"):
            author = self.env.user.partner_id
        # sudo: only compared
        return author.sudo().commercial_partner_id == self.sudo().workshop_partner_id

    def _prepare_letter_recipients(self):
        # A terminated workshop answers no customers any more, by e-mail neither.
        # sudo: workshops can't read their own record
        if not self.customer_email or not self.sudo().workshop_id._may_browse():
            return {"partner_ids": [], "notify_skip_followers": True}
        return {
            "partner_ids": [],
            "outgoing_email_to": formataddr(
                (self.customer_name or "", self.customer_email)
            ),
            "notify_skip_followers": True,
        }

    def _prepare_answer_recipients(self, values):
        # sudo: logins are not for everybody who may post
        people = self.sudo().workshop_id._get_users().partner_id
        return {
            "partner_ids": [*(values.get("partner_ids") or []), *people.ids],
            "mail_headers": NO_AUTO_REPLY,
        }

    def _count_message(self, is_letter):
        if not is_letter:
            # The customer's news, not the workshop's: that may still be silent.
            self._touch(
                new_message_count=self.new_message_count + 1,
                checkin_silent=self.checkin_silent,
            )
            return
        vals = {"new_message_count": 0}
        if not self.first_offer_on:
            vals["first_offer_on"] = fields.Datetime.now()
        if self.state == "in_work":
            vals["state"] = "offered"
        self._touch(**vals)

    def _get_allowed_message_params(self):
        # Letters go through `_send_letter`; nobody rates or writes notes by RPC.
        return set()

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # sudo: given back, Odoo asks as superuser what the user may do
        if message_operation == "read" and self.sudo(False)._hides_contact():
            # Nobody may write takes: nothing of the talk is read.
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    # === MAILS ===

    def _notify_by_email_get_headers(self, headers=None):
        headers = super()._notify_by_email_get_headers(headers=headers)
        # Odoo would add everybody who is mailed to the line "To".
        headers.pop("X-Msg-To-Add", None)
        return headers

    def _notify_by_email_get_base_mail_values(
        self, message, recipients_data, additional_values=None
    ):
        return super()._notify_by_email_get_base_mail_values(
            message,
            recipients_data,
            additional_values={**(additional_values or {}), "is_resent": True},
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Lead the workshop's people to the page, not to the backend."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        for name, _function, values in groups:
            if name == "portal" and self:
                values.update(
                    active=True,
                    has_button_access=True,
                    button_access={
                        "url": f"{self.get_base_url()}{self._get_page_url()}",
                        "title": self.env._("Answer the customer"),
                    },
                )
        return groups

    def _get_page_url(self):
        """Return the address of the workshop's page (single record).

        :rtype: str
        """
        self.ensure_one()
        return f"/my/market/take/{self.id}"

    # === READING ===

    def _get_conversation(self, limit=MOST_MESSAGES):
        """Return letters, answers and talks, oldest first (single record).

        :param int limit: most messages, the latest; None for all
        :return: `mail.message` records as superuser: the take's reader must be checked
        """
        # sudo: the folder of a terminated workshop stays readable for it
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(self._get_conversation_domain(), order="id desc", limit=limit)
        )
        return messages.sorted("id")

    def _get_conversation_domain(self):
        """Return letters, answers and the workshop's own talks (single record).

        :rtype: Domain
        """
        self.ensure_one()
        thread = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        letters = Domain("subtype_id", "=", self.env.ref("mail.mt_comment").id)
        return (
            thread
            & Domain("message_type", "in", ("comment", "email"))
            & (letters | self._get_talk_domain())
        )

    def _get_talk_domain(self):
        return Domain("subtype_id", "=", self.env.ref("mail.mt_note").id) & Domain(
            "author_id.commercial_partner_id", "=", self.workshop_partner_id.id
        )

    def _has_older(self, conversation):
        """Return whether there is more than what `_format_conversation` gave.

        :rtype: bool
        """
        return len(conversation) == MOST_MESSAGES and (
            # sudo: see _get_conversation
            self.env["mail.message"]
            .sudo()
            .search_count(self._get_conversation_domain(), limit=MOST_MESSAGES + 1)
            > MOST_MESSAGES
        )

    def _find_talk(self, message_id):
        """Return a talk of this take that the workshop noted, or none.

        :param int message_id: id that a browser sent
        :rtype: recordset of `mail.message`
        """
        self.ensure_one()
        # sudo: see _get_conversation
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                self._get_conversation_domain()
                & self._get_talk_domain()
                & Domain("id", "=", message_id)
            )
        )

    def _prepare_talk_letter(self, talk):
        """Return the letter that repeats a talk on the phone.

        From the memo: even who prefers to listen gets the offer in writing.

        :param talk: `mail.message` of `_log_talk`, or none
        :rtype: str
        """
        if not talk:
            return ""
        return self.env._(
            "Dear %(customer)s,\n\nthank you for the talk on the phone. This is what "
            "we agreed on:\n\n%(summary)s\n\nOur offer: …\n\n"
            "Kind regards\n%(workshop)s",
            customer=self.customer_name or "",
            summary=_plain_text(talk.body),
            workshop=self.workshop_partner_id.name,
        )

    def _format_conversation(self, limit=MOST_MESSAGES):
        """Return the conversation for the page: plain text, who, when, files.

        :rtype: list[dict]
        """
        note = self.env.ref("mail.mt_note")
        return [
            {
                "message": message,
                "kind": self._get_message_kind(message, note),
                "author": self._get_author_name(message),
                "text": _plain_text(message.body),
            }
            for message in self._get_conversation(limit)
        ]

    def _get_author_name(self, message):
        """Return who wrote: a customer mostly is no partner of the database.

        :rtype: str
        """
        if message.author_id:
            return message.author_id.name
        sender = email_normalize(message.email_from) or ""
        is_customer = sender == email_normalize(self.customer_email)
        return is_customer and self.customer_name or sender or self.env._("Customer")

    def _get_message_kind(self, message, note):
        if message.subtype_id == note:
            return "talk"
        is_own = message.author_id.commercial_partner_id == self.workshop_partner_id
        return "letter" if is_own else "answer"


def _plain_text(body):
    """Return a message without what it quotes, as plain text with its paragraphs.

    :param body: sanitized HTML
    :rtype: str
    """
    if not body:
        return ""
    root = html.fragment_fromstring(body, create_parent="div")
    for element in root.xpath("//*[@data-o-mail-quote='1']"):
        if element.getparent() is not None:
            element.drop_tree()
    # All of it looks like a quotation: better shown than lost.
    return _text_of(root) or _text_of(
        html.fragment_fromstring(body, create_parent="div")
    )


def _text_of(root):
    for element in root.iter("br", "p", "div", "tr", "li"):
        breaks = "\n\n" if element.tag == "p" else "\n"
        element.tail = breaks + (element.tail or "")
    return re.sub(r"\n\s*\n\s*", "\n\n", root.text_content()).strip()
