"""A server that an earlier run left behind."""

import contextlib
import os
import signal
import time
from pathlib import Path

from .output import Failure


def _servers_in(folder: Path) -> list[int]:
    """The PostgreSQL processes whose current folder it is: a server and its children.
    Also when somebody has removed the folder from under them."""
    names = (str(folder), f"{folder} (deleted)")
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            program = (link.parent / "comm").read_text().strip()
            if program == "postgres" and os.readlink(link) in names:
                found.append(int(link.parent.name))
        except OSError:
            continue  # It ended, or is somebody else's.
    return found


def _parent_of(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    # The name, in brackets, may contain spaces and brackets.
    return int(status.rpartition(")")[2].split()[1])


def _end(process: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, how)


def _wait_until_gone(folder: Path, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while _servers_in(folder) and time.monotonic() < deadline:
        time.sleep(0.1)


def end_server_in(folder: Path) -> None:
    """End the PostgreSQL server that runs in `folder`, or what is left of it."""
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        if not (left := _servers_in(folder)):
            return
        for process in left:
            # A server ends its children by itself, in good order.
            if _parent_of(process) not in left:
                _end(process, end)
        _wait_until_gone(folder)
    if _servers_in(folder):
        raise Failure(f"The PostgreSQL server in {folder} does not stop")
