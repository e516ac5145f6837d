"""Tools of the benchmarks: a browser without network, exact counts, ratios.

A benchmark is a script for Odoo's shell; `bin/bench` runs it on a database of its own.
It measures what an addon does (ours) against its counterpart in Odoo (theirs): same
process, same data, turn by turn, so that a busy machine disturbs both alike.
"""

from .browser import Browser
from .data import (
    analyze,
    copy_rows,
    create_portal_user,
    create_user,
    without_guards,
)
from .measure import Action, Counts, compare, count, database_seconds
from .report import Report
