"""Locks between processes. The kernel drops them with the process that held them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .output import step


@contextmanager
def exclusive(path: Path, what: str) -> Iterator[None]:
    """Hold the lock at `path`, waiting while another process is busy with `what`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            step(f"Waiting for another process to finish {what}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class SharedLock:
    """Held by everyone who uses a thing; survives exec, so that the program that
    replaces this one holds it on."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.set_inheritable(self.descriptor, True)
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def become_only_holder(self) -> bool:
        """Whether nobody else holds it; if so, nobody else can get it from now on."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)
