"""Invoicing commissions, against bare invoices of the same values.

`MARKET_INVOICES` sets how many workshops have something to invoice. Ours runs in chunks
as the scheduled action does, theirs is one batch.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import gc
import os
import threading
import time
from pathlib import Path

from harness import Report
from harness.market import (
    create_ledger,
    create_market,
    create_request,
    create_workshop,
    set_up_books,
)

INVOICES = int(os.environ.get("MARKET_INVOICES", 1000))
ROUNDS = int(os.environ.get("MARKET_ROUNDS", 1))
MOST_CPU, MOST_SQL, MOST_SECONDS, MOST_MB = 1.10, 1.15, 10, 50

report = Report(env, "market_invoicing")
set_up_books(env, 200)
category, region = create_market(env)
workshop, user = create_workshop(env, "benchmark_invoicing")
env.company.market_post_invoices = True
journal = env.company._get_market_journal()
entries = create_ledger(
    env, create_request(env, category, region), workshop, user, INVOICES
)
env.cr.execute("ANALYZE")
env.cr.commit()

Accrual = env["lead.market.accrual"]
chunks = Accrual._get_chunks()
if sum(map(len, chunks)) != INVOICES:
    raise RuntimeError(f"{sum(map(len, chunks))} workshops to invoice, not {INVOICES}")
vals_list = [
    {"journal_id": journal.id, **entry._prepare_move_vals([entry])} for entry in entries
]


def ours():
    """Invoice all, chunk by chunk, as the scheduled action does but for the commits."""
    run = env["lead.market.invoice.run"]._start(scheduled=True)
    for keys in chunks:
        run._invoice(keys)
        env.flush_all()
        env.invalidate_all()


def theirs():
    """Create and post the same invoices in one batch."""
    env["account.move"].create(vals_list).action_post()
    env.flush_all()


def measure(action):
    """Return SQL statements and CPU seconds of an action, and undo it."""
    env.invalidate_all()
    gc.collect()
    thread = threading.current_thread()
    thread.query_count, began = 0, time.thread_time()
    action()
    spent = thread.query_count, time.thread_time() - began
    env.cr.rollback()
    return spent


def memory():
    """Return the resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def warm_up():
    """Run both once on few, for caches and the first number of the journal."""
    env["account.move"].create(vals_list[:10]).action_post()
    env["lead.market.invoice.run"]._start(scheduled=True)._invoice(chunks[0][:10])
    env.flush_all()


measure(warm_up)
spent = {}
for turn in range(ROUNDS):
    for action in (ours, theirs) if turn % 2 else (theirs, ours):
        found = measure(action)
        spent[action] = min(spent.get(action, found), found)
(our_sql, our_cpu), (their_sql, their_cpu) = spent[ours], spent[theirs]
how = "create + action_post of the same values in one batch"
report.add(
    f"{INVOICES} invoices: CPU",
    our_cpu / their_cpu,
    "x bare invoices",
    f"{our_cpu:.1f} s against {their_cpu:.1f} s; {how}; least of {ROUNDS}",
    MOST_CPU,
)
report.add(
    f"{INVOICES} invoices: SQL",
    our_sql / their_sql,
    "x bare invoices",
    f"{our_sql / INVOICES:.1f} against {their_sql / INVOICES:.1f} for each",
    MOST_SQL,
)

# For good, with commits; meanwhile somebody posts in another journal.
waits = []
done = threading.Event()
partner = env["res.partner"].create({"name": "Somebody else"})
other_journal = env["account.journal"].search(
    [("type", "=", "sale"), ("id", "!=", journal.id)], limit=1
)
env.cr.commit()


def post_elsewhere():
    """Post invoices in another journal for as long as the run lasts."""
    while not done.is_set():
        with env.registry.cursor() as cr:
            other = env(cr=cr)
            move = other["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "journal_id": other_journal.id,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Work", "quantity": 1, "price_unit": 10})
                    ],
                }
            )
            other.flush_all()
            began = time.monotonic()
            move.action_post()
            other.flush_all()
            cr.commit()
            waits.append(time.monotonic() - began)
        done.wait(0.5)


poster = threading.Thread(target=post_elsewhere)
run = env["lead.market.invoice.run"]._start(scheduled=True)
seconds, sizes = [], []
poster.start()
for keys in chunks:
    began = time.monotonic()
    run._invoice_and_commit(keys)
    seconds.append(time.monotonic() - began)
    gc.collect()
    sizes.append(memory())
done.set()
poster.join()
run._finish_if_done()
env.cr.commit()
lines = entries.invoice_line_id
if len(lines) != INVOICES or set(lines.move_id.mapped("state")) != {"posted"}:
    raise RuntimeError("not every entry is on a posted invoice of its own")
report.add(
    "longest chunk",
    max(seconds),
    "s",
    f"{len(chunks)} chunks of up to {max(map(len, chunks))} workshops",
    MOST_SECONDS,
)
report.add(
    "memory: last chunk more than second",
    sizes[-1] - sizes[min(1, len(sizes) - 1)],
    "MB",
    "resident memory: " + ", ".join(f"{size:.0f}" for size in sizes),
    MOST_MB,
)
report.add(
    "posting in another journal meanwhile, longest",
    max(waits),
    "s",
    f"{len(waits)} invoices by a thread of the same process, which shares its CPU",
)
report.write()
