import re

from odoo import models

# What mail programs put into absence notes and the like; none of it is in a letter.
MARKS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
BULK = ("bulk", "junk", "auto_reply", "list")
# Exchange marks its answers so. `OOF` alone also stands in letters that people wrote.
SUPPRESSED = ("all", "autoreply")
# How absence notes begin when they carry no mark: the words of the usual programs, then
# a sign, the end, or the subject of the letter that is answered.
ABSENCE = re.compile(
    r"""\s*(
        auto(matic|mated)?[ -]?(reply|response|answer)
        | out[ -]of[ -](the[ -])?office(\s+auto[ -]?reply)?
        | (automatische|autom\.)\s+antwort | abwesenheits(notiz|nachricht|assistent)
        | r[ée]ponse\s+automatique(\s+d'absence)? | absence\s+du\s+bureau
        | (odpowied[źz]\s+automatyczna | automatyczna\s+odpowied[źz] | autoodpowied[źz])
        | autosvar | automatisk\s+svar | frav[æa]rs(melding|assistent)
        | авто(матический\s+)?ответ | нет\s+на\s+месте
        | respuesta\s+autom[áa]tica | risposta\s+automatica | resposta\s+autom[áa]tica
        | automatisch\s+antwoord
    )\s*(?=$|[:!.,;()\[\]–—-]|(re|aw|sv|odp|rép|fwd?)\b)""",
    re.IGNORECASE | re.VERBOSE,
)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Let threads know when nobody wrote a mail but a program."""
        if self._is_automatic(message):
            self = self.with_context(mail_is_automatic=True)
        return super()._message_route_process(message, message_dict, routes)

    def _is_automatic(self, message):
        """Return whether a mail was sent by a program (RFC 3834, and older customs).

        :param message: `email.message.EmailMessage`
        :rtype: bool
        """

        def word(header):
            value = str(message.get(header) or "")
            return value.partition(";")[0].strip().lower()

        suppressed = re.split(r"[,;\s]+", word("X-Auto-Response-Suppress"))
        return (
            word("Auto-Submitted") not in ("", "no")
            or word("Precedence") in BULK
            or any(message.get(mark) is not None for mark in MARKS)
            or any(what in SUPPRESSED for what in suppressed)
            or bool(ABSENCE.match(str(message.get("Subject") or "")))
        )
