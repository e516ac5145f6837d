import hashlib
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..offer_reply import OfferReplyError


class SaleOrder(models.Model):
    """Feedback: the customer's remarks on an offer or on one of its lines."""

    _inherit = "sale.order"

    offer_feedback_count = fields.Integer(
        compute="_compute_offer_feedback_count", groups="base.group_user"
    )
    offer_feedback_unread_count = fields.Integer(
        compute="_compute_offer_feedback_count",
        search="_search_offer_feedback_unread_count",
        groups="base.group_user",
    )
    offer_feedback_read_id = fields.Integer(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The newest feedback that a manager has opened.",
    )

    @api.depends("message_ids", "offer_feedback_read_id")
    def _compute_offer_feedback_count(self):
        counts = {}
        if self.ids:
            self.flush_recordset(["offer_feedback_read_id"])
            self.env["mail.message"].flush_model()
            self.env.cr.execute(
                SQL(
                    """
                    SELECT m.res_id, count(*), count(*) FILTER (WHERE %s)
                    FROM mail_message m
                    JOIN sale_order o ON o.id = m.res_id
                    WHERE m.model = 'sale.order'
                      AND m.is_offer_feedback
                      AND m.res_id IN %s
                    GROUP BY m.res_id
                    """,
                    self._get_offer_feedback_unread_sql(),
                    tuple(self.ids),
                )
            )
            counts = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for order in self:
            total, unread = counts.get(order._origin.id, (0, 0))
            order.offer_feedback_count = total
            order.offer_feedback_unread_count = unread

    def _search_offer_feedback_unread_count(self, operator, value):
        # Odoo checks the rights on stored fields only before it searches by them.
        self._check_field_access(self._fields["offer_feedback_unread_count"], "read")
        if (operator, value) != (">", 0):
            return NotImplemented
        return Domain(
            "id",
            "in",
            SQL(
                """(
                    SELECT m.res_id
                    FROM mail_message m
                    JOIN sale_order o ON o.id = m.res_id
                    WHERE m.model = 'sale.order' AND m.is_offer_feedback AND %s
                )""",
                self._get_offer_feedback_unread_sql(),
            ),
        )

    @api.model
    def _get_offer_feedback_unread_sql(self):
        """Return the condition for feedback `m` on order `o` that nobody has read.

        What our own people wrote needs no reading.

        :rtype: odoo.tools.SQL
        """
        return SQL(
            """
            m.id > coalesce(o.offer_feedback_read_id, 0)
            AND NOT EXISTS (
                SELECT 1 FROM res_users u
                WHERE u.partner_id = m.author_id AND NOT u.share
            )
            """
        )

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {
            "offer_line_id",
            "is_offer_feedback",
            "offer_feedback_key",
            "offer_feedback_digest",
        }

    def _offer_post_feedback(self, body, identity, line=None, attachments=(), key=None):
        """Store a remark of the customer and tell the managers (single record).

        :param str body: plain text
        :param OfferIdentity identity: who writes
        :param line: `sale.order.line` that the remark is about, if any
        :param attachments: (name, content) pairs, checked before
        :param str key: idempotency key of the form
        :return: the new `mail.message`, or the one that the same form made before
        :raise OfferReplyError: when the form was sent before with another text
        """
        self.ensure_one()
        digest = self._get_offer_feedback_digest(body, line, attachments)
        if message := self._offer_find_feedback(key, digest):
            return message
        author = identity.partner or self.env["res.partner"]
        text = body
        if not author:
            # A visitor who only has the link speaks under the name that was typed,
            # never as the customer.
            text = (
                self.env._(
                    "%(name)s (%(email)s, not logged in) writes:",
                    name=identity.name,
                    email=identity.email or "–",
                )
                + "\n"
                + body
            )
        return self.with_context(
            mail_notify_force_send=False, offer_mail=True, mail_post_autofollow=False
        ).message_post(
            subject=self.env._("Feedback on offer %(order)s", order=self.name),
            body=self._offer_text_to_html(text),
            author_id=author.id or self.env.ref("base.public_partner").id,
            # Visitors have no address, and without a sender no mail goes out at all.
            email_from=author.email_formatted
            or self._get_offer_sender().email_formatted
            or self.company_id.email_formatted,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(self._get_offer_managers().partner_id - author).ids,
            attachments=list(attachments),
            offer_line_id=line.id if line else False,
            is_offer_feedback=True,
            offer_feedback_key=key,
            offer_feedback_digest=digest,
        )

    def _offer_answer_feedback(self, message, body):
        """Answer a remark; the answer stays with the line it was about.

        :param message: `mail.message` of the customer
        :param str body: plain text
        """
        self.ensure_one()
        customers = self._get_offer_customers() | message.author_id.filtered(
            lambda partner: self._is_offer_contact(partner)
        )
        self.with_context(mail_notify_force_send=False, offer_mail=True).message_post(
            subject=message.subject and f"Re: {message.subject}",
            body=self._offer_text_to_html(body),
            parent_id=message.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=customers.ids,
            offer_line_id=message.offer_line_id.id,
            is_offer_feedback=True,
        )

    @api.model
    def _offer_text_to_html(self, text):
        """Return a text that was typed as the body of a message.

        Links stay text here, as strangers write too.

        :param str text: plain text
        :rtype: markupsafe.Markup
        """
        return Markup("<br/>").join(text.splitlines())

    @api.model
    def _get_offer_feedback_digest(self, body, line, attachments):
        """Return the fingerprint of a remark, to tell a repeat from a misuse.

        :rtype: str
        """
        files = [
            (name, hashlib.sha256(content).hexdigest()) for name, content in attachments
        ]
        remark = json.dumps([body, line.id if line else False, files])
        return hashlib.sha256(remark.encode()).hexdigest()

    def _offer_find_feedback(self, key, digest):
        """Return the message that a form with this key made before.

        Waits for a sending of the same form that is under way.

        :raise OfferReplyError: when the form was sent before with another text
        """
        # sudo: visitors can't read messages; only this order's with this key is found
        Message = self.env["mail.message"].sudo()
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(%s, %s)", 7_305_002, self.id)
        )
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT id, offer_feedback_digest FROM mail_message
                    WHERE res_id = %s AND offer_feedback_key = %s
                      AND model = 'sale.order'
                    """,
                    self.id,
                    key,
                )
            )
            message_id, found = cr.fetchone() or (None, digest)
        if found != digest:
            raise OfferReplyError(
                "repeated",
                [
                    self.env._(
                        "This form was sent before with another text. Please check and "
                        "send again."
                    )
                ],
            )
        return Message.browse(message_id or [])

    def _get_offer_feedback(self, limit=50):
        """Return what was said about the offer, newest first, as the customer sees it.

        :param int limit: how many messages at most
        :rtype: recordset of `mail.message`
        """
        self.ensure_one()
        subtype_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        # sudo: the caller checked access to the order; notes are left out
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                Domain("model", "=", "sale.order")
                & Domain("res_id", "=", self.id)
                & Domain("is_offer_feedback", "=", True)
                & Domain("subtype_id", "=", subtype_id)
                & Domain("is_internal", "=", False),
                order="id desc",
                limit=limit,
            )
        )

    def action_open_offer_feedback(self):
        """Open the feedback; when a seller does, it counts as read."""
        self.ensure_one()
        self.check_access("read")
        read_id = self.offer_feedback_read_id
        is_seller = self.env.user.has_group("sales_team.group_sale_salesman")
        if is_seller and self.has_access("write"):
            newest = self._get_offer_feedback(limit=1)
            self.with_context(offer_own_write=True).offer_feedback_read_id = newest.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Feedback on %(order)s", order=self.name),
            "res_model": "mail.message",
            "view_mode": "list,form",
            "views": [
                (self.env.ref("sale_offer_reply.mail_message_view_list").id, "list"),
                (self.env.ref("sale_offer_reply.mail_message_view_form").id, "form"),
            ],
            "domain": [
                ("model", "=", "sale.order"),
                ("res_id", "=", self.id),
                ("is_offer_feedback", "=", True),
            ],
            "context": {"create": False, "offer_feedback_read_id": read_id},
        }
