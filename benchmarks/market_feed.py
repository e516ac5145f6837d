"""The feed of a workshop, against a bare page of the portal and Odoo's lists of leads.

`MARKET_REQUESTS`, `MARKET_WORKSHOPS` and `MARKET_TAKES` (for each workshop) set the
size; by default it is small. Everything is published and from one company: what a
marketplace shows to everybody. First there is a tenth of it, then all, so that one run
tells whether the feed grows slower.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import os
import re
import time
from contextlib import closing
from datetime import datetime, timedelta

from harness import (
    Action,
    Browser,
    Report,
    compare,
    copy_rows,
    count,
    without_guards,
)
from harness.market import (
    COMMON_WORD,
    RARE_WORD,
    copy_requests,
    copy_takes,
    copy_workshops,
    create_market,
    create_request,
    create_workshop,
)

from odoo import SUPERUSER_ID, api, http
from odoo.http import request
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import SQL

REQUESTS = int(os.environ.get("MARKET_REQUESTS", 10_000))
WORKSHOPS = int(os.environ.get("MARKET_WORKSHOPS", 100))
TAKES = int(os.environ.get("MARKET_TAKES", 100))
# One request of so many holds the rare word.
RARE = 100_000
# The limits against Odoo's lists are for a million: they grow slower with each row.
MANY = 1_000_000
ROUNDS, FEW_ROUNDS = 40, 12
# To a page: ours, Odoo's.
CARDS, ROWS = 20, 80
FEED = "/my/market/requests"
EPOCH = datetime(1970, 1, 1)
MOST_CPU, MOST_DEEP, MOST_BLOCKS, MOST_SEARCH_MS = 1.6, 1.1, 150, 10
MOST_LEADS, MOST_OPPORTUNITIES, MOST_GROWTH = 1 / 5, 1 / 15, 1.15


class BareLayout(http.Controller):
    """A page of the portal with nothing on it."""

    # The routes of an addon are those of the classes in its modules.
    __module__ = "odoo.addons.portal.controllers.benchmark"

    @http.route("/my/benchmark", type="http", auth="user", website=True, readonly=True)
    def bare(self):
        return request.render("portal.portal_layout", {"page_name": "benchmark"})


report = Report(env, "market_feed")
dbname = env.cr.dbname
category, region = create_market(env)
workshop, user = create_workshop(env, "benchmark_feed")
other, other_user = create_workshop(env, "benchmark_other")
first = create_request(env, category, region)
take = env["lead.market.take"]._open_contact(first, other_user, "127.0.0.1")


def upkeep(*statements):
    """Do what may not be done within a transaction."""
    with closing(db_connect(dbname).cursor()) as cr:
        cr._cnx.autocommit = True
        for statement in statements:
            cr.execute(statement)


def fill(requests, workshops, part):
    """Add requests, workshops and contacts that those have opened.

    :param requests: those that are there
    :param workshops: those that are there
    :param float part: how much of the whole there is to be
    :return: all requests, all workshops
    """
    started = time.monotonic()
    number = max(int(REQUESTS * part), 200) - len(requests)
    more = copy_requests(env, first, number, len(requests) - 1)
    hired = copy_workshops(env, other, int(WORKSHOPS * part) - len(workshops))
    copy_takes(env, take, more, workshop + hired, TAKES)
    env.cr.commit()
    # As nightly upkeep leaves it: statistics, and what index-only scans need.
    upkeep("VACUUM ANALYZE")
    requests, workshops = requests + more, workshops + hired
    report.add(
        f"fill up to {len(requests)} requests",
        time.monotonic() - started,
        "s",
        f"{len(workshops)} workshops, {len(workshops) * TAKES} takes",
    )
    return requests, workshops


def page(browser, url, rows=CARDS, shown="/my/market/request/"):
    """Return the action of opening a page, checked to show so many rows."""
    action = Action(lambda: browser.get(url))
    found = len(set(re.findall(rf'href="({shown}[^"?/]+)', action.run())))
    if found < rows:
        raise RuntimeError(f"{url} shows {found} rows instead of {rows}")
    return action


def server_figures(action):
    """Return what PostgreSQL does for one run, the least of some.

    :return: milliseconds of all statements, pages touched by the query of the list
    :rtype: tuple[float, int]
    """
    found = []
    with closing(db_connect(dbname).cursor()) as cr:
        for _turn in range(5):
            cr.execute(
                "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database "
                "WHERE datname = current_database()"
            )
            cr.commit()
            action()
            cr.execute(
                "SELECT sum(total_exec_time), COALESCE(sum(shared_blks_hit + "
                "shared_blks_read) FILTER (WHERE query LIKE %s), 0)::int "
                "FROM pg_stat_statements WHERE dbid = "
                "(SELECT oid FROM pg_database WHERE datname = current_database()) "
                "AND query NOT LIKE '%%pg_stat_statements%%'",
                ['%FROM "lead_market_request"%ORDER BY%LIMIT%'],
            )
            found.append(cr.fetchone())
            cr.commit()
    return min(ms for ms, _blocks in found), max(blocks for _ms, blocks in found)


def page_after(place):
    """Return the address of the page that begins after the n-th newest request."""
    record = requests[place]
    moment = (record.published_on - EPOCH) // timedelta(microseconds=1)
    return f"{FEED}?after={moment}-{record.id}"


# An index is left alone by transactions that are as old as a changed row that it was
# built over: none is left when the indexes are made.
env.cr.commit()
upkeep("VACUUM lead_market_request", "VACUUM lead_market_take")
# A tenth of it, then all: what of the feed grows?
requests, workshops = fill(first, workshop, 0.1)
browser = Browser(user.login)
bare = Action(lambda: browser.get("/my/benchmark"))
feed = page(browser, FEED)
few_ms, few_blocks = server_figures(feed)
few_cpu, _wall = compare(feed, bare, ROUNDS)
requests, workshops = fill(requests, workshops, 1)
deep = page(browser, page_after(REQUESTS // 2))
counts = {"bare": count(dbname, bare), "feed": count(dbname, feed)}
counts["deep"] = count(dbname, deep)
report.add(
    "feed: SQL more than the bare page",
    counts["feed"].sql - counts["bare"].sql,
    "statements",
    f"{counts['feed'].sql} against {counts['bare'].sql}",
)
report.add(
    "feed: SQL of a page in the middle more than of the first",
    counts["deep"].sql - counts["feed"].sql,
    "statements",
    f"{counts['deep'].sql} against {counts['feed'].sql}",
    0,
)
for name, action, before in (
    ("feed", feed, f", {few_ms:.1f} and {few_blocks} with a tenth of the requests"),
    ("feed in the middle", deep, ""),
):
    took, blocks = server_figures(action)
    how = f"{took:.1f} ms and {blocks} blocks{before}"
    report.add(f"{name}: blocks of the list", blocks, "blocks", how, MOST_BLOCKS)
    report.add(f"{name}: PostgreSQL", took, "ms", "execution time, all statements")
report.add(
    "feed: blocks of all statements",
    counts["feed"].blocks,
    "blocks",
    f"in the middle {counts['deep'].blocks}, bare page {counts['bare'].blocks}",
)
report.add(
    "feed: Python calls",
    counts["feed"].calls / counts["bare"].calls,
    "x bare page",
    f"{counts['feed'].calls} against {counts['bare'].calls}",
)
cpu, wall = compare(feed, bare, ROUNDS)
report.add("feed: CPU", cpu.median, "x bare page", str(cpu))
report.add(
    "feed: CPU against that with a tenth of the requests",
    cpu.median / few_cpu.median,
    "x a tenth",
    f"{cpu.median:.3f} against {few_cpu.median:.3f} times the bare page",
    MOST_GROWTH,
)
cpu, wall = compare(deep, feed, ROUNDS)
report.add("feed in the middle: CPU", cpu.median, "x first page", str(cpu), MOST_DEEP)
report.add("feed in the middle: wall", wall.median, "x first page", str(wall))
for word, rows in ((COMMON_WORD, CARDS), (RARE_WORD, REQUESTS // RARE)):
    search = page(browser, f"{FEED}?search={word}", rows)
    took, _blocks = server_figures(search)
    how = "execution time, all statements"
    report.add(f"search for {word}: PostgreSQL", took, "ms", how, MOST_SEARCH_MS)
    cpu, wall = compare(search, feed, FEW_ROUNDS)
    report.add(f"search for {word}: CPU", cpu.median, "x feed", str(cpu))

# A replica to read from: the same database through cursors that can't write.
env.registry._db_readonly = db_connect(dbname, readonly=True)
writers = 0
for url in (FEED, page_after(REQUESTS // 2), f"{FEED}?search={COMMON_WORD}"):
    browser.get(url)
    writers += browser.cursor_mode() != "ro"
report.add("feed: served by a cursor that may write", writers, "of 3 requests", "", 0)
env.registry._db_readonly = None
report.write()

# Odoo's lists of leads bring the website along, which weighs on all pages; so they
# come last, and the feed is measured anew beside them.
env["ir.module.module"].search(
    [("name", "=", "website_crm_partner_assign")]
).button_immediate_install()
# Nothing reads users in this transaction any more: the keys of the leads lead to them.
login = user.login
env.cr.commit()
registry = Registry(dbname)
with registry.cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    partner = env["res.users"].search([("login", "=", login)]).partner_id
    leads = env["crm.lead"].create(
        [
            {
                "name": f"{kind} of a benchmark",
                "type": kind,
                "partner_assigned_id": partner.id,
                "contact_name": "Vera Customer",
                "email_from": "vera@private.example",
                "probability": 10,
                "user_id": False,
            }
            for kind in ("lead", "opportunity")
        ]
    )
# As above: what follows builds indexes over the rows of these leads.
upkeep("VACUUM crm_lead")
with registry.cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    with without_guards(env, "crm_lead"):
        for lead in leads.with_env(env):
            copy_rows(
                env,
                lead,
                REQUESTS // 2,
                {
                    "name": SQL("'Lead no. ' || n"),
                    "create_date": SQL("model.create_date - n * interval '1 minute'"),
                },
            )
upkeep("VACUUM ANALYZE crm_lead")
browser = Browser(login)
bare = Action(lambda: browser.get("/my/benchmark"))
feed = page(browser, FEED)
cpu, wall = compare(feed, bare, ROUNDS)
report.add("feed with the website: CPU", cpu.median, "x bare page", str(cpu), MOST_CPU)
report.add("feed with the website: wall", wall.median, "x bare page", str(wall))
how = (
    f"{REQUESTS} of each: requests, {CARDS} to a page; leads and opportunities, half "
    f"and half, {ROWS} to a page"
)
for url, limit in (
    ("/my/leads", MOST_LEADS),
    ("/my/opportunities", MOST_OPPORTUNITIES),
):
    shown = {"/my/leads": "/my/lead/", "/my/opportunities": "/my/opportunity/"}[url]
    theirs = page(browser, url, ROWS, shown)
    cpu, wall = compare(feed, theirs, FEW_ROUNDS)
    name = f"feed with the website: wall against {url}"
    report.add(
        name,
        wall.median,
        f"x {url}",
        f"{how}; {wall}",
        limit if REQUESTS >= MANY else None,
    )
    report.add(
        f"feed with the website: CPU against {url}", cpu.median, f"x {url}", str(cpu)
    )
report.write()
