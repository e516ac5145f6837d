"""Invoicing that is killed half-way, and that several start at once.

The server is one of these tests' own, since its workers are killed."""

import dataclasses
import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from _foundation import templates
from _foundation.databases import Databases
from _foundation.mail_sink import MailSink
from _foundation.odoo_process import Odoo
from _foundation.server import Server
from client import Client
from offers import wait_until
from parallel import at_once
from scheduled_action import ScheduledAction, kill

KILLS = 10
# Seconds for a batch on a busy machine; nobody waits for them unless it hangs.
PATIENCE = 300
# See market_ledger.py.
BATCHES, EACH = (int(os.environ.get("OFFERDESK_INVOICES") or 24), 12, 12), 20
HERE = Path(__file__).parent
DUE = "SELECT count(*) FROM lead_market_accrual WHERE state = 'confirmed'"
MAKE_DUE = """
    UPDATE lead_market_accrual SET state = 'confirmed'
    WHERE idem_key LIKE :'batch' || ':%' RETURNING id
"""
HAS_RUNNER = """
    SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE locktype = 'advisory' AND objsubid = 1 AND d.datname = current_database()
"""
JOB_AT_WORK = """
    SELECT worker_pid FROM queue_job
    WHERE state = 'started' AND method_name = '_job_invoice' LIMIT 1
"""
JOB_STATES = "SELECT DISTINCT state FROM queue_job WHERE method_name = '_job_invoice'"
# Entries on posted invoices, lines that they are on, lines that there are.
LINES = """
    SELECT count(a.id), count(DISTINCT a.invoice_line_id), count(DISTINCT l.id)
    FROM account_move m JOIN account_journal j ON j.id = m.journal_id
    JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
    LEFT JOIN lead_market_accrual a ON a.invoice_line_id = l.id AND m.state = 'posted'
    WHERE j.code = 'CTEST'
"""
NUMBERS = """
    SELECT min(sequence_number), max(sequence_number),
        count(DISTINCT sequence_number), count(*)
    FROM account_move m JOIN account_journal j ON j.id = m.journal_id
    WHERE j.code = 'CTEST'
"""
UNBALANCED = """
    SELECT m.id FROM account_move m JOIN account_journal j ON j.id = m.journal_id
    JOIN account_move_line l ON l.move_id = m.id WHERE j.code = 'CTEST'
    GROUP BY m.id HAVING abs(sum(l.balance)) > 0.001
"""
RUNNER = {
    "ODOO_SERVER_WIDE_MODULES": "base,web,queue_job",
    "ODOO_QUEUE_JOB_CHANNELS": "root:2,root.lead_marketplace:2",
}


@dataclasses.dataclass
class Ledger:
    """The entries of a database, and what becomes of them."""

    databases: Databases
    name: str
    action: ScheduledAction

    def sql(self, statement: str, **values: str) -> str:
        """The result of a statement."""
        return self.databases.sql(self.name, statement, **values)

    def make_due(self, batch: int) -> list[int]:
        """Let the entries of a batch be invoiced, and return their ids."""
        return list(map(int, self.sql(MAKE_DUE, batch=f"batch{batch}").split()))

    def find_job_worker(self) -> int | None:
        """A process that works on a job, if one does."""
        # The runner looks for dead jobs when anything happens in the queue.
        self.sql("SELECT pg_notify('queue_job', '')")
        pid = self.sql(JOB_AT_WORK)
        return int(pid) if pid else None

    def wait_for_end(self, nudge: Callable[[], object]) -> None:
        """Wait until everything is invoiced and nobody is at work."""

        def has_ended() -> bool:
            nudge()
            return self.is_done() and not self.action.find_worker()

        wait_until(has_ended, "everything is invoiced", PATIENCE)

    def is_done(self) -> bool:
        return self.sql(DUE) == "0"

    def check(self, batches: int) -> None:
        """Each entry on one posted line, all balanced, no number left out."""
        invoices = sum(BATCHES[:batches])
        entries = invoices * EACH
        assert self.sql(LINES) == f"{entries}|{entries}|{entries}"
        assert self.sql(NUMBERS) == f"1|{invoices}|{invoices}|{invoices}"
        assert self.sql(UNBALANCED) == ""
        assert self.action.wake()


@pytest.fixture(scope="module")
def ledger(databases: Databases, run_folder: Path) -> Iterator[Ledger]:
    """A database with entries to invoice."""
    name = databases.scratch(databases.ensure_template(templates.demo()))
    module, xmlid = "lead_marketplace", "ir_cron_market_invoice"
    action = ScheduledAction(databases, name, module, xmlid)
    action.leave_alone()
    filler = Databases(databases.odoo)
    filler.environ["PYTHONPATH"] = str(HERE.parent / "benchmarks")
    log = run_folder / "market-ledger.log"
    filler.run_odoo(log, "shell", "-d", name, script=HERE / "market_ledger.py")
    yield Ledger(databases, name, action)
    if not os.environ.get("OFFERDESK_KEEP"):
        databases.drop(name)


@pytest.fixture
def start(
    odoo: Odoo, ledger: Ledger, mail_sink: MailSink, run_folder: Path
) -> Iterator[Callable[..., Server]]:
    """A function that starts a server on the ledger."""
    servers = []

    def start(environ: dict[str, str] | None = None) -> Server:
        runs_as = dataclasses.replace(odoo, environ={**odoo.environ, **(environ or {})})
        log = run_folder / "market-invoicing.log"
        servers.append(Server(runs_as, ledger.name, log, mail_sink.port, workers=3))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_killed_and_pressed(start: Callable, ledger: Ledger):
    """The scheduled action is killed at any point, and two press the button while it
    works: each entry is invoiced once."""
    server = start()
    ledger.make_due(0)
    action = ledger.action
    chance = random.Random(19)
    killed = 0
    for _turn in range(KILLS):
        pause = chance.uniform(0, 1)
        killed += kill(action.find_worker, action.wake, pause, ledger.is_done)
        wait_until(lambda: not action.find_worker(), "the killed worker is gone")
    assert killed, "it was never at work long enough"
    ledger.wait_for_end(ledger.action.wake)
    ledger.check(1)

    entries = ledger.make_due(1)
    accountants = [Client(server.url).login("admin", "admin") for _turn in range(2)]
    press = [
        partial(one.call, "lead.market.accrual", "action_invoice", entries)
        for one in accountants
    ]
    at_once([ledger.action.wake, *press])
    ledger.wait_for_end(ledger.action.wake)
    ledger.check(2)


def test_jobs_of_two_workers(start: Callable, ledger: Ledger):
    """Chunks become jobs of two workers, one of which is killed."""
    start(RUNNER)
    wait_until(lambda: ledger.sql(HAS_RUNNER), "the job runner is at work")
    ledger.make_due(2)
    ledger.action.wake()
    assert kill(ledger.find_job_worker, ledger.action.find_worker, 0.3)
    ledger.wait_for_end(ledger.find_job_worker)
    ledger.check(3)
    wait_until(lambda: ledger.sql(JOB_STATES) == "done", "all jobs are done")
