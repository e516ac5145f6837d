"""Exact counts of one action, and ratios of two actions that take turns.

CPU seconds depend on who else uses the machine, counts do not: a limit on a count may
be tight, one on CPU needs a margin, wall time is for reading only.
"""

import cProfile
import gc
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from odoo.modules.registry import Registry

WARM_UP = 4


@dataclass
class Action:
    """Something to measure.

    `run` is measured. `reset` undoes it where it changes something, unmeasured, so
    that each run starts from the same state.
    """

    run: Callable
    reset: Callable = lambda: None

    def __call__(self):
        try:
            return self.run()
        finally:
            self.reset()


@dataclass
class Counts:
    """What one run of an action does; the same in every run."""

    sql: int  # statements, by Odoo's counter
    calls: int  # calls of Python and C functions
    blocks: int  # PostgreSQL pages touched, 0 when pg_stat_statements is missing


@dataclass
class Ratio:
    """Ours divided by theirs, over all rounds."""

    median: float
    p25: float
    p75: float
    least: float  # our least value divided by theirs
    rounds: int

    def __str__(self):
        return (
            f"p25-p75 {self.p25:.3f}-{self.p75:.3f}, min/min {self.least:.3f}, "
            f"{self.rounds} rounds"
        )


@contextmanager
def _no_collector():
    """Keep Python's garbage collector from running into a measurement."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def count(dbname, action):
    """Return the counts of an action, after warming it up.

    :param str dbname: database that it works on
    :param Action action: what to count
    :rtype: Counts
    """
    for _turn in range(WARM_UP):
        action()
    thread = threading.current_thread()
    profile = cProfile.Profile()
    thread.query_count = 0
    with _no_collector():
        profile.runcall(action.run)
    sql = thread.query_count
    action.reset()
    calls = sum(entry.callcount for entry in profile.getstats())
    return Counts(sql, calls, _count_blocks(dbname, action))


def _count_blocks(dbname, action):
    """Return how many pages the statements of one run touch, 0 if nobody counts them.

    Where others work on the same server, it may forget statements: the most of some
    runs is the truth.
    """
    found = []
    with closing(Registry(dbname).cursor()) as cr:
        cr.execute("SELECT to_regclass('pg_stat_statements')")
        if not cr.fetchone()[0]:
            return 0
        for _turn in range(3):
            cr.execute(
                """
                SELECT pg_stat_statements_reset(0, oid, 0)
                FROM pg_database WHERE datname = %s
                """,
                [dbname],
            )
            cr.commit()
            action()
            cr.execute(
                """
                SELECT COALESCE(sum(shared_blks_hit + shared_blks_read), 0)
                FROM pg_stat_statements
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %s)
                    AND query NOT LIKE '%%pg_stat_statements%%'
                """,
                [dbname],
            )
            found.append(int(cr.fetchone()[0]))
            cr.commit()
    return max(found)


def database_seconds(dbname):
    """Return the CPU seconds of all processes that serve a database."""
    with closing(Registry(dbname).cursor()) as cr:
        cr.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [dbname])
        pids = [pid for (pid,) in cr.fetchall()]
    return sum(
        int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 for pid in pids
    )


def compare(ours, theirs, rounds, dbname=None):
    """Return the ratios of CPU and wall time of two warm actions.

    Each round measures both and gives one ratio; who goes first alternates.

    :param Action ours: numerator
    :param Action theirs: denominator
    :param int rounds: at least 30 for a short action, 10 for one of half a second
    :param str dbname: database whose CPU counts, too; without, only Odoo's does
    :return: CPU ratio, wall ratio
    :rtype: tuple[Ratio, Ratio]
    """
    for action in (ours, theirs) * 2:
        action()
    gc.collect()
    gc.freeze()
    cpu, wall = [], []
    for turn in range(rounds):
        spent = {}
        for action in (ours, theirs) if turn % 2 else (theirs, ours):
            before = database_seconds(dbname) if dbname else 0
            started = time.thread_time(), time.perf_counter()
            action.run()
            ended = time.thread_time(), time.perf_counter()
            after = database_seconds(dbname) if dbname else 0
            action.reset()
            spent[action is ours] = [
                end - start for start, end in zip(started, ended, strict=True)
            ]
            spent[action is ours][0] += after - before
        cpu.append((spent[True][0], spent[False][0]))
        wall.append((spent[True][1], spent[False][1]))
    gc.unfreeze()
    return _ratio(cpu), _ratio(wall)


def _ratio(pairs):
    p25, median, p75 = statistics.quantiles([a / b for a, b in pairs], n=4)
    least = min(a for a, _b in pairs) / min(b for _a, b in pairs)
    return Ratio(median, p25, p75, least, len(pairs))
