"""The Debian packages of packages.txt."""

import glob
import os
import shutil
import sys
from collections.abc import Iterable

from .output import Failure, read, run, step
from .paths import ROOT


def _is_there(sign: str) -> bool:
    """Whether a program, or any file that fits a pattern, is there."""
    return bool(glob.glob(sign) if "/" in sign else shutil.which(sign))


def _wanted() -> dict[str, list[str]]:
    """Each package with the signs that it, or a stand-in for it, is there."""
    rows = (ROOT / "packages.txt").read_text().splitlines()
    fields = [row.split() for row in rows if row.strip() and not row.startswith("#")]
    return {row[0]: row[1].split("|") if row[1:] else [] for row in fields}


def _installed(packages: Iterable[str]) -> set[str]:
    """Those of `packages` that dpkg knows as installed."""
    shown = read(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n"])
    rows = (row.split() for row in shown.splitlines())
    return {row[0] for row in rows if row[1:] == ["ii"]} & set(packages)


def missing() -> list[str]:
    """The packages of packages.txt that are not there, and nothing in their stead."""
    unsigned = {
        package
        for package, signs in _wanted().items()
        if not any(map(_is_there, signs))
    }
    return sorted(unsigned - _installed(unsigned)) if unsigned else []


def ensure_system_packages() -> None:
    """Install what is missing, as root or through sudo."""
    packages = missing()
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    hint = f"Debian packages are missing. As root: {' '.join(command)}"
    if not shutil.which("apt-get"):
        raise Failure(f"Please install: {', '.join(packages)}")
    become_root = []
    if os.geteuid() != 0:
        if not shutil.which("sudo"):
            raise Failure(hint)
        become_root = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
    step(f"Installing Debian packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    stdin = sys.stdin if sys.stdin.isatty() else None
    for arguments in (["apt-get", "update"], command):
        run([*become_root, *arguments], hint, env=environment, stdin=stdin)
    if still := missing():
        raise Failure(f"apt-get installed them, but these are missing: {still}")
