from odoo import fields, models
from odoo.exceptions import UserError

from .rfq_request import OPEN_STATES


class RfqRequest(models.Model):
    """What customers do after they sent a request.

    Every method here is private: customers reach them by our routes alone, after the
    request was checked to be theirs.
    """

    _inherit = "rfq.request"

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
        if self._is_saved():
            # It never was a request; nothing of it is worth a line of history.
            self._purge(self.env._("Deleted by the customer"), self.env["res.users"])
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
        if self._is_saved():
            raise UserError(self.env._("That is no proposal of ours."))
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
