"""The customer's page of an offer, against Odoo's page of the same order.

The other order has the same lines, copied by the same SQL, and its customer does not
answer line by line. Both belong to one customer and are shown to the same logged-in
contact person, so that all that differs is what the addon adds.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

from harness import Action, Browser, Report, compare, count, create_portal_user
from harness.offers import change_offer, create_order, create_product, reply_to

LENGTHS = (10, 100, 1000)
ROUNDS = {10: 60, 100: 40, 1000: 30}
MOST_SQL, MOST_CALLS, MOST_CPU = 3, 1.12, 1.15

report = Report(env, "offer_page")
user = create_portal_user(env, "benchmark_page")
product = create_product(env)


def measure(browser, label, offer, twin, limits):
    """Add the figures of one pair of pages to the report and return ours' SQL."""
    length = len(offer.order_line)
    ours = Action(lambda: browser.get(f"/my/orders/{offer.id}"))
    theirs = Action(lambda: browser.get(f"/my/orders/{twin.id}"))
    if "answer_" not in ours.run() or "answer_" in theirs.run():
        raise RuntimeError("Only the offer must ask for answers")
    our, their = count(env.cr.dbname, ours), count(env.cr.dbname, theirs)
    sql, calls, most_cpu = limits
    rounds = ROUNDS[length] if most_cpu else ROUNDS[length] // 3
    cpu, wall = compare(ours, theirs, rounds)
    name = f"{label}, {length} lines"
    report.add(
        f"{name}: SQL more than core",
        our.sql - their.sql,
        "statements",
        f"{our.sql} against {their.sql}",
        sql,
    )
    report.add(
        f"{name}: Python calls",
        our.calls / their.calls,
        "x core",
        f"{our.calls} against {their.calls}",
        calls,
    )
    report.add(f"{name}: CPU", cpu.median, "x core", str(cpu), most_cpu)
    report.add(f"{name}: wall", wall.median, "x core", str(wall))
    report.add(
        f"{name}: PostgreSQL blocks",
        our.blocks / max(their.blocks, 1),
        "x core",
        f"{our.blocks} against {their.blocks}",
    )
    return our.sql


pairs = {
    length: [
        create_order(env, product, user.partner_id, length, with_answers)
        for with_answers in (True, False)
    ]
    for length in LENGTHS
}
env.cr.commit()
browser = Browser(user.login)
sql = [
    measure(browser, "unanswered", *pairs[length], (MOST_SQL, MOST_CALLS, MOST_CPU))
    for length in LENGTHS
]
report.add(
    "unanswered: SQL, longest less shortest",
    max(sql) - min(sql),
    "statements",
    " = ".join(
        f"{number} ({length})" for number, length in zip(sql, LENGTHS, strict=True)
    ),
    0,
)

for offer, _twin in pairs.values():
    reply_to(offer, user)
    change_offer(offer)
env.cr.commit()
sql = [measure(browser, "changed", *pairs[length], (None,) * 3) for length in LENGTHS]
report.add(
    "changed: SQL, longest less shortest",
    max(sql) - min(sql),
    "statements",
    "a third of the lines answered with each answer, then every tenth changed",
)
report.write()
