"""Invoicing commissions by jobs: two at a time against one at a time.

`MARKET_INVOICES` sets how many workshops have something to invoice, `MARKET_ROUNDS` how
often both are measured. Who else uses the machine leaves two workers a larger share of
it than one: read the ratio of times together with the load.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import os
import statistics
import time

import psutil
from harness import Report
from harness.market import (
    create_ledger,
    create_market,
    create_request,
    create_workshop,
    set_up_books,
)
from harness.server import serve

from odoo.tools import split_every

INVOICES = int(os.environ.get("MARKET_INVOICES", 400))
ROUNDS = int(os.environ.get("MARKET_ROUNDS", 3))
WARM_UP = 5
PATIENCE = 600
# Two are to do at least 1.4 times the work of one.
MOST_TIME = 1 / 1.4

report = Report(env, "market_queue")
set_up_books(env, 200)
category, region = create_market(env)
workshop, user = create_workshop(env, "benchmark_queue")
env.company.market_post_invoices = True
env.company._get_market_journal()
request = create_request(env, category, region)
entries = create_ledger(env, request, workshop, user, INVOICES)
env.cr.execute("ANALYZE")
env.cr.commit()


def wait(condition, what):
    """Look until something is so, each time at what others have committed."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not happen")
        env.cr.rollback()
        env.invalidate_all()
        time.sleep(0.1)


def is_done():
    """Whether no job is left to do; one that failed ends it all."""
    states = dict(env["queue.job"]._read_group([], ["state"], ["__count"]))
    if "failed" in states:
        raise RuntimeError(env["queue.job"].search([("state", "=", "failed")]).exc_info)
    return states.keys() == {"done"}


def cpu_of(server):
    """Return the CPU seconds of the processes of a server."""
    root = psutil.Process(server.process.pid)
    times = [one.cpu_times() for one in [root, *root.children(recursive=True)]]
    return sum(one.user + one.system for one in times)


def start_over():
    """Have everything due again, and no job waiting."""
    env["queue.job"].search([]).unlink()
    entries.invoice_line_id = False
    env["lead.market.invoice.run"].search([])._finish()
    env.cr.commit()


def measure(channels):
    """Return the seconds and CPU seconds of invoicing all, so many jobs at a time."""
    options = ("--load=base,web,queue_job",)
    # As many processes in either case; the channel says how many have work.
    with serve(
        env.cr.dbname, 2, options, ODOO_QUEUE_JOB_CHANNELS=f"root:{channels}"
    ) as server:
        wait(env["queue.job"]._has_market_runner, "the job runner's start")
        Run = env["lead.market.invoice.run"]
        few = env["lead.market.accrual"]._get_chunks()[0][: 4 * WARM_UP]
        Run._start(scheduled=False)._dispatch(list(split_every(WARM_UP, few, list)))
        env.cr.commit()
        wait(is_done, "the warm-up")
        start_over()
        began, cpu_before = time.monotonic(), cpu_of(server)
        env["lead.market.accrual"]._cron_invoice()
        env.cr.commit()
        wait(is_done, "the end of all jobs")
        spent = time.monotonic() - began, cpu_of(server) - cpu_before
    lines = entries.invoice_line_id
    if len(lines) != INVOICES or set(lines.move_id.mapped("state")) != {"posted"}:
        raise RuntimeError("not every entry is on a posted invoice of its own")
    start_over()
    return spent


spent = {1: [], 2: []}
for turn in range(ROUNDS):
    for channels in (1, 2) if turn % 2 else (2, 1):
        spent[channels].append(measure(channels))
        seconds, cpu = spent[channels][-1]
        print(
            f"round {turn + 1} of {ROUNDS}, {channels} at a time: {seconds:.1f} s, "
            f"CPU {cpu:.1f} s, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
for place, name, limit in ((0, "time", MOST_TIME), (1, "CPU", None)):
    one, two = ([values[place] for values in spent[n]] for n in (1, 2))
    ratios = sorted(b / a for a, b in zip(one, two, strict=True))
    report.add(
        f"{INVOICES} invoices by jobs, two at a time: {name}",
        statistics.median(ratios),
        "x one at a time",
        f"{statistics.median(two):.1f} s against {statistics.median(one):.1f} s; "
        f"of {ROUNDS} rounds the ratios {', '.join(f'{r:.2f}' for r in ratios)}",
        limit,
    )
report.write()
