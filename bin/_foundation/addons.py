"""What the addons of this repo are and need, read from their files."""

import ast
import hashlib

from .odoo_source import version_of_odoo
from .paths import ADDONS, addon_names
from .venv import ADDON_REQUIREMENTS, ODOO_REQUIREMENTS


def core_dependencies() -> list[str]:
    """The addons, not of this repo, that those of this repo depend on."""
    ours = addon_names()
    manifests = [ADDONS / name / "__manifest__.py" for name in ours]
    depends = {
        dependency
        for manifest in manifests
        for dependency in ast.literal_eval(manifest.read_text()).get("depends", [])
    }
    return sorted(depends - set(ours)) or ["base"]


def core_fingerprint() -> str:
    """Changes when a database with the core dependencies has to be made anew."""
    packages = [
        line.strip()
        for file in (ODOO_REQUIREMENTS, ADDON_REQUIREMENTS)
        for line in file.read_text().splitlines()
        if not line.startswith("#")
    ]
    return "\0".join([*core_dependencies(), version_of_odoo(), *packages])


def content_fingerprint() -> str:
    """Changes when a database with our addons has to be made anew."""
    digest = hashlib.sha256(core_fingerprint().encode())
    for file in sorted(ADDONS.rglob("*")):
        parts = file.relative_to(ADDONS).parts
        if file.is_file() and not {"__pycache__", "tests", "readme"} & set(parts):
            digest.update("/".join(parts).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
