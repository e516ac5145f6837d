"""The virtual environment in which Odoo and the tools run."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from .output import run, step
from .paths import FOUNDATION, OTHERS, ROOT, SCHEMAS, VENV, ensure_state

PYTHON = VENV / "bin" / "python"
LAUNCHER = VENV / "bin" / "odoo"
ODOO_REQUIREMENTS = FOUNDATION / "odoo-requirements.txt"
REQUIREMENTS = [
    ODOO_REQUIREMENTS,
    ROOT / "requirements.txt",
    ROOT / "requirements-dev.txt",
]
# Addons of others that ours are glued to. Installed without what they depend on: that
# is Odoo, which is here already but not known to pip.
ADDON_REQUIREMENTS = ROOT / "requirements-addons.txt"
SCHEMA_REQUIREMENTS = ROOT / "requirements-schemas.txt"
STAMP = VENV / "offerdesk-stamp"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def ensure_venv(odoo: Path) -> None:
    """Make the environment, or bring it up to date with the requirements."""
    # Its scripts carry the absolute path, so a moved clone needs a new one.
    base = _digest(sys.version, str(VENV))
    files = [*REQUIREMENTS, ADDON_REQUIREMENTS, SCHEMA_REQUIREMENTS]
    packages = _digest(str(odoo), str(OTHERS), *(file.read_text() for file in files))
    found = STAMP.read_text().split() if STAMP.is_file() else []
    runs = os.access(PYTHON, os.X_OK)
    if runs and found == [base, packages]:
        return
    STAMP.unlink(missing_ok=True)
    if not runs or found[:1] != [base]:
        step("Making the Python environment .venv")
        run(
            [sys.executable, "-m", "venv", "--clear", VENV],
            "Python's venv module is missing. As root: apt-get install python3-venv",
        )
    step("Installing Python packages (about a minute when all are new)")
    # pip's progress bars need a terminal; without one its log would be all there is.
    quiet = [] if sys.stderr.isatty() else ["--quiet", "--quiet"]
    wanted = [part for file in REQUIREMENTS for part in ("--requirement", str(file))]
    # The conflict it would warn of is none: psycopg2-binary is psycopg2.
    options = ["--disable-pip-version-check", "--no-warn-conflicts", *quiet]
    ensure_state()
    addons = _apart(OTHERS, ADDON_REQUIREMENTS)
    for what in (wanted, addons, _apart(SCHEMAS, SCHEMA_REQUIREMENTS)):
        run(
            [PYTHON, "-m", "pip", "install", *options, *what],
            "The Python packages could not be installed.",
        )
    _link(odoo)
    STAMP.write_text(f"{base} {packages}")


def _apart(folder: Path, requirements: Path) -> list[str]:
    """pip's options for packages in a folder of their own, without what they need."""
    options = ["--no-deps", "--upgrade", "--target", str(folder)]
    return [*options, "--requirement", str(requirements)]


def _link(odoo: Path) -> None:
    """Let the environment import Odoo, and give it the command `odoo`."""
    site_packages = subprocess.check_output(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        text=True,
    ).strip()
    (Path(site_packages) / "odoo.pth").write_text(f"{odoo}\n", encoding="utf-8")
    LAUNCHER.write_text("import odoo.cli\n\nodoo.cli.main()\n")
