"""Reading Odoo's log: what a test run did, and what should not be in there."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from .paths import ADDONS
from .spreading import TestClass

_HEADER = re.compile(
    r"^(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \d+ "
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) (?P<database>\S+) "
    r"(?P<logger>[\w.-]+): (?P<message>.*)$"
)
_TEST_MODULE = re.compile(r"^odoo\.addons\.(\w+)\.tests\b")
_STARTED = re.compile(r"^Starting (\w+)\.test\w* \.\.\.")
_SKIPPED = re.compile(r"^skipped (?P<test>\S+) : (?P<reason>.*)")
_FAILED = re.compile(r"^(?:FAIL|ERROR): (?P<test>.*)")
_FAILED_TEST = re.compile(r"^(?:Subtest )?(\w+\.test\w*)")
_RESULT = re.compile(
    r"^(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<run>\d+) tests when"
)
_SUMMARY = re.compile(
    r"Module \w+: \d+ failures, \d+ errors of \d+ tests"
    r"|At least one test failed when loading the modules"
)


@dataclass
class Record:
    """One entry of the log; the message may have many lines."""

    level: str
    logger: str
    message: str
    time: datetime

    def __str__(self) -> str:
        return f"{self.level} {self.logger}: {self.message}"


@dataclass(frozen=True)
class Noise:
    """Warnings that are not ours."""

    why: str
    logger: str
    # A regular expression that the message begins with.
    message: str

    def covers(self, record: Record) -> bool:
        """Whether `record` is one of these."""
        return record.logger == self.logger and bool(
            re.match(self.message, record.message)
        )


NOISE = [
    Noise(
        "Python warnings that point at a line of Odoo or of a library, not of ours",
        "py.warnings",
        rf"(?!{re.escape(str(ADDONS))}/)/.*: \w*Warning: ",
    ),
    Noise(
        "Two requests that met in the database; Odoo repeats the later one",
        "odoo.sql_db",
        r"(?s)bad query: .*ERROR: could not serialize access due to concurrent update",
    ),
    Noise(
        "What a call is answered on purpose, to somebody who did not see the latest",
        "odoo.http",
        r"Somebody answered this request while you had it open\."
        r"|That is not possible any more: request \S+ is now",
    ),
    Noise(
        "Odoo's own cleaning, which counts nothing in its first ten seconds if busy",
        "odoo.addons.base.models.ir_cron",
        r"Job 'Base: Auto-vacuum internal data' \(\d+\) processed no record",
    ),
    Noise(
        "Odoo's mail queue met a mail that a request was sending at the same moment; "
        "it goes on in the next run",
        "odoo.addons.mail.models.mail_mail",
        r"(?s)Failed processing mail queue.*MissingError: .*\(Record: mail\.mail\(",
    ),
    Noise(
        "The same, when both change the mail: Odoo repeats requests, but no jobs",
        "odoo.addons.base.models.ir_cron",
        r"(?s)Job 'Mail: Email Queue Manager' \(\d+\) server action #\d+ failed"
        r".*could not serialize access due to concurrent update",
    ),
]


def records(lines: Iterable[str]) -> Iterator[Record]:
    """The entries of a log."""
    current: Record | None = None
    for line in lines:
        line = line.rstrip("\n")
        if header := _HEADER.match(line):
            if current:
                yield current
            time = datetime.strptime(header["time"], "%Y-%m-%d %H:%M:%S,%f")
            current = Record(header["level"], header["logger"], header["message"], time)
        elif current:
            current.message += f"\n{line}"
    if current:
        yield current


def is_finding(record: Record) -> bool:
    """Whether it is a warning or worse, and ours."""
    return record.level in ("WARNING", "ERROR", "CRITICAL") and not any(
        noise.covers(record) for noise in NOISE
    )


def findings(lines: Iterable[str]) -> list[Record]:
    """What should not be in a log."""
    return [record for record in records(lines) if is_finding(record)]


@dataclass
class TestRun:
    """What the log of a test run says."""

    run: int = 0
    failures: int = 0
    # How many tests of each class were started, and how long they took.
    started: Counter[TestClass] = field(default_factory=Counter)
    seconds: Counter[TestClass] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    findings: list[Record] = field(default_factory=list)
    _latest: tuple[TestClass, datetime] | None = None

    def passed(self) -> int:
        """How many tests passed. Subtests fail one by one, within a test; when a class
        can't be set up, its tests don't run."""
        failing = {
            found[1] for name in self.failed if (found := _FAILED_TEST.match(name))
        }
        return max(0, self.run - len(failing) - len(self.skipped))

    def read(self, record: Record) -> None:
        """Take in one entry of the log."""
        module = _TEST_MODULE.match(record.logger)
        if module and (started := _STARTED.match(record.message)):
            self._end_latest(record.time)
            name = TestClass(module[1], started[1])
            self.started[name] += 1
            self._latest = name, record.time
        elif module and (skipped := _SKIPPED.match(record.message)):
            self.skipped.append(f"{skipped['test']} was skipped: {skipped['reason']}")
        elif record.level == "ERROR" and (failed := _FAILED.match(record.message)):
            self.failed.append(failed["test"])
        elif result := _RESULT.match(record.message):
            self._end_latest(record.time)
            self.run += int(result["run"])
            self.failures += int(result["failed"]) + int(result["errors"])
        elif _SUMMARY.match(record.message):
            pass  # The entries before it say which tests failed.
        elif module and record.level == "ERROR" and record.logger.endswith(".browser"):
            pass  # The test that runs the browser fails with it.
        elif is_finding(record):
            self.findings.append(record)

    def _end_latest(self, time: datetime) -> None:
        """A test ends when the next one starts."""
        if self._latest:
            name, start = self._latest
            self.seconds[name] += (time - start).total_seconds()
            self._latest = None
