"""The end-to-end tests of tests/, with pytest."""

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from .output import step
from .paths import ROOT
from .tally import Tally
from .venv import PYTHON


def run_journeys(selected: list[str], folder: Path, keep: bool) -> Tally:
    """Run the tests in tests/, or those `selected` as pytest takes them."""
    step(f"Testing {' '.join(selected)}")
    report = folder / "pytest.xml"
    environ = {**os.environ, "OFFERDESK_TEST_FOLDER": str(folder)}
    if keep:
        environ["OFFERDESK_KEEP"] = "1"
    done = subprocess.run(
        [PYTHON, "-m", "pytest", f"--junitxml={report}", *selected],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
    )
    return _tally(report, done.returncode)


def _tally(report: Path, status: int) -> Tally:
    """Count what pytest reports. A skipped test is one that nobody ran."""
    tally = Tally()
    cases = ElementTree.parse(report).iter("testcase") if report.is_file() else []
    for case in cases:
        name = f"{case.get('classname')}::{case.get('name')}"
        bad = [part.tag for part in case if part.tag in ("failure", "error", "skipped")]
        tally.add(f"{name} ({', '.join(bad)})" if bad else name, not bad)
    if not tally.passed and not tally.failed:
        tally.failed.append("tests: no test was run")
    elif status and not tally.failed:
        tally.failed.append(f"pytest ended with status {status}")
    return tally
