"""The lists of requests with many of them, against Odoo's list of quotations.

Two customers, one with a hundred requests and one with all the others, and the seller,
who sees them all. Odoo's list shows 80 to a page, ours 20.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import os

from harness import (
    Action,
    Browser,
    Report,
    analyze,
    compare,
    copy_rows,
    count,
    without_guards,
)
from harness.requests import create_customer, create_seller, create_services

from odoo.sql_db import db_connect
from odoo.tools import SQL

from odoo.addons.order_request.customer_order import CustomerLine, CustomerOrder

FEW = 100
MANY = int(os.environ.get("REQUESTS", 100_000))
PAGE = 20
ROUNDS = 40
# One in so many waits for its answer.
WAITING = 1000
MOST_BLOCKS, MOST_RATIO = 1.5, 1.2
# That of the list's view.
ORDER = "closed_on desc, response_due, id"
FIELDS = ("name", "submitted_on", "desired_start", "time_left", "state", "is_overdue")

report = Report(env, "request_list")
dbname = env.cr.dbname
service = create_services(env)[0]
seller = create_seller(env, "benchmark_inbox")
users = {
    number: create_customer(env, f"benchmark_requests_{number}", seller)
    for number in (FEW, MANY)
}


def send_request(user):
    """Return a request as a customer's form makes it."""
    return (
        env["order.request"]
        .with_user(user)
        .sudo()
        ._submit_from_customer(
            CustomerOrder(lines=[CustomerLine(product=service)], brief="A new look"),
            user.partner_id,
            env.company,
            "first_time",
            "portal",
        )
        .with_env(env)
    )


def fill(user, number):
    """Give a customer requests, most of them long done, and as many quotations."""
    request = send_request(user)
    is_waiting = SQL("n %% %s = 0", WAITING)
    state = SQL("CASE WHEN %s THEN 'submitted' ELSE 'accepted' END", is_waiting)
    with (
        without_guards(env, "order_request"),
        without_guards(env, "order_request_line"),
    ):
        copies = copy_rows(
            env,
            request,
            number - 1,
            {
                "name": SQL("%s || n", f"REQ/{number}/"),
                "access_token": SQL("md5(%s || n)", str(number)),
                "client_token": SQL("NULL"),
                "state": state,
                "submitted_on": SQL("model.submitted_on - n * interval '1 minute'"),
                "response_due": SQL("model.response_due - n * interval '1 minute'"),
                "closed_on": SQL(
                    "CASE WHEN %s THEN NULL "
                    "ELSE model.submitted_on - n * interval '1 minute' END",
                    is_waiting,
                ),
            },
        )
        copy_rows(
            env,
            request.line_ids,
            number - 1,
            {"request_id": SQL("%s + n", copies[0].id - 1)},
        )
    order = env["sale.order"].create(
        {
            "partner_id": user.partner_id.id,
            "user_id": seller.id,
            "order_line": [(0, 0, {"product_id": service.id})],
        }
    )
    order.action_quotation_sent()
    order._portal_ensure_token()
    with without_guards(env, "sale_order"):
        copy_rows(
            env,
            order,
            number - 1,
            {
                "name": SQL("%s || n", f"Q/{number}/"),
                "access_token": SQL("md5(n::text)"),
                "date_order": SQL("model.date_order - n * interval '1 minute'"),
            },
        )


def page_action(browser, url, shown="/my/requests/"):
    """Return the action of opening a list, checked to be a full page of it."""
    action = Action(lambda: browser.get(url))
    if action.run().count(shown) < PAGE:
        raise RuntimeError(f"{url} does not show {PAGE} rows")
    return action


def inbox_action(domain, offset=0):
    """Return the action of reading the seller's list as the web client does."""
    specification = {
        **{name: {} for name in FIELDS},
        "partner_id": {"fields": {"display_name": {}}},
        "user_id": {"fields": {"display_name": {}}},
        "line_ids": {"fields": {"display_name": {}}},
    }
    kwargs = {
        "domain": domain,
        "specification": specification,
        "limit": 80,
        "offset": offset,
        "order": ORDER,
        "count_limit": 10_001,
    }
    action = Action(lambda: inbox.call("order.request", "web_search_read", **kwargs))
    if len(action.run()["records"]) < PAGE:
        raise RuntimeError(f"{domain} finds too few requests")
    return action


for number, user in users.items():
    fill(user, number)
analyze(env, "order_request", "order_request_line", "sale_order")
browsers = {number: Browser(user.login) for number, user in users.items()}
inbox = Browser(seller.login)

few = count(dbname, page_action(browsers[FEW], "/my/requests"))
ours = page_action(browsers[MANY], "/my/requests")
theirs = page_action(browsers[MANY], "/my/quotes", "/my/orders/")
last = page_action(browsers[MANY], f"/my/requests/page/{MANY // PAGE}")
our, their = count(dbname, ours), count(dbname, theirs)
name = f"/my/requests with {MANY}"
report.add(
    f"{name}: SQL more than with {FEW}",
    our.sql - few.sql,
    "statements",
    f"{our.sql} against {few.sql}; /my/quotes takes {their.sql}",
    0,
)
report.add(
    f"{name}: Python calls",
    our.calls / their.calls,
    "x /my/quotes",
    f"{our.calls} against {their.calls}; {PAGE} rows against 80",
    MOST_RATIO,
)
report.add(
    f"{name}: PostgreSQL blocks",
    our.blocks / max(their.blocks, 1),
    "x /my/quotes",
    f"{our.blocks} against {their.blocks}; {few.blocks} with {FEW}",
    1,
)
cpu, wall = compare(ours, theirs, ROUNDS)
report.add(f"{name}: CPU", cpu.median, "x /my/quotes", str(cpu), MOST_RATIO)
report.add(f"{name}: wall", wall.median, "x /my/quotes", str(wall))
cpu, wall = compare(last, ours, ROUNDS)
report.add(f"{name}: wall of the last page", wall.median, "x first page", str(wall))

waiting = [("state", "=", "submitted")]
inboxes = {
    "to answer": inbox_action(waiting),
    "mine": inbox_action([("user_id", "=", seller.id)]),
    "all": inbox_action([]),
    "all, page 2": inbox_action([], 80),
}
counts = {label: count(dbname, action) for label, action in inboxes.items()}
for label, found in counts.items():
    report.add(
        f"seller's list of {MANY}, {label}: SQL more than of those to answer",
        found.sql - counts["to answer"].sql,
        "statements",
        f"{found.sql} statements, {found.blocks} blocks",
        0,
    )
cpu, wall = compare(inboxes["all"], inboxes["to answer"], ROUNDS)
report.add(f"seller's list of {MANY}, all: wall", wall.median, "x to answer", str(wall))

# A replica to read from: the same database through cursors that can't write.
env.registry._db_readonly = db_connect(dbname, readonly=True)
writers = 0
for browser, action in (
    (browsers[MANY], ours),
    (browsers[MANY], last),
    (inbox, inboxes["all"]),
):
    action()
    writers += browser.cursor_mode() != "ro"
report.add("lists: served by a cursor that may write", writers, "of 3", "", 0)
env.registry._db_readonly = None
report.write()
