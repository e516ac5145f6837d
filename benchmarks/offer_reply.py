"""Saving a reply, against one bare `write` of the same order.

Both are one transaction up to the last flush, as the same portal user, and are rolled
back after each round, so that each starts from the same state with empty caches. The
reply checks the form, writes the answers, puts aside what was not taken, freezes the
offer in its history and notes it in the chatter; the write does the least that changes
the same lines.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

from harness import Action, Report, compare, count, create_portal_user
from harness.offers import (
    ANSWERS,
    create_order,
    create_product,
    prepare_identity,
    prepare_reply,
)

from odoo.fields import Command

LENGTHS = (10, 100, 1000)
ROUNDS = {100: 20}
MOST_CPU = 1.5
# A statement of Odoo's ORM writes 100 rows at most.
MOST_SQL_MORE = 30

report = Report(env, "offer_reply")
user = create_portal_user(env, "benchmark_reply")
product = create_product(env)


def as_customer(order):
    """Return the order as the portal's routes have it."""
    return order.with_env(env(user=user.id, su=True))


def reset():
    """Forget the last run."""
    env.cr.rollback()
    env.transaction.clear()


def reply_action(order):
    """Return the action of sending the reply to `order`."""
    reply, identity = prepare_reply(order), prepare_identity(user)

    def run():
        as_customer(order)._offer_reply(reply, identity)
        env.flush_all()

    return Action(run, reset)


def write_action(order, confirm=False):
    """Return the action of writing what a reply changes, and nothing else.

    A text without consequences on each line, and the quantity of the lines that the
    reply does not take.
    """
    commands = []
    for position, line_id in enumerate(order.order_line.ids):
        vals = {"offer_comment": "Fine"}
        if ANSWERS[position % len(ANSWERS)] != "yes":
            vals["product_uom_qty"] = 0
        commands.append(Command.update(line_id, vals))

    def run():
        customer_order = as_customer(order)
        customer_order.write({"order_line": commands})
        if confirm:
            customer_order.action_confirm()
        env.flush_all()

    return Action(run, reset)


offers = {
    length: [
        create_order(env, product, user.partner_id, length, with_answers)
        for with_answers in (True, False)
    ]
    for length in LENGTHS
}
for offer, _twin in offers.values():
    # A reply does not confirm an order that is still to be signed.
    offer.require_signature = True
confirmed = create_order(env, product, user.partner_id, 100, True)
env.cr.commit()
dbname = env.cr.dbname

counts = {}
for length, (offer, twin) in offers.items():
    counts[length] = our, their = (
        count(dbname, reply_action(offer)),
        count(dbname, write_action(twin)),
    )
    report.add(
        f"reply of {length} lines: SQL",
        our.sql,
        "statements",
        f"the bare write takes {their.sql}",
    )
    report.add(
        f"reply of {length} lines: Python calls",
        our.calls / their.calls,
        "x write",
        f"{our.calls} against {their.calls}",
    )
report.add(
    "reply: SQL of 1000 lines more than of 10",
    counts[1000][0].sql - counts[10][0].sql,
    "statements",
    f"{counts[1000][0].sql} against {counts[10][0].sql}; the bare write: "
    f"{counts[1000][1].sql} against {counts[10][1].sql}",
    MOST_SQL_MORE,
)

HOW = (
    "one write with Command.update for each line: offer_comment on all lines, "
    "product_uom_qty = 0 on those not taken (67 of 100); an order of which the "
    "customer does not answer the lines"
)
offer, twin = offers[100]
cpu, wall = compare(reply_action(offer), write_action(twin), ROUNDS[100])
report.add("reply of 100 lines: CPU", cpu.median, "x write", f"{HOW}; {cpu}", MOST_CPU)
report.add("reply of 100 lines: wall", wall.median, "x write", str(wall))
cpu, _wall = compare(
    reply_action(confirmed), write_action(twin, confirm=True), ROUNDS[100]
)
report.add(
    "reply of 100 lines that confirms: CPU",
    cpu.median,
    "x write and action_confirm",
    f"the same write, then action_confirm; {cpu}",
    MOST_CPU,
)
report.write()
