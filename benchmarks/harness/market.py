"""A marketplace of any size: Odoo makes one of each, the rest are copies by SQL."""

from odoo.fields import Command, Date
from odoo.tools import SQL

from .data import copy_rows, create_portal_user, without_guards

COMMON_WORD, RARE_WORD = "granite", "zirconium"
MATERIALS = ["marble", "limestone", "sandstone", "basalt", "slate", "gabbro", "bronze"]


def create_market(env):
    """Return a category and a region, with one rule of ten percent for all."""
    env["lead.market.rule"].search([]).action_archive()
    env["lead.market.rule"].create(
        {"name": "Ten percent", "percent": 10, "company_id": env.company.id}
    )
    env.company.write({"market_daily_quota": 0, "market_expire_days": 0})
    country = env.ref("base.no")
    env.company.country_id = country
    region = env["res.country.state"].create(
        {"name": "Northland", "code": "XNL", "country_id": country.id}
    )
    return env["lead.market.category"].create({"name": "Memorials"}), region


def create_workshop(env, login):
    """Return an active workshop and the user of one of its people."""
    company = env["res.partner"].create({"name": f"Stone {login}", "is_company": True})
    user = create_portal_user(env, login)
    user.partner_id.parent_id = company
    workshop = env["lead.market.workshop"].create({"partner_id": company.id})
    workshop.action_activate()
    return workshop, user


def create_request(env, category, region):
    """Return a published request, with the lead behind it."""
    request = env["lead.market.request"].create(
        {
            "name": "Granite memorial for one person",
            "description": "Grey granite, polished, with an engraved portrait.",
            "category_id": category.id,
            "region_id": region.id,
            "city": "Vardal",
            "segment": "standard",
            "for_whom": "Ivanova Maria",
        }
    )
    lead = env["crm.lead"].create(
        {
            "name": "Memorial",
            "type": "lead",
            "market_request_id": request.id,
            "market_consent_date": "2026-01-01 10:00:00",
            "contact_name": "Vera Customer",
            "email_from": "vera@private.example",
            "phone": "+47 21 00 00 07",
        }
    )
    env["lead.market.call"].create(
        {
            "lead_id": lead.id,
            "result": "reached",
            "intent_confirmed": True,
            "for_whom_confirmed": True,
        }
    )
    request.action_publish()
    env.flush_all()
    return request


def copy_requests(env, request, number, present=0):
    """Return copies of a published request, each a minute older than the last.

    One of 15 holds the common word, one of 100,000 the rare one.

    :param int present: how many copies there are already
    """
    nth = SQL("(n + %s)", present)
    material = SQL(
        "CASE WHEN %(nth)s %% 100000 = 77 THEN %(rare)s "
        "WHEN %(nth)s %% 15 = 0 THEN %(common)s "
        "ELSE (%(materials)s::text[])[1 + %(nth)s %% %(count)s] END",
        nth=nth,
        rare=RARE_WORD,
        common=COMMON_WORD,
        materials=MATERIALS,
        count=len(MATERIALS),
    )
    name = SQL("'Memorial no. ' || %s || ' of ' || %s", nth, material)
    with without_guards(env, request._table):
        return copy_rows(
            env,
            request,
            number,
            {
                "number": SQL("'N' || %s", nth),
                "name": name,
                "description": SQL("'Polished, with a portrait.'"),
                "search_text": SQL("%s || ' Polished, with a portrait. Vardal'", name),
                "segment": SQL(
                    "(ARRAY['economy', 'standard', 'premium'])[1 + %s %% 3]", nth
                ),
                "budget": SQL("CASE WHEN %s %% 2 = 0 THEN 1000 + %s END", nth, nth),
                "published_on": SQL(
                    "model.published_on - %s * interval '1 minute'", nth
                ),
            },
        )


def copy_workshops(env, workshop, number):
    """Return copies of a workshop, each with a partner of its own."""
    partners = copy_rows(
        env,
        workshop.partner_id,
        number,
        {"name": SQL("'Workshop ' || n"), "complete_name": SQL("'Workshop ' || n")},
    )
    if not partners:
        return workshop.browse()
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)",
        [partners.ids],
    )
    env.invalidate_all()
    return copy_rows(
        env,
        workshop,
        number,
        {"partner_id": SQL("(%s::int[])[n]", partners.ids)},
    )


def copy_takes(env, take, requests, workshops, each):
    """Return copies of a take: each workshop has opened so many, evenly spread."""
    step = max(len(requests) // max(each, 1), 1)
    workshop = SQL("1 + (n - 1) %% %s", len(workshops))
    nth = SQL("(n - 1) / %s", len(workshops))
    place = SQL(
        "1 + (((%s) * 131::bigint + (%s) * %s) %% %s)::int",
        workshop,
        nth,
        step,
        len(requests),
    )
    with without_guards(env, take._table):
        return copy_rows(
            env,
            take,
            len(workshops) * each,
            {
                "request_id": SQL("(%s::int[])[%s]", requests.ids, place),
                "workshop_id": SQL("(%s::int[])[%s]", workshops.ids, workshop),
                "workshop_partner_id": SQL(
                    "(%s::int[])[%s]", workshops.partner_id.ids, workshop
                ),
                "opened_on": SQL("model.opened_on - n * interval '1 second'"),
            },
        )


def create_ledger(env, request, workshop, user, number, each=1):
    """Return entries to invoice.

    :param request: a published request that the workshop has not opened
    :param workshop: `lead.market.workshop`; others are copied from it
    :param user: `res.users` who works there
    :param int number: of workshops, that one included
    :param int each: how many entries each of them has
    """
    env.company._get_market_product()
    take = env["lead.market.take"]._open_contact(request, user, "127.0.0.1")
    order = env["lead.market.order"]._declare(
        take,
        {
            "contract_no": "C-0",
            "work_done_date": Date.context_today(take),
            "amount_gross": 1000,
            "amount_net": 800,
        },
        user,
    )
    order.action_confirm()
    env.flush_all()
    workshops = workshop + copy_workshops(env, workshop, number - 1)
    # Entry n belongs to this workshop; the first of all is there already.
    place = SQL("1 + n %% %s", number)
    owner = {
        "workshop_id": SQL("(%s::int[])[%s]", workshops.ids, place),
        "workshop_partner_id": SQL("(%s::int[])[%s]", workshops.partner_id.ids, place),
    }
    # Takes of one request are one for each workshop; the orders differ in number.
    takes = take + copy_rows(
        env,
        take,
        number - 1,
        {
            "workshop_id": SQL("(%s::int[])[1 + n]", workshops.ids),
            "workshop_partner_id": SQL("(%s::int[])[1 + n]", workshops.partner_id.ids),
        },
    )
    orders = copy_rows(
        env,
        order,
        number * each - 1,
        {
            **owner,
            "take_id": SQL("(%s::int[])[%s]", takes.ids, place),
            "contract_no": SQL("'C-' || n"),
        },
    )
    entries = copy_rows(
        env,
        order.accrual_ids,
        number * each - 1,
        {
            "workshop_partner_id": owner["workshop_partner_id"],
            "order_id": SQL("(%s::int[])[n]", orders.ids),
            "idem_key": SQL("(%s::int[])[n] || ':commission:1'", orders.ids),
        },
    )
    return order.accrual_ids.sudo() + entries


def set_up_books(env, invoices=0):
    """Give the company what posting an invoice needs.

    :param int invoices: how many posted ones there are to be, half of them paid. On
        tables that were always empty, PostgreSQL plans some of Odoo's queries badly.
    """
    if not env.company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=env.company, install_demo=False
        )
    # Who looks at the books of the marketplace.
    env.ref("base.user_admin").group_ids = [
        Command.link(env.ref("account.group_account_invoice").id)
    ]
    if not invoices:
        return
    partner = env["res.partner"].create({"name": "Somebody else"})
    line = Command.create({"name": "Work", "quantity": 1, "price_unit": 10})
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [line],
            }
            for _number in range(invoices)
        ]
    )
    moves.action_post()
    for move in moves[::2]:
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
    env.flush_all()
