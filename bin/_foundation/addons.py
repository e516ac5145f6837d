"""What the addons of this repo are and need, read from their files."""

import ast
import hashlib
from pathlib import Path

from .odoo_source import version_of_odoo
from .paths import ADDONS, addon_names
from .venv import ADDON_REQUIREMENTS, ODOO_REQUIREMENTS

LICENSE = "LGPL-3"


def _lines(file: Path) -> list[str]:
    """The requirements that a file lists."""
    lines = map(str.strip, file.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _manifest(name: str) -> dict:
    """What an addon of this repo says of itself."""
    return ast.literal_eval((ADDONS / name / "__manifest__.py").read_text())


def _depends(name: str) -> set[str]:
    """What an addon of this repo depends on."""
    return set(_manifest(name).get("depends", []))


def _addons_of_others() -> set[str]:
    """The addons that come from PyPI."""
    packages = [line.split("==")[0] for line in _lines(ADDON_REQUIREMENTS)]
    return {
        package.removeprefix("odoo-addon-").replace("-", "_") for package in packages
    }


def is_glue_to_others(name: str) -> bool:
    """Whether an addon of this repo depends on one that is neither ours nor Odoo's."""
    return bool(_depends(name) & _addons_of_others())


def is_glue_to_website(name: str) -> bool:
    """Whether an addon of this repo depends on Odoo's website, which changes every page
    of the portal."""
    return any(addon.startswith("website") for addon in _depends(name))


def addons_without_website() -> list[str]:
    """The addons of this repo that are installed together. Those for the website are
    installed and tested apart, and so are those under another licence: who wants them
    decides for that licence."""
    return [
        name
        for name in addon_names()
        if not is_glue_to_website(name) and _manifest(name)["license"] == LICENSE
    ]


def core_dependencies() -> list[str]:
    """The addons of Odoo that those of this repo depend on."""
    ours = addons_without_website()
    depends = set().union(*map(_depends, ours))
    return sorted(depends - set(ours) - _addons_of_others()) or ["base"]


def core_fingerprint() -> str:
    """Changes when a database with the core dependencies has to be made anew."""
    packages = _lines(ODOO_REQUIREMENTS)
    return "\0".join([*core_dependencies(), version_of_odoo(), *packages])


def content_fingerprint() -> str:
    """Changes when a database with our addons has to be made anew."""
    packages = _lines(ADDON_REQUIREMENTS)
    digest = hashlib.sha256("\0".join([core_fingerprint(), *packages]).encode())
    for file in sorted(ADDONS.rglob("*")):
        parts = file.relative_to(ADDONS).parts
        if file.is_file() and not {"__pycache__", "tests", "readme"} & set(parts):
            digest.update("/".join(parts).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
