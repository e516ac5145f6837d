from odoo import models

# What mail programs put into absence notes and the like; none of it is in a letter.
MARKS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
BULK = ("bulk", "junk", "auto_reply", "list")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Let threads know when nobody wrote a mail but a program."""
        if self._is_automatic(message):
            self = self.with_context(market_automatic=True)
        return super()._message_route_process(message, message_dict, routes)

    def _is_automatic(self, message):
        """Return whether a mail was sent by a program (RFC 3834, and older customs).

        :param message: `email.message.EmailMessage`
        :rtype: bool
        """

        def word(header):
            value = str(message.get(header) or "")
            return value.partition(";")[0].strip().lower()

        return (
            word("Auto-Submitted") not in ("", "no")
            or word("Precedence") in BULK
            or any(message.get(mark) is not None for mark in MARKS)
        )
