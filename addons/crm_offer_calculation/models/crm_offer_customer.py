from datetime import timedelta

import psycopg2.errors

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools.misc import mute_logger

REMIND_AFTER = timedelta(days=3)
# Programs that scan mails follow the links in them as they arrive.
SCANNED_WITHIN = timedelta(seconds=10)
# What does not tell that a customer is back.
QUIET = ("sent", "mail_open")


class CrmOffer(models.Model):
    """What customers do with an offer: look at it, and choose.

    Every method here is private: customers reach them by our routes alone, after the
    offer was checked to be theirs.
    """

    _inherit = "crm.offer"

    event_ids = fields.One2many(comodel_name="crm.offer.event", inverse_name="offer_id")
    # They stay when it is forgotten who it was.
    first_view = fields.Datetime(readonly=True, copy=False)
    last_view = fields.Datetime(readonly=True, copy=False)
    view_count = fields.Integer(string="Views", readonly=True, copy=False)

    def _record_view(self, partner, order=None, kind="view"):
        """Count that somebody looked, and tell the salesperson when it is news (single
        record, as superuser).

        :param partner: `res.partner`, empty when nobody knows who it was
        :param order: the variant that was looked at, None for all
        """
        self.ensure_one()
        if not self._counts_views():
            return
        last = self.env["crm.offer.event"].search(
            [
                ("offer_id", "=", self.id),
                ("partner_id", "=", partner.id),
                ("kind", "in", ("view", "pdf")),
            ],
            order="last_on desc",
            limit=1,
        )
        is_news = not last or last.last_on < fields.Datetime.now() - REMIND_AFTER
        self._record_event(kind, partner, order)
        self._count_view()
        if is_news:
            self._tell_of_view(partner)

    def _counts_views(self):
        """Return whether views count by now (single record).

        :rtype: bool
        """
        if not self.company_id.offer_watch_views:
            return False
        return not self.sent_on or fields.Datetime.now() - self.sent_on > SCANNED_WITHIN

    def _count_view(self):
        now = fields.Datetime.now()
        self.write(
            {
                "first_view": self.first_view or now,
                "last_view": now,
                "view_count": self.view_count + 1,
            }
        )

    def _record_event(self, kind, partner, order=None):
        """Count what somebody did today (single record, as superuser)."""
        if kind not in QUIET:
            self._wake_deal()
        now = fields.Datetime.now()
        key = {
            "offer_id": self.id,
            "order_id": order.id if order else False,
            "partner_id": partner.id,
            "kind": kind,
            "day": now.date(),
        }
        events = self.env["crm.offer.event"]
        event = events.search([(name, "=", key[name]) for name in key], limit=1)
        if event:
            event.write({"count": event.count + 1, "last_on": now})
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                events.create({**key, "first_on": now, "last_on": now})
        except psycopg2.errors.UniqueViolation as error:
            # at the same moment, in a transaction that can't be seen in this one
            raise ConcurrencyError(self.env._("Viewed at this moment")) from error

    def _wake_deal(self):
        """Take up a suspended deal whose customer is back (single record)."""
        if not self.lead_id.suspended_on:
            return
        offer = self._in_language_of_seller()
        lead = offer.lead_id
        lead._end_suspension()
        lead.activity_schedule(
            "crm_offer_calculation.activity_type_resume",
            user_id=(lead.user_id or self.env.user).id,
            summary=offer.env._("The customer is back"),
            note=offer.env._(
                "The deal was suspended. Something happened to its offer %(offer)s, so "
                "it is open again.",
                offer=offer.name,
            ),
        )

    def _tell_of_view(self, partner):
        self = self._in_language_of_seller()
        if partner:
            body = self.env._("%(name)s looked at the offer.", name=partner.name)
        else:
            body = self.env._("Somebody who has the link looked at the offer.")
        self.message_post(
            body=body,
            message_type="notification",
            subtype_xmlid="crm_offer_calculation.mt_offer_viewed",
        )

    def _customer_choose(self, order, partner):
        """Note which variant the customer wants (single record, as superuser).

        :param order: `sale.order`, one of this offer
        :param partner: `res.partner`, empty when nobody knows who it was
        :raise UserError: when it can't be had any more
        """
        self.ensure_one()
        self._lock()
        if error := order._get_variant_error():
            raise UserError(error)
        if order.state != "sent" or order.is_expired:
            raise UserError(
                self.env._(
                    "Variant %(label)s can't be chosen any more. Please ask for a new "
                    "offer.",
                    label=order.variant_label,
                )
            )
        if order.variant_state == "preferred":
            return
        preferred = self.variant_ids.filtered(
            lambda one: one.variant_state == "preferred"
        )
        preferred.write({"variant_state": "offered"})
        order.variant_state = "preferred"
        self._record_event("choose", partner, order)
        self._tell_of_choice(order, partner)

    def _tell_of_choice(self, order, partner):
        self = self._in_language_of_seller()
        if partner:
            body = self.env._(
                "%(name)s chose variant %(label)s.",
                name=partner.name,
                label=order.variant_label,
            )
        else:
            body = self.env._(
                "Somebody who has the link chose variant %(label)s.",
                label=order.variant_label,
            )
        self.message_post(body=body, message_type="notification")
        self.activity_unlink(["crm_offer_calculation.activity_type_choice"])
        self.activity_schedule(
            "crm_offer_calculation.activity_type_choice",
            user_id=(self.user_id or self.env.user).id,
            summary=body,
        )

    def _in_language_of_seller(self):
        lang = self.user_id.lang or self.company_id.partner_id.lang
        return self._with_sender().with_context(lang=lang)

    def _with_sender(self):
        """Return the offer as somebody in whose name mails can be sent.

        Visitors have no address; what happens in their stead is told by the superuser,
        as the core does with confirmations.
        """
        # sudo: the caller has all rights already, only the sender changes
        return self.with_user(SUPERUSER_ID) if self.env.su else self

    def _get_choice_problem(self, wanted):
        """Return why a variant that is not shown can't be chosen (single record, as
        superuser).

        :param int wanted: id that the customer's form sent
        :rtype: str
        """
        self.ensure_one()
        order = self.variant_ids.filtered(lambda one: one.id == wanted)
        return (order and order._get_variant_error()) or self.env._(
            "This variant is not on offer any more."
        )
