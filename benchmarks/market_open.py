"""Opening a contact: what it costs, whether nobody or a thousand have opened it.

Each opening is rolled back, so that the next one is the first again.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

from harness import Action, Report, compare, count
from harness.market import (
    copy_takes,
    copy_workshops,
    create_market,
    create_request,
    create_workshop,
)

MANY = 1000
ROUNDS = 30
MOST_CPU = 1.2

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
report.write()
