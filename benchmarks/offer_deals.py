"""Lists of deals with our columns, the report on offers, and the page with variants.

`OFFER_DEALS` sets the number of deals; 100,000 take two minutes to fill in. Each has an
offer with three variants. The lists are read as the web client reads them, with all
columns of the view and without those of ours, in turns on the same rows.
"""

# ruff: noqa: F821  Odoo's shell provides `env`

import os
import statistics
import time

from harness import (
    Action,
    Browser,
    Report,
    analyze,
    compare,
    copy_rows,
    count,
    create_portal_user,
    create_user,
    database_seconds,
    without_guards,
)
from harness.offers import create_product
from lxml import etree

from odoo.fields import Command
from odoo.tools import SQL

DEALS = int(os.environ.get("OFFER_DEALS", 5_000))
VARIANTS, LENGTHS = 6, (10, 150)
ROUNDS, FEW_ROUNDS = 40, 12
MOST_LIST, MOST_PAGE, MOST_REPORT_MS = 1.10, 1.3, 1000
OURS = {"crm_offer_calculation"}

report = Report(env, "offer_deals")
dbname = env.cr.dbname
env.company.offer_reply_default = False
env.company.portal_confirmation_sign = False
product = create_product(env)
user = create_portal_user(env, "benchmark_variants")
seller = create_user(
    env, "benchmark_deals", "base.group_user", "sales_team.group_sale_manager"
)


def create_offer(variants, length):
    """Return an offer that was sent, made by Odoo but for its lines."""
    lead = env["crm.lead"].create(
        {
            "name": "Windows",
            "type": "opportunity",
            "partner_id": user.partner_id.id,
            "user_id": seller.id,
        }
    )
    offer = env["crm.offer"].browse(lead.action_new_offer()["res_id"])
    for number in range(variants):
        order = offer.variant_ids if not number else offer._add_variant()
        order.order_line = [
            Command.create(
                {
                    "product_id": product.id,
                    "name": f"Position {position}",
                    "product_uom_qty": number + 1 if position % 3 else 1,
                }
            )
            for position in range(length)
        ]
    offer.variant_ids.action_quotation_sent()
    offer.sent_on = env.cr.now()
    for document in (offer, *offer.variant_ids):
        document._portal_ensure_token()
    return offer


def fill(number):
    """Copy a deal with its offer and variants."""
    offer = create_offer(3, 1)
    lead, variants = offer.lead_id, offer.variant_ids.sorted("variant_label")
    env["crm.lead"].flush_model()
    stages = SQL(
        "(SELECT (array_agg(id ORDER BY id))[1 + n %% count(*)] FROM crm_stage)"
    )
    with without_guards(env, "crm_lead"):
        leads = copy_rows(
            env,
            lead,
            number - 1,
            {
                "name": SQL("'Deal ' || n"),
                "number": SQL("'D/' || n"),
                "stage_id": stages,
                "expected_revenue": SQL("n %% 1000"),
                "create_date": SQL("model.create_date - n * interval '1 minute'"),
            },
        )
    with without_guards(env, "crm_offer"):
        offers = copy_rows(
            env,
            offer,
            number - 1,
            {
                "name": SQL("'O/' || n"),
                "lead_id": SQL("%s + n", leads[0].id - 1),
                "access_token": SQL("md5(n::text)"),
                "main_variant_id": SQL("NULL"),
            },
        )
    with without_guards(env, "sale_order"):
        for variant in variants:
            copy_rows(
                env,
                variant,
                number - 1,
                {
                    "name": SQL("%s || n", f"O/{variant.variant_label}/"),
                    "opportunity_id": SQL("%s + n", leads[0].id - 1),
                    "crm_offer_id": SQL("%s + n", offers[0].id - 1),
                    "access_token": SQL("md5(%s || n)", variant.variant_label),
                },
            )
    env.cr.execute(
        "UPDATE crm_offer f SET main_variant_id = o.id FROM sale_order o "
        "WHERE o.crm_offer_id = f.id AND o.is_main_variant"
    )


def columns(view, kind):
    """Return the fields of a view, and those of them that are not ours."""
    arch = etree.fromstring(env["crm.lead"].get_view(env.ref(view).id, kind)["arch"])
    names = {
        node.get("name")
        for node in arch.iter("field")
        if not any(parent.tag == "field" for parent in node.iterancestors())
    }
    known = {
        name: set(env["ir.model.fields"]._get("crm.lead", name).modules.split(", "))
        for name in names
    }
    return sorted(names), sorted(name for name in names if not known[name] <= OURS)


def specification(names):
    """Return what the web client asks for."""
    related = {"many2one", "many2many", "one2many"}
    fields = env["crm.lead"]._fields
    return {
        name: {"fields": {"display_name": {}}} if fields[name].type in related else {}
        for name in names
    }


def list_action(names):
    """Return the action of reading a page of the list of deals."""
    kwargs = {
        "domain": [("type", "=", "opportunity")],
        "specification": specification(names),
        "limit": 80,
        "offset": 0,
        "count_limit": 10_001,
    }
    return Action(lambda: office.call("crm.lead", "web_search_read", **kwargs))


def kanban_action(names):
    """Return the action of reading the pipeline, a column for each stage."""
    kwargs = {
        "domain": [("type", "=", "opportunity")],
        "groupby": ["stage_id"],
        "aggregates": ["expected_revenue:sum"],
        "auto_unfold": True,
        "unfold_read_specification": specification(names),
        "unfold_read_default_limit": 20,
    }
    return Action(lambda: office.call("crm.lead", "web_read_group", **kwargs))


def pivot_action(measures):
    """Return the action of reading a pivot by stage and month."""
    kwargs = {
        "domain": [("type", "=", "opportunity")],
        "grouping_sets": [[], ["stage_id"], ["stage_id", "create_date:month"]],
        "aggregates": ["__count", *(f"{name}:sum" for name in measures)],
    }
    return Action(
        lambda: office.call("crm.lead", "formatted_read_grouping_sets", **kwargs)
    )


def measure_list(label, ours, theirs, unit="x without", limit=MOST_LIST):
    """Add the figures of one view."""
    our, their = count(dbname, ours), count(dbname, theirs)
    cpu, wall = compare(ours, theirs, ROUNDS, dbname)
    report.add(
        f"{label} of {DEALS} deals: SQL more than without ours",
        our.sql - their.sql,
        "statements",
        f"{our.sql} against {their.sql}",
    )
    name = f"{label}: CPU, Odoo and PostgreSQL"
    report.add(name, cpu.median, unit, str(cpu), limit)
    report.add(f"{label}: wall", wall.median, unit, str(wall))


started = time.monotonic()
fill(DEALS)
analyze(env, "crm_lead", "crm_offer", "sale_order")
report.add(
    "fill", time.monotonic() - started, "s", f"{DEALS} deals, {3 * DEALS} quotes"
)
office = Browser(seller.login)

listed = columns("crm.crm_case_tree_view_oppor", "list")
measure_list("list", *map(list_action, listed))
cards = columns("crm.crm_case_kanban_view_leads", "kanban")
measure_list("kanban", *map(kanban_action, cards))
measures = ["expected_revenue", "prorated_revenue"]
ours = pivot_action([*measures, "expected_cost", "expected_margin"])
recurring = ["recurring_revenue", "recurring_revenue_monthly"]
stock = pivot_action([*measures, *recurring])
measure_list("pivot, ours for two measures of Odoo's", ours, stock, "x stock")
# Whatever is added up takes its time, so no limit holds for two measures more.
measure_list("pivot, ours on top", ours, pivot_action(measures), limit=None)

# === THE REPORT ===

for label, domain in (
    ("all", []),
    ("main variants", [("is_main_variant", "=", True)]),
):
    kwargs = {
        "domain": domain,
        "grouping_sets": [[], ["stage_id"], ["stage_id", "offer_state"]],
        "aggregates": [
            "__count",
            "amount_net:sum",
            "amount_margin:sum",
            "days_to_view:avg",
            "view_count:sum",
        ],
    }
    office.call("crm.offer.report", "formatted_read_grouping_sets", **kwargs)
    wall, used = [], database_seconds(dbname)
    started = time.thread_time()
    for _turn in range(FEW_ROUNDS):
        asked = time.perf_counter()
        office.call("crm.offer.report", "formatted_read_grouping_sets", **kwargs)
        wall.append(1000 * (time.perf_counter() - asked))
    used = time.thread_time() - started + database_seconds(dbname) - used
    name = f"pivot of crm.offer.report, {label}"
    report.add(
        f"{name}: CPU, Odoo and PostgreSQL",
        1000 * used / FEW_ROUNDS,
        "ms",
        f"{3 * DEALS} rows",
        MOST_REPORT_MS,
    )
    report.add(
        f"{name}: wall",
        statistics.median(wall),
        "ms",
        f"least {min(wall):.0f}, most {max(wall):.0f}",
    )

# === THE PAGE ===
offers = {length: create_offer(VARIANTS, length) for length in LENGTHS}
env.cr.commit()
customer = Browser(user.login)
sql = {}
for length, offer in offers.items():
    order = offer.variant_ids[0]
    ours = Action(lambda url=offer.access_url: customer.get(url))
    theirs = Action(lambda url=order.access_url: customer.get(url))
    if ours.run().count("Position 1") < 2 or "Position 1" not in theirs.run():
        raise RuntimeError("the pages do not show the lines")
    our, their = count(dbname, ours), count(dbname, theirs)
    cpu, wall = compare(ours, theirs, FEW_ROUNDS)
    sql[length] = our.sql
    name = f"page of {VARIANTS} variants, {length} lines each"
    # What a page of one quotation costs without any line is most of ours then.
    limit = MOST_PAGE if length == max(LENGTHS) else None
    report.add(f"{name}: CPU", cpu.median, "x one quotation", str(cpu), limit)
    report.add(f"{name}: wall", wall.median, "x one quotation", str(wall))
    report.add(
        f"{name}: SQL",
        our.sql,
        "statements",
        f"{their.sql} of one quotation; {our.calls / their.calls:.2f} x its calls",
    )
report.add(
    "page of variants: SQL, longest less shortest",
    sql[max(LENGTHS)] - sql[min(LENGTHS)],
    "statements",
    str(sql),
    0,
)
report.write()
