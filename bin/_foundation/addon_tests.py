"""The addons' own tests, on fresh databases, as many at a time as there are cores."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from . import processes, templates
from .addons import is_glue_to_others, is_glue_to_website
from .databases import Databases, template_log
from .network import free_port
from .odoo_log import TestRun, findings, is_finding, records
from .output import say, step
from .paths import ADDONS_OF_OTHERS
from .spreading import TestClass, classes_of, remember, spread
from .tally import Tally

# Odoo's own checks of code that hold for all its addons, and so for ours. The others
# in `test_lint` are about Odoo's repository, or done by bin/lint.
LINT_CLASSES = {
    TestClass(templates.LINT_ADDON, name): 1
    for name in (
        "ManifestLinter",
        "RoutesLinter",
        "TestIndex",
        "TestLintOverrideSignatures",
        "TestNaming",
        "TestTestHoles",
    )
}


def run_addon_tests(
    databases: Databases, addons: list[str], folder: Path, keep: bool
) -> Tally:
    """Run the tests of `addons` and Odoo's own checks."""
    _warm_up_browser()
    template = ensure_tested(databases, addons)
    parts = [
        Part(_apart(databases), template, lot, folder / f"addons-{number}.log", keep)
        for number, lot in enumerate(_lots(addons), 1)
    ]
    for name, lot in _lots_apart(addons):
        log = folder / f"{name}.log"
        parts.append(Part(databases, template, lot, log, keep, installed=name))
    return check_template(template) + _run(parts)


def ensure_tested(databases: Databases, addons: list[str]) -> str:
    """The name of a database in which `addons` are installed. Glue to addons of others
    is not, since Odoo's own checks look at whatever is there, nor is glue to the
    website, which changes every page: each is installed on a copy."""
    ours = [name for name in addons if not _is_tested_apart(name)]
    return _apart(databases).ensure_template(templates.tested(ours))


def _is_tested_apart(name: str) -> bool:
    return is_glue_to_others(name) or is_glue_to_website(name)


def _apart(databases: Databases) -> Databases:
    """The same databases for an Odoo that knows no addons of others."""
    return databases.without(ADDONS_OF_OTHERS)


def _lots(addons: list[str]) -> Iterator[list[TestClass]]:
    """The test classes of what is installed in the template, one lot for each core."""
    classes = {}
    for name in addons:
        if not _is_tested_apart(name):
            classes |= LINT_CLASSES | classes_of(name)
    return spread(classes, os.cpu_count() or 1)


def _lots_apart(addons: list[str]) -> Iterator[tuple[str, list[TestClass]]]:
    """The addons that are tested on a copy, each with its classes. Those with the most
    tests come first, so that no core is left to wait for the last one."""
    counts = {name: classes_of(name) for name in filter(_is_tested_apart, addons)}
    for name in sorted(counts, key=lambda name: -sum(counts[name].values())):
        if counts[name]:  # or it is tested with another one, which depends on it
            yield name, list(counts[name])


def check_template(name: str) -> Tally:
    """Whether the log of how a template was made is clean."""
    log = template_log(name)
    tally = Tally()
    bad = findings(log.read_text().splitlines()) if log.is_file() else []
    for record in bad:
        say(record)
    tally.add(f"the log of making a database, {log}", not bad)
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


def _run(parts: list["Part"]) -> Tally:
    """Run the parts, one for each core at a time."""
    tally = Tally()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for result in pool.map(Part.run, parts):
                tally += result
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for part in parts:
                part.stop()
            raise
    remember({name: took for part in parts for name, took in part.seconds.items()})
    return tally


@dataclass
class Part:
    """A process that runs some classes of tests on a database of its own."""

    databases: Databases
    template: str
    classes: list[TestClass]
    log: Path
    keep: bool
    # What is installed first: then Odoo tests nothing else.
    installed: str = ""
    seconds: dict[TestClass, float] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    def run(self) -> Tally:
        """Run the tests and count what became of them."""
        database = self.databases.scratch(self.template)
        counts = Counter(name.addon for name in self.classes)
        shown = ", ".join(f"{addon} ({n} classes)" for addon, n in counts.items())
        step(f"Testing {shown} on the database {database}")
        try:
            self.process = self._start(database)
            with self.log.open("w") as copy:
                run = _follow(_copied(self.process.stdout, copy))
            self.process.wait()
        finally:
            self.stop()
            if not self.keep:
                self.databases.drop(database)
        self.seconds = dict(run.seconds)
        return tally_of(run, self.classes, self.process.returncode, self.log)

    def _start(self, database: str) -> subprocess.Popen:
        command = self.databases.odoo.command(
            f"--database={database}",
            f"--test-tags={','.join(name.tag for name in self.classes)}",
            f"--http-port={free_port()}",
            "--max-cron-threads=0",
            f"--screenshots={self.log.parent / 'screenshots'}",
            "--stop-after-init",
        )
        if self.installed:
            command.append(f"--init={self.installed}")
        return processes.start(
            command,
            env=self.databases.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def stop(self) -> None:
        """End the process, if it still runs."""
        if self.process:
            processes.stop(self.process)


def tally_of(run: TestRun, classes: list[TestClass], status: int, log: Path) -> Tally:
    """Count what became of a run of some classes. One that ran no test has failed, be
    it that its file is not imported or that it is no `post_install` test."""
    tally = Tally(passed=run.passed())
    tally.failed += run.failed
    tally.failed += run.skipped
    logged = Counter(str(record).splitlines()[0] for record in run.findings)
    tally.failed += [f"log, {n} times: {entry}" for entry, n in logged.items()]
    tally.failed += [
        f"{name}: no test was run" for name in classes if not run.started[name]
    ]
    if (status or run.failures) and not tally.failed:
        tally.failed.append(f"odoo ended with status {status}, see {log}")
    return tally


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
            say(record)
        elif record.message.startswith("Starting ") and ".tests." in record.logger:
            say(record.message.removeprefix("Starting "))
    return run
