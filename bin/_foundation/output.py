"""What a person sees on the terminal. Standard output belongs to the command that
is run (`bin/psql -c … > file`), so everything here goes to standard error."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class Failure(Exception):
    """Something is missing or went wrong; the text tells what to do about it."""


def say(text: object) -> None:
    """Print a line of what a command is asked for, in one piece whoever else does."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def step(text: str) -> None:
    """Announce a step of the set-up that takes time."""
    sys.stderr.write(f"==> {text}\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    """Show an error."""
    print(f"error: {text}", file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], hint: str, **options) -> None:
    """Run `command`, its output on standard error; on failure raise with `hint`."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", sys.stderr)
    try:
        subprocess.run([str(part) for part in command], check=True, **options)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise Failure(f"{hint}\n  ({error})") from error


def read(command: Sequence[str | Path], **options) -> str:
    """The standard output of `command`, or "" when it fails or isn't there."""
    options.setdefault("stderr", subprocess.DEVNULL)
    try:
        result = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
    except FileNotFoundError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""
