"""The customer's list of offers, against Odoo's list of the same quotations.

Two customers, one with 100 sent offers and one with 10,000; both lists show 80 to a
page. Odoo's list has the same rows, since a sent offer is a quotation too.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

from harness import (
    Action,
    Browser,
    Report,
    analyze,
    compare,
    copy_rows,
    count,
    create_portal_user,
)
from harness.offers import create_order, create_product

from odoo.sql_db import db_connect
from odoo.tools import SQL

FEW, MANY = 100, 10_000
LAST_PAGE = MANY // 80
ROUNDS = 40
MOST_CPU = 1.2

report = Report(env, "offer_list")
product = create_product(env)
users = {}
for number in (FEW, MANY):
    users[number] = user = create_portal_user(env, f"benchmark_list_{number}")
    order = create_order(env, product, user.partner_id, 1, True)
    copy_rows(
        env,
        order,
        number - 1,
        {
            "name": SQL("'Q' || n"),
            "access_token": SQL("md5(n::text)"),
            "date_order": SQL("model.date_order - n * interval '1 minute'"),
        },
    )
    # Odoo's list would write the token that this one has not got yet.
    order._portal_ensure_token()
analyze(env, "sale_order")
dbname = env.cr.dbname


def page_action(browser, url):
    """Return the action of opening a list, checked to be a full page of it."""
    action = Action(lambda: browser.get(url))
    if action.run().count("/my/orders/") < 80:
        raise RuntimeError(f"{url} does not show 80 orders")
    return action


browsers = {number: Browser(user.login) for number, user in users.items()}
few = count(dbname, page_action(browsers[FEW], "/my/offers"))
ours = page_action(browsers[MANY], "/my/offers")
theirs = page_action(browsers[MANY], "/my/quotes")
last = page_action(browsers[MANY], f"/my/offers/page/{LAST_PAGE}")
our, their = count(dbname, ours), count(dbname, theirs)

report.add(
    f"/my/offers: SQL with {MANY} offers more than with {FEW}",
    our.sql - few.sql,
    "statements",
    f"{our.sql} against {few.sql}; /my/quotes takes {their.sql}",
    0,
)
report.add(
    f"/my/offers with {MANY} offers: Python calls",
    our.calls / their.calls,
    "x /my/quotes",
    f"{our.calls} against {their.calls}",
    MOST_CPU,
)
report.add(
    f"/my/offers with {MANY} offers: PostgreSQL blocks",
    our.blocks / max(their.blocks, 1),
    "x /my/quotes",
    f"{our.blocks} against {their.blocks}",
)
cpu, wall = compare(ours, theirs, ROUNDS)
name = f"/my/offers with {MANY} offers"
report.add(f"{name}: CPU", cpu.median, "x /my/quotes", str(cpu), MOST_CPU)
report.add(f"{name}: wall", wall.median, "x /my/quotes", str(wall))
cpu, wall = compare(last, ours, ROUNDS)
report.add(f"{name}: CPU of the last page", cpu.median, "x first page", str(cpu))
report.add(f"{name}: wall of the last page", wall.median, "x first page", str(wall))

# A replica to read from: the same database through cursors that can't write.
env.registry._db_readonly = db_connect(dbname, readonly=True)
browsers[MANY].get("/my/offers")
mode = browsers[MANY].cursor_mode()
report.add(
    "/my/offers: served by a cursor that may write",
    mode != "ro",
    "requests",
    f"with a read-only connection at hand the page was served {mode}",
    0,
)
env.registry._db_readonly = None
report.write()
