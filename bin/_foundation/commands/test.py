"""bin/test [PART ...]: linters, the addons' tests, the end-to-end tests."""

import argparse
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from .. import templates
from ..addon_tests import run_addon_tests
from ..databases import Databases, template_log
from ..journeys import run_journeys
from ..linters import lint
from ..odoo_log import findings
from ..odoo_process import Odoo
from ..output import Failure, complain, step
from ..paths import LOGS, addon_names
from ..tally import Tally

KEPT_RUNS = 10


@dataclass
class Run:
    """Where a run writes to, and whether its databases stay."""

    folder: Path
    keep: bool


def _run_folder() -> Path:
    """A folder for the logs and pictures of this run; the oldest ones go."""
    runs = sorted(LOGS.glob("test-*"))
    for old in runs[: len(runs) - KEPT_RUNS + 1]:
        shutil.rmtree(old, ignore_errors=True)
    folder = LOGS / f"test-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    folder.mkdir()
    return folder


def _test_addons(databases: Databases, addons: list[str], run: Run) -> Tally:
    return run_addon_tests(databases, addons, run.folder, run.keep)


def _test_journeys(databases: Databases, journeys: list[str], run: Run) -> Tally:
    """The journeys, and the log of the installation with demo data before them."""
    tally = Tally()
    log = template_log(databases.ensure_template(templates.demo()))
    bad = findings(log.read_text().splitlines()) if log.is_file() else []
    for record in bad:
        print(record)
    tally.add(f"the log of installing with demo data, {log}", not bad)
    tally += run_journeys(journeys, run.folder, run.keep)
    return tally


def _test(odoo: Odoo, addons: list[str], journeys: list[str], run: Run) -> Tally:
    databases = Databases(odoo)
    databases.drop_abandoned()
    tally = Tally()
    for test, parts in ((_test_addons, addons), (_test_journeys, journeys)):
        try:
            if parts:
                tally += test(databases, parts, run)
        except Failure as failure:
            complain(str(failure))
            tally.failed.append(str(failure).splitlines()[0])
    return tally


def main(arguments: list[str]) -> int:
    """Run all tests, or the parts named."""
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Run the linters and all tests, or only the parts named.",
    )
    parser.add_argument(
        "part",
        nargs="*",
        help="an addon, or tests/test_x.py::test_y as pytest takes it",
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the databases of the tests"
    )
    options = parser.parse_args(arguments)
    addons = [part.strip("/").removeprefix("addons/") for part in options.part]
    addons = [name for name in addons if name in addon_names()]
    journeys = [part for part in options.part if part.startswith("tests")]
    if len(addons) + len(journeys) < len(options.part):
        known = ", ".join([*addon_names(), "tests/…"])
        raise Failure(f"Some of {options.part} is nothing to test. There are: {known}")
    started = time.monotonic()
    odoo = Odoo.ready()
    try:
        run = Run(_run_folder(), options.keep)
        tally = Tally()
        if not options.part:
            tally += lint()
            addons, journeys = addon_names(), ["tests"]
        tally += _test(odoo, addons, journeys, run)
    finally:
        odoo.release()
    step(f"{time.monotonic() - started:.0f} s; logs and pictures: {run.folder}")
    return tally.report()
