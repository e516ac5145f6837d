"""prettier and its XML plugin, as package-lock.json pins them."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from .locks import exclusive
from .output import Failure, run, step
from .paths import ROOT, STATE

FOLDER = ROOT / "node_modules"
PRETTIER = FOLDER / "prettier" / "bin" / "prettier.cjs"
STAMP = FOLDER / "offerdesk-stamp"


def prettier() -> list[str | Path]:
    """The command that runs prettier, installed if need be."""
    lock_file = (ROOT / "package-lock.json").read_bytes()
    fingerprint = hashlib.sha256(lock_file).hexdigest()
    with exclusive(STATE / "node.lock", "installing prettier"):
        if not (STAMP.is_file() and STAMP.read_text() == fingerprint):
            _install()
            STAMP.write_text(fingerprint)
    return ["node", PRETTIER]


def _install() -> None:
    if not shutil.which("npm"):
        raise Failure("npm is missing. As root: apt-get install nodejs npm")
    step("Installing prettier")
    run(
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error"],
        "prettier could not be installed with npm.",
        cwd=ROOT,
        stdout=sys.stderr,
        env={**os.environ, "CI": "1"},
    )
