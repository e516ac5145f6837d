"""A scheduled action that is started at will, and whose worker is killed."""

import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from _foundation.databases import Databases
from offers import wait_until

# Whatever is killed is this one.
ALONE = """
    UPDATE ir_cron SET nextcall = now() + interval '1 day', active = id = (
        SELECT res_id FROM ir_model_data WHERE module = :'module' AND name = :'xmlid'
    )
"""
WAKE = """
    UPDATE ir_cron SET nextcall = now() WHERE id = (
        SELECT res_id FROM ir_model_data WHERE module = :'module' AND name = :'xmlid'
    ) RETURNING active
"""
NOTIFY = "SELECT pg_notify('cron_trigger', :'database')"
# Who holds the row of a scheduled action is at work on it.
AT_WORK = """
    SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.relation = 'ir_cron'::regclass AND l.mode = 'RowShareLock' AND l.granted
        AND a.datname = current_database()
"""


@dataclass
class ScheduledAction:
    """A scheduled action of a database."""

    databases: Databases
    database: str
    module: str
    xmlid: str

    def leave_alone(self) -> None:
        """Switch off all others."""
        names = {"module": self.module, "xmlid": self.xmlid}
        self.databases.sql(self.database, ALONE, **names)

    def wake(self) -> bool:
        """Let it begin, and return whether it is active."""
        names = {"module": self.module, "xmlid": self.xmlid}
        active = self.databases.sql(self.database, WAKE, **names) == "t"
        self.databases.sql("postgres", NOTIFY, database=self.database)
        return active

    def find_worker(self) -> int | None:
        """The process that works on it, if one does."""
        found = re.search(r"odoo-(\d+)", self.databases.sql(self.database, AT_WORK))
        return int(found[1]) if found else None


def kill(
    find: Callable[[], int | None],
    nudge: Callable[[], object],
    pause: float,
    is_done: Callable[[], bool] = lambda: False,
) -> bool:
    """Kill a worker some time after it has begun; whether it was still at work, and not
    done with everything before it was even seen.

    The pause waits for nothing: a worker has to survive being killed at any moment.
    """

    def at_work() -> int | bool | None:
        # A worker that is just starting does not hear it: say it again.
        return find() or is_done() or (nudge() and None)

    pid = wait_until(at_work, "somebody begins to work")
    if pid is True:
        return False
    time.sleep(pause)
    if find() != pid:
        return False
    os.kill(pid, signal.SIGKILL)
    return True
