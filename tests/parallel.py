"""Calls that begin at the same moment, and how long each takes."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from offers import wait_until


@dataclass
class Done:
    """What a call returned, and after how many seconds."""

    result: object
    seconds: float


def at_once(calls: list[Callable]) -> list[Done]:
    """Make all calls at the same moment; the first exception of any is raised."""
    start = threading.Barrier(len(calls))

    def run(call: Callable) -> Done:
        start.wait(60)
        started = time.monotonic()
        result = call()
        return Done(result, time.monotonic() - started)

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def p95(done: list[Done]) -> float:
    """The seconds within which 95 of 100 calls ended."""
    seconds = sorted(one.seconds for one in done)
    return seconds[math.ceil(0.95 * len(seconds)) - 1]


def while_locked(connect: Callable, statement: str, values: tuple, call: Callable):
    """Make `call` while a change of a row is not committed yet, and commit it when
    the call waits for it. Returns what the call returned."""
    writer, watcher = connect(), connect()
    watcher.autocommit = True
    with writer.cursor() as cursor:
        cursor.execute(statement, values)
        results = []
        thread = threading.Thread(target=lambda: results.append(call()))
        thread.start()

        def is_waiting() -> bool:
            with watcher.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM pg_stat_activity"
                    " WHERE %s = ANY(pg_blocking_pids(pid))",
                    (writer.info.backend_pid,),
                )
                return cursor.fetchone() is not None

        wait_until(is_waiting, "the call waits for the change")
        writer.commit()
        thread.join(60)
    return results[0]
