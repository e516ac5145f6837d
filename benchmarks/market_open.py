"""Opening a contact: what it costs, whether nobody or a thousand have opened it, and
how long it takes when many click at once.

Each opening within this process is rolled back, so that the next one is the first
again. Those on the server stay.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import re
import statistics
from functools import partial

from client import Client
from harness import Action, Report, compare, count
from harness.market import (
    copy_takes,
    copy_workshops,
    create_market,
    create_request,
    create_workshop,
)
from harness.server import serve
from parallel import at_once, p95

MANY = 1000
ROUNDS = 30
OPENERS, CLICKS, WORKERS = 16, 25, 4
MOST_CPU = 1.2
# Of all clicks at once, in milliseconds.
MOST_P95 = 1000

report = Report(env, "market_open")
category, region = create_market(env)
workshop, user = create_workshop(env, "benchmark_open")
other, other_user = create_workshop(env, "benchmark_other")
fresh, popular = (create_request(env, category, region) for _turn in range(2))
take = env["lead.market.take"]._open_contact(popular, other_user, "127.0.0.1")
copy_takes(env, take, popular, copy_workshops(env, other, MANY - 1), 1)
env.cr.execute("ANALYZE")
env.cr.commit()
dbname = env.cr.dbname


def opening(request):
    """Return the action of opening the contact of a request."""

    def run():
        Take = env["lead.market.take"].with_user(user)
        Take._open_contact(request.with_user(user), user, "127.0.0.1")
        env.flush_all()

    return Action(run, reset=env.cr.rollback)


counts = {
    name: count(dbname, opening(one))
    for name, one in (("fresh", fresh), ("popular", popular))
}
report.add(
    f"opening: SQL when {MANY} have the contact more than when nobody has",
    counts["popular"].sql - counts["fresh"].sql,
    "statements",
    f"{counts['popular'].sql} against {counts['fresh'].sql}",
    0,
)
cpu, wall = compare(opening(popular), opening(fresh), ROUNDS)
report.add("opening: CPU", cpu.median, "x nobody", str(cpu), MOST_CPU)
report.add("opening: wall", wall.median, "x nobody", str(wall))

category.max_takers = 2 * MANY
env.cr.commit()
limited = count(dbname, opening(popular))
report.add(
    "opening where places are few: SQL more than without a limit",
    limited.sql - counts["popular"].sql,
    "statements",
    f"{limited.sql} against {counts['popular'].sql}",
    2,
)

# The whole request on a real server: many workshops open the same contact at the same
# moment, one contact after the other.
category.max_takers = 0
logins = [
    create_workshop(env, f"benchmark_opener_{number}")[1].login
    for number in range(OPENERS)
]
wanted = [create_request(env, category, region).number for _turn in range(2 * CLICKS)]
env.cr.commit()


def click(client, token, number):
    """Press the button at a contact, and see that it is open."""
    form = {"csrf_token": token}
    answer = client.post(f"/my/market/request/{number}/open", form)
    if "/my/market/take/" not in answer.headers.get("Location", ""):
        raise RuntimeError(f"{answer.status_code}: {answer.text[:1000]}")


def open_all(numbers, people):
    """Have all people open the contacts, one after the other; return each click."""
    return [
        done
        for number in numbers
        for done in at_once([partial(click, *one, number) for one in people])
    ]


with serve(dbname, WORKERS) as server:
    people = []
    for login in logins:
        client = Client(server.url).login(login, login)
        token = client.csrf_token(f"/my/market/request/{popular.number}")
        people.append((client, token))
    # Each worker has to warm up.
    open_all(wanted[:1], people)
    alone = open_all(wanted[1:CLICKS], people[:1])
    together = open_all(wanted[CLICKS:], people)
    log = server.log.read_text()
found = re.findall(r"/open HTTP/[\d.]+\" 303 - (\d+) ", log)[-len(together) :]
statements = sorted(map(int, found))
if len(statements) != len(together) or "ERROR" in log:
    raise RuntimeError(f"{len(statements)} of {len(together)} clicks in the log\n{log}")
report.add(
    f"opening by {OPENERS} at once: SQL of the request",
    statistics.median(statements),
    "statements",
    f"from {statements[0]} to {statements[-1]}",
)
for name, done, limit in (
    ("one alone", alone, None),
    (f"{OPENERS} at once", together, MOST_P95),
):
    seconds = [one.seconds for one in done]
    report.add(
        f"opening by {name}: p95",
        1000 * p95(done),
        "ms",
        f"median {1000 * statistics.median(seconds):.0f}, {len(done)} clicks, "
        f"{WORKERS} workers",
        limit,
    )
report.write()
