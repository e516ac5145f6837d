"""The virtual environment in which Odoo and the tools run."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from .output import run, step
from .paths import FOUNDATION, ROOT, VENV

PYTHON = VENV / "bin" / "python"
LAUNCHER = VENV / "bin" / "odoo"
REQUIREMENTS = [
    FOUNDATION / "odoo-requirements.txt",
    ROOT / "requirements.txt",
    ROOT / "requirements-dev.txt",
]
STAMP = VENV / "offerdesk-stamp"


def _fingerprint(odoo: Path) -> str:
    """Changes whenever the environment has to be made anew."""
    # Its scripts carry the absolute path, so a moved clone needs a new one.
    parts = [sys.version, str(odoo), str(VENV)]
    parts += [file.read_text() for file in REQUIREMENTS]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _is_current(fingerprint: str) -> bool:
    return (
        STAMP.is_file()
        and STAMP.read_text() == fingerprint
        and os.access(PYTHON, os.X_OK)
    )


def ensure_venv(odoo: Path) -> None:
    """Make the environment, or make it anew when what it is made from changed."""
    fingerprint = _fingerprint(odoo)
    if _is_current(fingerprint):
        return
    STAMP.unlink(missing_ok=True)
    step("Making the Python environment .venv (about a minute)")
    run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        "Python's venv module is missing. As root: apt-get install python3-venv",
    )
    # pip's progress bars need a terminal; without one its log would be all there is.
    quiet = [] if sys.stderr.isatty() else ["--quiet", "--quiet"]
    wanted = [part for file in REQUIREMENTS for part in ("--requirement", str(file))]
    run(
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            *quiet,
            *wanted,
        ],
        "The Python packages could not be installed.",
    )
    _link(odoo)
    STAMP.write_text(fingerprint)


def _link(odoo: Path) -> None:
    """Let the environment import Odoo, and give it the command `odoo`."""
    site_packages = subprocess.check_output(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        text=True,
    ).strip()
    (Path(site_packages) / "odoo.pth").write_text(f"{odoo}\n")
    LAUNCHER.write_text("import odoo.cli\n\nodoo.cli.main()\n")
