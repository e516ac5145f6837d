import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from .rfq_request import OPEN_STATES


class RfqRequest(models.Model):
    """What customers do after they sent a request.

    Every method here is private: customers reach them by our routes alone, after the
    request was checked to be theirs.
    """

    _inherit = "rfq.request"

    last_form_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Marks the last form that the customer sent.",
    )

    def _get_form_message_id(self, key, body, files=()):
        """Return the Message-Id of what a form says (single record). Without a key it
        is Odoo's own.

        :param str key: names the form
        :param str body: plain text
        :param list files: (name, content) pairs
        :rtype: str | None
        """
        self.ensure_one()
        if not key:
            return None
        digest = hashlib.sha256(repr((body, list(files))).encode()).hexdigest()[:16]
        domain = self.company_id.alias_domain_id.name or "localhost"
        # Mail programs thread by it, and Odoo reads the record in it.
        return f"<{key}-{digest}-openerp-{self.id}-{self._name}@{domain}>"

    def _is_form_taken(self, key, message_id):
        """Return whether a form was sent before; if not, it is now (single record).

        Two at the same moment change the same row: one of them is played again.

        :param str key: names the form, may be empty
        :param str message_id: what `_get_form_message_id` returned
        :rtype: bool
        :raise UserError: when it was sent before with another content
        """
        self.ensure_one()
        if not key:
            return False
        # sudo: it is a message of this request, which was checked to be theirs
        taken_sudo = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_id", "=like", f"<{key}-%"),
                ],
                limit=1,
            )
        )
        if not taken_sudo:
            self._advance({"last_form_key": key})
        elif taken_sudo.message_id != message_id:
            self._refuse_other_content()
        return bool(taken_sudo)

    def _customer_reply(self, author, body, files=(), key=None):
        """Take a message of the customer, once (single record).

        :param author: `res.partner` who writes; empty for guests
        :param str body: plain text
        :param list files: (name, content) pairs, checked
        :param str key: names the form that was sent; the same one does nothing again
        :raise UserError: when the request is closed, there is nothing or too much to
            say, or the form said something else before
        """
        message_id = self._get_form_message_id(key, body, files)
        if self._is_form_taken(key, message_id):
            return
        self._check_state((*OPEN_STATES, "quoted", "accepted"))
        if not body and not files:
            raise UserError(self.env._("Please write something."))
        self._check_length(body)
        self._post(author, body, files, message_id)
        if not self.activity_ids:
            self._schedule_answer()
        if self.user_id:
            self._send_template(
                "rfq_configurator.mail_template_replied", customer_message=body
            )

    def _customer_cancel(self, author):
        """Take the request back; when it is, nothing happens (single record).

        :param author: `res.partner` who does it; empty for guests
        :raise UserError: when it was quoted already
        """
        self.ensure_one()
        if self.state == "cancelled":
            return
        self._check_state(("draft", *OPEN_STATES))
        self._advance({"state": "cancelled"})
        self._close_activities()
        self._post(author, self.env._("The request was cancelled."))

    def _customer_accept_counter(self):
        """Ask for a quotation of what the seller proposed; when that was done, nothing
        happens (single record).

        :raise UserError: when it is none any more
        """
        self.ensure_one()
        if self.parent_id and self.state in OPEN_STATES:
            return
        self._check_state(("draft",))
        self._advance(
            {
                "state": "submitted",
                "submitted_on": fields.Datetime.now(),
                "files_state": "pending",
            }
        )
        if self.parent_id.state in OPEN_STATES:
            self.parent_id._advance({"state": "cancelled"})
            self.parent_id._close_activities()
        self._trigger_files()
        self._schedule_answer()
        self._notify_customer_sent()
