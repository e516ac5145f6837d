"""Renderers and mail servers that are out of order; for other addons' tests, too."""

import os
import select
import smtplib
import subprocess
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.base.tests.common import MockSmtplibCase

QUEUE = "mail.ir_cron_mail_scheduler_action"
REQUEUE = "base_offerdesk.ir_cron_requeue_mails"
# What a wkhtmltopdf in the way does; `$target` is the file that it has to write.
RENDERER_FAULTS = {
    "rc 1, empty": 'touch "$target"; echo "broken pipe" >&2; exit 1',
    "rc 0, empty": 'touch "$target"; exit 0',
    "rc 0, nothing": "exit 0",
    "garbage": 'echo "this is no PDF" > "$target"; exit 0',
    "cut off": 'printf "%%PDF-1.4 and then" > "$target"; exit 0',
    "crash": "kill -SEGV $$",
}
RENDERER_HANG = 'sleep 600 & echo $! > "$0.pid"; wait'


def pdf_text(pdf):
    """Return the text of a PDF, lines as they are laid out."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


class RendererMixin:
    """Mix into a test case."""

    def _put_renderer(self, script=None):
        """Put a script in the place of wkhtmltopdf, or nothing at all.

        :return: path of the script
        """
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name, "wkhtmltopdf")
        if script:
            path.write_text(f"#!/bin/sh\nfor target; do :; done\n{script}\n")
            path.chmod(0o755)
        self.patch(os, "environ", {**os.environ, "PATH": f"{folder.name}:/bin"})
        if not script:
            os.environ["PATH"] = folder.name
        return path

    def _repair_renderer(self):
        os.environ["PATH"] = os.defpath + ":/usr/local/bin"

    def _assert_ended(self, script):
        """Check that what `RENDERER_HANG` started does not run any more.

        :param script: what `_put_renderer` returned
        """
        try:
            child = os.pidfd_open(int(Path(f"{script}.pid").read_text()))
        except ProcessLookupError:
            return
        self.addCleanup(os.close, child)
        # A signal that is on its way takes a moment on a busy machine.
        ended, _writable, _odd = select.select([child], [], [], 10)
        self.assertTrue(ended, "what the renderer has started still runs")


class MailFaultMixin(MockSmtplibCase):
    """Mix into a test case."""

    def _run_queue(self):
        """Send what is queued, as the scheduler does."""
        self._run_cron(QUEUE)

    def _requeue_mails(self):
        """Queue again what failed, as the scheduler does every five minutes."""
        self._run_cron(REQUEUE)

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def _fail_connect(self, error):
        return patch("smtplib.SMTP", side_effect=error)

    def _fail_send(self, error):
        def send_message(*_args):
            raise error

        return patch.object(
            self.testing_smtp_session, "send_message", send_message, create=True
        )


class MailFaultTests(MailFaultMixin):
    """Mix into a test case that says what a fault of the mail server may not do."""

    # Odoo runs only what stands in the class itself otherwise.
    allow_inherited_tests_method = True

    def _cause_notices(self):
        """Let everything happen that somebody is told of.

        :return: the mails, one for each reader
        :rtype: mail.mail
        """
        raise NotImplementedError

    def _run_round(self):
        """Let five minutes pass, and every job run that comes by within them."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET write_date = write_date - interval '5 minutes'"
            " WHERE is_resent"
        )
        self.env.invalidate_all()
        self._requeue_mails()
        self._run_queue()

    def _assert_survives(self, fault):
        """Let all mails fail, twice; repair: each arrives, and once.

        :param fault: function that returns a context within which the server fails
        """
        with self.mock_smtplib_connection():
            with mute_logger("odoo.addons.mail.models.mail_mail"), fault():
                mails = self._cause_notices()
                count = len(mails)
                self._run_queue()
                self._run_round()
                self.assertFalse(self.emails)
            for _round in range(2):
                self._run_round()
            self.assertEqual(len(self.emails), count)
            self.assertFalse(set(mails.exists().mapped("state")) - {"sent"})
            self._run_round()
            self.assertEqual(len(self.emails), count)
            for mail in self.emails:
                self.assertEqual(len(set(mail["smtp_to_list"])), 1, "one reader each")

    def test_nothing_waits_for_the_server(self):
        """No connection is opened while somebody waits for a page."""
        with self.mock_smtplib_connection():
            self._cause_notices()
            self.env.cr.postcommit.run()
            self.assertFalse(self.emails)

    def test_refused(self):
        self._assert_survives(lambda: self._fail_connect(ConnectionRefusedError()))

    def test_hanging(self):
        self._assert_survives(lambda: self._fail_connect(TimeoutError()))

    def test_busy(self):
        error = smtplib.SMTPDataError(451, b"4.3.0 try again later")
        self._assert_survives(lambda: self._fail_send(error))

    def test_dropped(self):
        error = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        self._assert_survives(lambda: self._fail_send(error))
