"""Plain values that travel between the customer's page and the order."""

import hashlib
import json
from dataclasses import dataclass, field

from odoo.exceptions import UserError

MAX_COMMENT = 2000
MAX_FEEDBACK = 10000
MAX_NAME = 200


@dataclass(frozen=True)
class OfferIdentity:
    """Who acts, and how we know."""

    partner: object = None  # res.partner record, empty for an unknown visitor
    user: object = None  # res.users record when somebody is logged in
    verified: str = "typed"  # login | hash | typed
    name: str = ""
    email: str = ""
    ip: str = ""
    user_agent: str = ""
    on_behalf: bool = False

    def history_vals(self):
        """Return the values of `sale.offer.history` that say who acted.

        :rtype: dict
        """
        typed = self.verified == "typed"
        return {
            "user_id": self.user.id if self.user else False,
            "partner_id": self.partner.id if self.partner else False,
            "partner_verified": self.verified,
            "name_typed": self.name if typed else False,
            "email_typed": self.email if typed else False,
            "ip": self.ip,
            "user_agent": self.user_agent[:400],
        }

    def display_name(self):
        """Return the name to show for this person.

        :rtype: str
        """
        return (self.partner.name if self.partner else self.name) or ""


@dataclass
class OfferReply:
    """A reply as the form sent it: checked in form, not yet against the order."""

    revision: int = 0
    last_history_id: int = 0
    answers: dict = field(default_factory=dict)  # line id -> yes | unsure | no
    comments: dict = field(default_factory=dict)  # line id -> text
    message: str = ""
    accept_terms: bool = False
    name: str = ""
    email: str = ""
    key: str = ""

    def payload_digest(self):
        """Return the fingerprint of what is said, to tell a repeat from a misuse.

        :rtype: str
        """
        payload = [
            sorted(self.answers.items()),
            sorted((line, text) for line, text in self.comments.items() if text),
            self.message,
            self.accept_terms,
        ]
        return hashlib.sha256(json.dumps(payload).encode()).hexdigest()


class OfferReplyError(UserError):
    """The reply can't be taken; nothing was changed.

    :param str code: ``invalid``, ``stale``, ``closed`` or ``repeated``
    :param list messages: what is wrong with the form as a whole
    :param dict lines: line id → what is wrong with that line
    """

    def __init__(self, code, messages=(), lines=None):
        super().__init__("\n".join(map(str, messages)) or code)
        self.code = code
        self.messages = [str(message) for message in messages]
        self.lines = {line: str(message) for line, message in (lines or {}).items()}
