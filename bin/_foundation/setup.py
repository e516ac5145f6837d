"""Everything that has to be there before Odoo can run."""

from .locks import exclusive
from .odoo_source import ensure_odoo
from .paths import DATA, LOGS, STATE, ensure_state
from .system_packages import ensure_system_packages
from .venv import ensure_venv


def ensure_set_up() -> None:
    """Do what is missing of the set-up; nothing when it has been done."""
    ensure_state()
    with exclusive(STATE / "setup.lock", "the set-up"):
        for folder in (DATA, LOGS):
            folder.mkdir(mode=0o700, exist_ok=True)
        ensure_system_packages()
        ensure_venv(ensure_odoo())
