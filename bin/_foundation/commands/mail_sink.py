"""The mail sink of bin/serve, which runs it in the virtual environment."""

import signal
from pathlib import Path

from .. import mail_pages
from ..mail_sink import MailSink


def main(arguments: list[str]) -> int:
    """Catch mails and show them: FOLDER SMTP-PORT WEB-PORT."""
    ends = {signal.SIGTERM, signal.SIGINT}
    # Before any thread is started, since threads inherit it.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    folder, smtp_port, web_port = Path(arguments[0]), *map(int, arguments[1:])
    sink = MailSink(folder, smtp_port)
    sink.start()
    pages = mail_pages.start(folder, web_port)
    signal.sigwait(ends)
    pages.shutdown()
    sink.stop()
    return 0
