from email.message import EmailMessage

from odoo.tests import TransactionCase, tagged

PROGRAMS = [
    {"Auto-Submitted": "auto-replied"},
    {"Auto-Submitted": "auto-generated; owner-email=x"},
    {"Precedence": "auto_reply"},
    {"Precedence": "Bulk"},
    {"X-Autoreply": "yes"},
    {"X-Auto-Response-Suppress": "All"},
    {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"},
    {"Subject": "Out of Office: Re: Your offer"},
    {"Subject": "Out of the office"},
    {"Subject": "Automatic reply: Your offer"},
    {"Subject": "Automatische Antwort: Angebot"},
    {"Subject": "Abwesenheitsnotiz: Angebot"},
    {"Subject": "Réponse automatique : Votre devis"},
    {"Subject": "Odpowiedź automatyczna: Oferta"},
    {"Subject": "Autoodpowiedź"},
    {"Subject": "Автоответ: Предложение"},
    {"Subject": "Fraværsmelding: Tilbud"},
    {"Subject": "Automatisk svar: Tilbud"},
]
PEOPLE = [
    {"Subject": "Re: Your offer"},
    {"Subject": "Out of office chairs, please"},
    {"Subject": "Re: Out of office: your offer"},
    {"Subject": "Automatic doors"},
    {"Auto-Submitted": "no"},
    {"Precedence": "first-class"},
    # Many mail programs ask for no absence notes that way.
    {"X-Auto-Response-Suppress": "OOF"},
]


@tagged("post_install", "-at_install")
class TestAutomaticMails(TransactionCase):
    """Programs answer mails, too; nobody has written those answers."""

    def _is_automatic(self, headers):
        message = EmailMessage()
        for name, value in headers.items():
            message[name] = value
        return self.env["mail.thread"]._is_automatic(message)

    def test_programs(self):
        for headers in PROGRAMS:
            with self.subTest(**headers):
                self.assertTrue(self._is_automatic(headers))

    def test_people(self):
        for headers in PEOPLE:
            with self.subTest(**headers):
                self.assertFalse(self._is_automatic(headers))
