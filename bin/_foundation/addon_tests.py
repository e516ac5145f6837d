"""The addons' own tests, on a fresh database."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from . import processes, templates
from .addons import is_glue_to_others
from .databases import Databases
from .network import free_port
from .odoo_log import TestRun, is_finding, records
from .output import step
from .paths import ADDONS, ADDONS_OF_OTHERS
from .tally import Tally

# Odoo's own checks of code that hold for all its addons, and so for ours. The others
# in `test_lint` are about Odoo's repository, or done by bin/lint.
LINT_ADDON = "test_lint"
LINT_CLASSES = [
    "ManifestLinter",
    "RoutesLinter",
    "TestIndex",
    "TestLintOverrideSignatures",
    "TestNaming",
    "TestTestHoles",
]


def run_addon_tests(
    databases: Databases, addons: list[str], folder: Path, keep: bool
) -> Tally:
    """Run the tests of `addons` and Odoo's own checks, which look at whatever is
    installed: so addons of others, and ours that need them, have a run without."""
    _warm_up_browser()
    tally = Tally()
    glue = [name for name in addons if is_glue_to_others(name)]
    if rest := [name for name in addons if name not in glue]:
        tally += _run(databases, rest, True, folder / "addons.log", keep)
    if glue:
        tally += _run(databases, glue, False, folder / "addons-glue.log", keep)
    return tally


def _warm_up_browser() -> None:
    """Start Chromium once: Odoo waits ten seconds for it, and the first start after
    the machine's may take longer."""
    for name in ("chromium", "google-chrome", "chromium-browser"):
        if browser := shutil.which(name):
            options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
            subprocess.run(
                [browser, *options, "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=120,
                check=False,
            )
            return


def _run(
    databases: Databases, addons: list[str], with_lint: bool, log: Path, keep: bool
) -> Tally:
    """Install `addons` on a copy of the core template and run their tests. (Odoo tests
    what it installs or updates in the same run, nothing else.)"""
    database = databases.scratch(databases.ensure_template(templates.core()))
    step(f"Testing {', '.join(addons)} on the database {database}")
    tags, installed = [f"/{name}" for name in addons], list(addons)
    if with_lint:
        tags += [f"/{LINT_ADDON}:{name}" for name in LINT_CLASSES]
        installed.append(LINT_ADDON)
    command = databases.odoo.command(
        f"--database={database}",
        f"--init={','.join(installed)}",
        f"--test-tags={','.join(tags)}",
        f"--http-port={free_port()}",
        "--max-cron-threads=0",
        f"--screenshots={log.parent / 'screenshots'}",
        "--stop-after-init",
    )
    environ = dict(databases.environ)
    if with_lint:
        folders = environ["ODOO_ADDONS_PATH"].split(",")
        folders = [folder for folder in folders if folder != str(ADDONS_OF_OTHERS)]
        environ["ODOO_ADDONS_PATH"] = ",".join(folders)
    try:
        process = processes.start(
            command,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            with log.open("w") as copy:
                run = _follow(_copied(process.stdout, copy))
            process.wait()
        finally:
            processes.stop(process)
    finally:
        if not keep:
            databases.drop(database)
    return _tally(run, addons, process.returncode, log)


def _copied(lines: Iterable[str], copy: IO[str]) -> Iterator[str]:
    for line in lines:
        copy.write(line)
        yield line


def _follow(lines: Iterable[str]) -> TestRun:
    """Show the progress of a test run as its log goes by."""
    run = TestRun()
    for record in records(lines):
        run.read(record)
        if is_finding(record):
            print(record, flush=True)
        elif record.message.startswith("Starting ") and ".tests." in record.logger:
            print(record.message.removeprefix("Starting "), flush=True)
    return run


def _tally(run: TestRun, addons: list[str], status: int, log: Path) -> Tally:
    tally = Tally(passed=run.passed())
    tally.failed += run.failed
    tally.failed += run.skipped
    logged = Counter(str(record).splitlines()[0] for record in run.findings)
    tally.failed += [f"log, {n} times: {entry}" for entry, n in logged.items()]
    for name in addons:
        if not run.started[name] and any((ADDONS / name / "tests").glob("test_*.py")):
            tally.failed.append(f"{name}: no test was run")
    if (status or run.failures) and not tally.failed:
        tally.failed.append(f"odoo ended with status {status}, see {log}")
    return tally
