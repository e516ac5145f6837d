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

    def _is_form_taken(self, key):
        """Return whether a form was sent before; if not, it is now (single record).

        Two at the same moment change the same row: one of them is played again.

        :param str key: names the form, may be empty
        :rtype: bool
        """
        self.ensure_one()
        if not key:
            return False
        if self.last_form_key == key:
            return True
        self._advance({"last_form_key": key})
        return False

    def _customer_reply(self, author, body, files=(), key=None):
        """Take a message of the customer, once (single record).

        :param author: `res.partner` who writes; empty for guests
        :param str body: plain text
        :param list files: (name, content) pairs, checked
        :param str key: names the form that was sent; the same one does nothing again
        :raise UserError: when the request is closed, or there is nothing to say
        """
        self.ensure_one()
        if self._is_form_taken(key):
            return
        self._check_state((*OPEN_STATES, "quoted", "accepted"))
        if not body and not files:
            raise UserError(self.env._("Please write something."))
        self._post(author, body, files)
        if not self.activity_ids:
            self._schedule_answer()
        if self.user_id:
            self._send_template(
                "rfq_configurator.mail_template_replied", customer_message=body
            )

    def _customer_cancel(self, author, key=None):
        """Take the request back (single record).

        :param author: `res.partner` who does it; empty for guests
        :param str key: see `_customer_reply`
        :raise UserError: when it was quoted already
        """
        self.ensure_one()
        if self._is_form_taken(key):
            return
        self._check_state(("draft", *OPEN_STATES))
        self._advance({"state": "cancelled"})
        self._close_activities()
        self._post(author, self.env._("The request was cancelled."))

    def _customer_accept_counter(self, key=None):
        """Ask for a quotation of what the seller proposed (single record).

        :param str key: see `_customer_reply`
        :raise UserError: when it is none any more
        """
        self.ensure_one()
        if self._is_form_taken(key):
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
