"""A mail server that delivers nothing: each message becomes a file."""

import itertools
import threading
import time
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class _Store:
    """Writes what arrives to a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count()
        self.arrival = threading.Condition()

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Called by aiosmtpd with each message."""
        name = f"{time.time_ns()}-{next(self.numbers)}.eml"
        # The envelope tells who really gets it; the headers only say so.
        recipients = ", ".join(envelope.rcpt_tos)
        header = f"X-Envelope-To: {recipients}\r\n".encode()
        draft = self.folder / f".{name}"
        draft.write_bytes(header + envelope.content)
        draft.rename(self.folder / name)
        with self.arrival:
            self.arrival.notify_all()
        return "250 OK"


class MailSink:
    """`start()` it; `messages()` are what arrived; `stop()` it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store = _Store(folder)
        self._controller: Controller | None = None
        # Files never change, and whoever waits for a mail looks at all there are.
        self._read: dict[Path, EmailMessage] = {}

    def start(self) -> None:
        """Listen."""
        self._controller = Controller(self._store, hostname=HOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    def messages(self) -> list[EmailMessage]:
        """What arrived, oldest first."""
        files = sorted(self.folder.glob("[!.]*.eml"))
        self._read |= {file: read(file) for file in files if file not in self._read}
        return [self._read[file] for file in files]

    def wait_for(
        self, fits: Callable[[EmailMessage], bool], seconds: float = 60
    ) -> EmailMessage:
        """The first message that fits, now or as soon as it arrives."""
        deadline = time.monotonic() + seconds
        with self._store.arrival:
            while not (found := next(filter(fits, self.messages()), None)):
                left = deadline - time.monotonic()
                if left <= 0 or not self._store.arrival.wait(left):
                    raise TimeoutError(f"no such mail among {len(self.messages())}")
        return found


def read(file: Path) -> EmailMessage:
    """The message in a file."""
    return BytesParser(policy=policy.default).parsebytes(file.read_bytes())
