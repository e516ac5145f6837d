"""bin/test [PART ...]: linters, the addons' tests, the end-to-end tests."""

import argparse
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .. import templates
from ..addon_tests import check_template, ensure_tested, run_addon_tests
from ..databases import Databases
from ..journeys import run_journeys
from ..linters import lint
from ..odoo_process import Odoo
from ..output import Failure, complain, step
from ..paths import LOGS, addon_names
from ..tally import Tally

KEPT_RUNS = 10
ALL = ["tests"]


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
    tally = check_template(databases.ensure_template(templates.demo()))
    return tally + run_journeys(journeys, run.folder, run.keep)


def _lint_and_prepare(databases: Databases, addons: list[str]) -> Tally:
    """Run the linters and make the databases meanwhile. If one can't be made, that
    shows when it is needed."""
    with ThreadPoolExecutor() as pool:
        pool.submit(ensure_tested, databases, addons)
        pool.submit(databases.ensure_template, templates.demo())
        return pool.submit(lint).result()


def _test_all_journeys(databases: Databases, journeys: list[str], run: Run) -> Tally:
    """All journeys. The shop, which takes minutes to make, is only wanted by the last
    ones; if it can't be made, that shows there."""
    with ThreadPoolExecutor() as pool:
        pool.submit(databases.ensure_template, templates.shop())
        return _test_journeys(databases, journeys, run)


def _test(
    databases: Databases, addons: list[str], journeys: list[str], run: Run
) -> Tally:
    tally = Tally()
    test_journeys = _test_all_journeys if journeys == ALL else _test_journeys
    for test, parts in ((_test_addons, addons), (test_journeys, journeys)):
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
        databases = Databases(odoo)
        databases.drop_abandoned()
        run = Run(_run_folder(), options.keep)
        tally = Tally()
        if not options.part:
            addons, journeys = addon_names(), ALL
            tally += _lint_and_prepare(databases, addons)
        tally += _test(databases, addons, journeys, run)
    finally:
        odoo.release()
    step(f"{time.monotonic() - started:.0f} s; logs and pictures: {run.folder}")
    return tally.report()
