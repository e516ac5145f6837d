"""Calls that begin at the same moment, and how long each takes."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


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
