"""Where things are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOUNDATION = ROOT / "bin" / "_foundation"
ADDONS = ROOT / "addons"
STATE = ROOT / ".state"
VENV = ROOT / ".venv"
DATA = STATE / "data"
LOGS = STATE / "log"
# Addons from PyPI that ours are glued to: apart, since Odoo's own checks look at all
# addons that can be imported.
OTHERS = STATE / "addons-of-others"
ADDONS_OF_OTHERS = OTHERS / "odoo" / "addons"
# Schemas that our tests compare with.
SCHEMAS = STATE / "schemas"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "offerdesk"


def ensure_state() -> Path:
    """Make the state folder. Others may pass through it: when root runs all this,
    the database server runs under another account and has its folder in here."""
    STATE.mkdir(exist_ok=True)
    STATE.chmod(0o711)
    return STATE


def addon_names() -> list[str]:
    """The addons of this repo."""
    return sorted(manifest.parent.name for manifest in ADDONS.glob("*/__manifest__.py"))
