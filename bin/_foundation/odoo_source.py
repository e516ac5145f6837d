"""Where Odoo 19 comes from."""

import os
import re
import shutil
import sys
from pathlib import Path

from . import debian_archive
from .output import Failure, read, run, step
from .paths import STATE

SERIES = (19, 0)
UNPACKED = STATE / "odoo"
CHECKOUT = STATE / "odoo-git"
REMEMBERED = STATE / "odoo-source"
REPOSITORY = "https://github.com/odoo/odoo"
# The package links to files of the others. Two of these have the files under the
# names it expects only in bookworm.
PACKAGES = [
    "odoo-19/sid",
    "fonts-montserrat/sid",
    "fonts-ocr-b/sid",
    "fonts-roboto-unhinted/sid",
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm",
]
# Debian leaves this file out. Without it every page logs an error about its assets.
STRIPPED = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def series_of(folder: Path) -> tuple[int, int] | None:
    """The series of the Odoo whose package `odoo` lies in `folder`."""
    try:
        text = (folder / "odoo" / "release.py").read_text()
    except OSError:
        return None
    found = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else None


def _from_home() -> Path | None:
    """The checkout that ODOO_HOME names."""
    if not (home := os.environ.get("ODOO_HOME")):
        return None
    folder = Path(home).expanduser().resolve()
    if series_of(folder) != SERIES:
        raise Failure(f"ODOO_HOME={home} holds no Odoo 19.0 (odoo/release.py)")
    return folder


def _importable() -> Path | None:
    """The folder from which a Python of this machine imports Odoo 19."""
    active = os.environ.get("VIRTUAL_ENV")
    pythons = [sys.executable, "python3", *([f"{active}/bin/python"] if active else [])]
    question = "import odoo.release as r; print(r.__file__)"
    for python in pythons:
        if answer := read([python, "-c", question], cwd="/"):
            folder = Path(answer).parent.parent
            if series_of(folder) == SERIES:
                return folder
    return None


def _unpacked_folder() -> Path:
    return UNPACKED / "usr" / "lib" / "python3" / "dist-packages"


def _unpack() -> Path:
    """Debian's package `odoo-19`, unpacked without root into the state folder."""
    files = debian_archive.fetch(PACKAGES)
    draft = UNPACKED.with_name("odoo.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    step("Unpacking Odoo 19 (1.2 GB)")
    for file in files:
        run(["dpkg-deb", "-x", file, draft], f"{file} could not be unpacked.")
    package = draft / _unpacked_folder().relative_to(UNPACKED) / "odoo"
    stripped = package / STRIPPED
    if not stripped.exists():
        stripped.parent.mkdir(parents=True, exist_ok=True)
        stripped.write_text("/* Left out by Debian: blurs the image of a call. */\n")
    if broken := [p for p in draft.rglob("*") if p.is_symlink() and not p.exists()]:
        raise Failure(f"Files that Odoo links to are missing: {broken[:3]} …")
    shutil.rmtree(UNPACKED, ignore_errors=True)
    draft.rename(UNPACKED)
    return _unpacked_folder()


def _clone() -> Path:
    """A shallow clone of Odoo's branch 19.0."""
    if series_of(CHECKOUT) != SERIES:
        shutil.rmtree(CHECKOUT, ignore_errors=True)
        step("Cloning Odoo's branch 19.0")
        run(
            ["git", "clone", "--progress", "--depth", "1", "--branch", "19.0"]
            + [REPOSITORY, CHECKOUT],
            "Odoo's repository could not be cloned.",
        )
    return CHECKOUT


def ensure_odoo() -> Path:
    """The folder that Odoo 19's package `odoo` lies in, fetched if need be."""
    if home := _from_home():
        return home
    if REMEMBERED.is_file():
        folder = Path(REMEMBERED.read_text())
        if series_of(folder) == SERIES:
            return folder
    folder = _importable() or _fetch()
    REMEMBERED.write_text(str(folder))
    return folder


def version_of_odoo() -> str:
    """Changes with the code of Odoo, as far as one can tell."""
    folder = _from_home() or Path(REMEMBERED.read_text())
    head = read(["git", "-C", folder, "rev-parse", "HEAD"])
    return f"{folder} {head}" if (folder / ".git").exists() else str(folder)


def _fetch() -> Path:
    """Odoo 19 from Debian's archive, else from its repository."""
    try:
        return _unpack()
    except Failure as from_debian:
        try:
            return _clone()
        except Failure as from_git:
            raise Failure(
                "Odoo 19 is missing and could not be fetched. Set ODOO_HOME to a "
                "checkout of its branch 19.0, or make one of these work:\n"
                f"- Debian's package odoo-19: {from_debian}\n"
                f"- git clone {REPOSITORY}: {from_git}"
            ) from from_git
