"""What the gate costs: where it decides, and on the pages it decides for.

The pages are shown to two customers with the same orders. The seller of one has a
policy with all that there is to it, the seller of the other has none. Both customers
have ordered before, so that both may order now: the pages are the same.

The web shop is installed in between, because it weighs on every page.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import gc
import time
import timeit
import uuid

from harness import Action, Browser, Report, compare, count
from harness.requests import (
    clock_change,
    create_customer,
    create_past_order,
    create_policy,
    create_seller,
    create_services,
    pure_policy,
)

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry

from odoo.addons.order_request import gate
from odoo.addons.order_request.customer_order import CustomerLine, CustomerOrder

LINES = 10
ROUNDS = 40
CALLS = 10_000
MOST_SQL, MOST_PYTHON_CALLS, MOST_MICROSECONDS = 3, 1.05, 20

report = Report(env, "request_gate")
dbname = env.cr.dbname
services = create_services(env)
sellers = [create_seller(env, f"benchmark_{name}") for name in ("gated", "free")]
policy = create_policy(env, sellers[0], services)
users = [
    create_customer(env, f"benchmark_of_{seller.login}", seller) for seller in sellers
]


def place_order(user):
    """Return an order as a customer's form makes it."""
    lines = [CustomerLine(product=service) for service in services[:LINES]]
    return (
        env["sale.order"]
        .with_user(user)
        .sudo()
        ._order_from_customer(
            CustomerOrder(lines=lines, key=str(uuid.uuid4())),
            user.partner_id,
            env.company,
        )
    )


def measure_gate(name, customer, moment, limit):
    """Add how long a decision takes: CPU, and the least of some runs."""
    plain, asked, night = pure_policy(policy)
    at = moment or night

    def decide():
        gate.evaluate(plain, customer, asked, at)

    gc.collect()
    took = min(timeit.repeat(decide, number=CALLS, repeat=7, timer=time.thread_time))
    result = gate.evaluate(plain, customer, asked, at)
    report.add(
        f"evaluate, {name}",
        took / CALLS * 1e6,
        "µs CPU",
        f"{result.outcome}, {result.reason}; {len(plain.windows)} windows, "
        f"{len(plain.away)} absences, {len(asked)} services",
        limit,
    )


def measure_page(name, urls, mark):
    """Add what the gate adds to a page.

    :param urls: the page of the gated customer, that of the other one
    :param str mark: text that says that the customer may go on
    """
    ours, theirs = (
        Action(lambda browser=browser, url=url: browser.get(url))
        for browser, url in zip(browsers, urls, strict=True)
    )
    for action in (ours, theirs):
        if mark not in action.run():
            raise RuntimeError(f"{name}: the customer may not go on")
    our, their = count(dbname, ours), count(dbname, theirs)
    report.add(
        f"{name}: SQL more than without a policy",
        our.sql - their.sql,
        "statements",
        f"{our.sql} against {their.sql}",
        MOST_SQL,
    )
    report.add(
        f"{name}: Python calls",
        our.calls / their.calls,
        "x no policy",
        f"{our.calls} against {their.calls}",
        MOST_PYTHON_CALLS,
    )
    report.add(
        f"{name}: PostgreSQL blocks",
        our.blocks / max(their.blocks, 1),
        "x no policy",
        f"{our.blocks} against {their.blocks}",
    )
    cpu, wall = compare(ours, theirs, ROUNDS)
    report.add(f"{name}: CPU", cpu.median, "x no policy", str(cpu))
    report.add(f"{name}: wall", wall.median, "x no policy", str(wall))


for user in users:
    create_past_order(env, user, services[0])
orders = [place_order(user) for user in users]
env.flush_all()
if [bool(order._is_gate_subject()) for order in orders] != [True, False]:
    raise RuntimeError("Only one of the orders must have a policy")

first_time = gate.Customer()
measure_gate("a first order at night", first_time, None, MOST_MICROSECONDS)
measure_gate(
    "who has ordered before", gate.Customer(returning=True), None, MOST_MICROSECONDS
)
measure_gate("the night of the clock change", first_time, clock_change(), None)

order_urls = [f"/my/orders/{order.id}" for order in orders]
env.cr.commit()
browsers = [Browser(user.login) for user in users]
measure_page(f"/my/orders/<id>, {LINES} lines", order_urls, "modalaccept")

logins = [user.login for user in users]
env["ir.module.module"].search(
    [("name", "=", "website_sale")]
).button_immediate_install()
env.cr.commit()
registry = Registry(dbname)
with registry.cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    website = env["website"].search([], limit=1)
    website.salesperson_id = False
    provider = env.ref("payment.payment_provider_demo")
    provider.write({"state": "test", "is_published": True})
    provider.with_context(active_test=False).payment_method_ids.active = True
    for login in logins:
        user = env["res.users"].search([("login", "=", login)])
        env["sale.order"].create(
            {
                "partner_id": user.partner_id.id,
                "website_id": website.id,
                "company_id": website.company_id.id,
                "user_id": False,
                "order_line": [
                    Command.create({"product_id": service_id})
                    for service_id in services.ids[:LINES]
                ],
            }
        )
browsers = [Browser(login) for login in logins]
measure_page(
    f"/my/orders/<id> with the web shop, {LINES} lines", order_urls, "modalaccept"
)
measure_page(f"/shop/payment, {LINES} lines", ["/shop/payment"] * 2, "oe_website_sale")
measure_page(f"/shop/cart, {LINES} lines", ["/shop/cart"] * 2, "/shop/checkout")
report.write()
