"""Child processes that do not outlive this one."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Sequence

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def in_child() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        # The parent may have ended before the call above.
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def start(command: Sequence[str], **options) -> subprocess.Popen:
    """Start `command` in a session of its own, so that Ctrl-C reaches this process
    alone, which then ends the others in order."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent(),
        **options,
    )


def stop(process: subprocess.Popen, patience: float = 20) -> None:
    """End `process`, and its children if it does not do so itself."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
