"""Offers of any length for the benchmarks, and the same orders without the feature."""

import uuid
from itertools import cycle

from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.sale_offer_reply.offer_reply import OfferIdentity, OfferReply

from .data import copy_rows

ANSWERS = ("yes", "unsure", "no")


def create_product(env):
    """Return a service with a tax, as in an offer of an event agency."""
    country = env.ref("base.no")
    env.company.country_id = country
    group = env["account.tax.group"].create({"name": "VAT", "country_id": country.id})
    tax = env["account.tax"].create(
        {
            "name": "VAT 25%",
            "amount": 25,
            "type_tax_use": "sale",
            "tax_group_id": group.id,
            "country_id": country.id,
        }
    )
    return env["product.product"].create(
        {
            "name": "Conference room",
            "type": "service",
            "list_price": 100,
            "taxes_id": [Command.set(tax.ids)],
        }
    )


def create_order(env, product, partner, length, with_answers):
    """Return a sent order whose lines are copies of one line, but for their names.

    Its customer neither signs nor pays online, so that Odoo's page shows no dialog
    for it that ours only shows after the reply.

    :param product: `product.product` record
    :param partner: `res.partner` record of the customer
    :param int length: number of lines
    :param bool with_answers: whether the customer answers line by line
    """
    # No mail to the salesperson: it would go out at the next commit.
    SaleOrder = env["sale.order"].with_context(mail_auto_subscribe_no_notify=True)
    order = SaleOrder.create(
        {
            "partner_id": partner.id,
            "user_id": env.ref("base.user_admin").id,
            "require_signature": False,
            "require_payment": False,
            "offer_reply_enabled": with_answers,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 2})
            ],
        }
    )
    order.action_quotation_sent()
    lines = copy_rows(
        env,
        order.order_line,
        length - 1,
        {"name": SQL("'Conference room ' || n"), "sequence": SQL("10 + n")},
    )
    lines.modified(["price_subtotal", "offer_line_status"])
    env.flush_all()
    return order.with_env(env)


def prepare_identity(user):
    """Return the identity of a logged-in user.

    :rtype: OfferIdentity
    """
    return OfferIdentity(partner=user.partner_id, user=user, verified="login")


def prepare_reply(order):
    """Return a reply that gives the lines of `order` the answers in turn.

    Every tenth line has a comment.

    :rtype: OfferReply
    """
    line_ids = order._get_offer_pending_lines().ids
    return OfferReply(
        revision=order.offer_revision,
        last_history_id=order._get_offer_last_reply_id(),
        answers=dict(zip(line_ids, cycle(ANSWERS), strict=False)),
        comments={line_id: f"About {line_id}" for line_id in line_ids[::10]},
        key=str(uuid.uuid4()),
    )


def reply_to(order, user):
    """Have `user` answer as the page does, and keep the order open.

    A signature is asked for during the reply only, so that it does not confirm.
    """
    order.require_signature = True
    order.with_user(user).sudo()._offer_reply(
        prepare_reply(order), prepare_identity(user)
    )
    order.require_signature = False
    order.env.flush_all()


def change_offer(order):
    """Change the price of every tenth line, as a seller does after a reply."""
    order.order_line[::10].write({"price_unit": 90})
    order.env.flush_all()
