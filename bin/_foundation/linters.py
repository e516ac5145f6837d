"""The linters, and what they look at."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .node_tools import prettier
from .output import step
from .paths import ADDONS, ROOT, VENV, addon_names
from .tally import Tally


@dataclass
class Linter:
    """A command that exits with 0 when it has nothing to say."""

    name: str
    check: list[str | Path]
    # Run before the check by `bin/lint --fix`.
    fix: list[str | Path] = field(default_factory=list)


def _linters() -> Iterator[Linter]:
    """Those that have anything to look at."""
    ruff = VENV / "bin" / "ruff"
    yield Linter("ruff check", [ruff, "check", "."], [ruff, "check", "--fix", "."])
    yield Linter("ruff format", [ruff, "format", "--check", "."], [ruff, "format", "."])
    addons = [ADDONS / name for name in addon_names()]
    if not addons:
        return
    pylint = [VENV / "bin" / "pylint", "--rcfile", ".pylintrc", "-j2", *addons]
    yield Linter("pylint-odoo", pylint)
    yield Linter("oca-checks", [VENV / "bin" / "oca-checks-odoo-module", *addons])
    files = ["--no-error-on-unmatched-pattern", "addons/**/*.{xml,js,scss}"]
    format_files = [*prettier(), "--log-level", "warn"]
    yield Linter(
        "prettier",
        [*format_files, "--check", *files],
        [*format_files, "--write", *files],
    )


def lint(fix: bool = False) -> Tally:
    """Run all linters; with `fix` let them mend first what they can."""
    tally = Tally()
    for linter in _linters():
        step(linter.name)
        if fix and linter.fix:
            subprocess.run(linter.fix, cwd=ROOT, stdin=subprocess.DEVNULL)
        done = subprocess.run(linter.check, cwd=ROOT, stdin=subprocess.DEVNULL)
        tally.add(linter.name, done.returncode == 0)
    return tally
