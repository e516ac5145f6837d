"""Sellers with and without a policy, and what their customers order."""

from datetime import date, datetime, timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.order_request import gate

from .data import create_portal_user, create_user

SERVICES = 20
# A long night and a long lunch on each day.
HOURS = [(day, *hours) for day in range(7) for hours in ((21, 6), (12, 13.5))]
# First and last days of a summer, of Christmas, and of a week in spring.
AWAY = [((7, 1), (7, 21)), ((12, 20), (12, 31)), ((3, 3), (3, 9))]


def create_services(env):
    """Return services as a studio sells them.

    :rtype: recordset of `product.product`
    """
    return env["product.product"].create(
        [
            {
                "name": f"Service {number}",
                "type": "service",
                "list_price": 100 + number,
                "taxes_id": [Command.clear()],
                "order_request_published": True,
            }
            for number in range(SERVICES)
        ]
    )


def create_seller(env, login):
    """Return a user who may have a policy of their own."""
    return create_user(
        env,
        login,
        "sales_team.group_sale_salesman_all_leads",
        "order_request.group_order_request_seller",
    )


def create_customer(env, login, seller):
    """Return a portal user whom a seller looks after, with an address to pay from."""
    user = create_portal_user(env, login)
    user.partner_id.write(
        {
            "user_id": seller.id,
            "street": "1 rue de la Paix",
            "zip": "75002",
            "city": "Paris",
            "country_id": env.ref("base.fr").id,
            "phone": "+33123456789",
        }
    )
    return user


def create_policy(env, seller, services):
    """Return the policy of a seller who uses all that there is, but away days that
    would close the shop today.

    First orders need a request; at night, at lunch and at weekends only.
    """
    year = fields.Date.today().year + 1
    return env["order.request.policy"].create(
        {
            "user_id": seller.id,
            "audience": "first",
            "tz": "Europe/Paris",
            "product_tmpl_ids": [Command.set(services.product_tmpl_id.ids)],
            "window_ids": [
                Command.create(
                    {"weekday": str(day), "hour_from": start, "hour_to": end}
                )
                for day, start, end in HOURS
            ],
            "away_ids": [
                Command.create(
                    {"date_from": date(year, *first), "date_to": date(year, *last)}
                )
                for first, last in AWAY
            ],
        }
    )


def create_past_order(env, user, service):
    """Give a customer an order that was confirmed before."""
    order = env["sale.order"].create(
        {
            "partner_id": user.partner_id.id,
            "order_line": [Command.create({"product_id": service.id})],
        }
    )
    order.with_user(env.ref("base.user_admin")).action_confirm()


def pure_policy(policy):
    """Return what `evaluate` gets, and a night in June at which it decides all.

    :rtype: tuple
    """
    services = [gate.Service(one.id) for one in policy.product_tmpl_ids]
    night = datetime.fromisoformat("2026-06-02T20:00:30+00:00")
    return policy._get_gate_policy(), services, night


def clock_change():
    """Return a moment in the night in which the clocks are moved."""
    return datetime.fromisoformat("2026-03-28T23:30:00+00:00") + timedelta(seconds=30)
