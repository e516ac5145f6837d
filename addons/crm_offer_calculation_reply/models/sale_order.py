import uuid

from odoo import models

from odoo.addons.sale_offer_reply.offer_reply import OfferReplyError

# While it is open, a line that the customer is unsure about counts half.
UNSURE_SHARE = 0.5


class SaleOrder(models.Model):
    """A variant whose customer answers line by line."""

    _inherit = "sale.order"

    # === ONE REPLY ===

    def _offer_take_reply(self, reply, identity):
        """Decide about the offer as everybody does who signs or chooses: its row comes
        first, then those of its variants."""
        self.crm_offer_id._lock()
        return super()._offer_take_reply(reply, identity)

    def _offer_check_reply(self, reply):
        if self.crm_offer_id and (error := self._get_variant_error()):
            raise OfferReplyError("closed", [error])
        return super()._offer_check_reply(reply)

    def _offer_needs_check(self):
        return super()._offer_needs_check() or bool(self._get_rivals_with_yes())

    def _offer_log_reply(self, history, identity):
        result = super()._offer_log_reply(history, identity)
        if self.crm_offer_id and self.state == "sent":
            self._take_variant_answers(identity.partner or self.env["res.partner"])
        return result

    def _offer_lead_on(self):
        if rivals := self._get_rivals_with_yes():
            return self._hold_rivals(rivals)
        if rival := self._get_rival_to_release():
            return self._release_rival(rival)
        if self._has_variants_to_answer():
            return None
        return super()._offer_lead_on()

    def _take_variant_answers(self, partner):
        """Choose or reject the variant by what was answered to its lines (single
        record, as superuser).

        :param partner: `res.partner`, empty when nobody knows who it was
        """
        self.ensure_one()
        offer = self.crm_offer_id
        offer._record_event("answer", partner, self)
        if self.offer_yes_count:
            offer._customer_choose(self, partner)
        else:
            is_rejected = self.offer_status == "no"
            self.variant_state = "rejected" if is_rejected else "offered"

    def _get_rivals_with_yes(self):
        """Return other variants that the customer said yes to as well, where only one
        can be taken (single record).

        :rtype: recordset
        """
        self.ensure_one()
        offer = self.crm_offer_id
        if not self.offer_yes_count or self.state != "sent" or not offer:
            return self.browse()
        if offer.team_id.keep_siblings:
            return self.browse()
        return (offer._get_variants()[offer] - self).filtered(
            lambda order: order.state == "sent" and order.offer_yes_count
        )

    def _has_variants_to_answer(self):
        """Return whether this one was refused, and the customer has not refused the
        others yet (single record).

        :rtype: bool
        """
        self.ensure_one()
        if not self.crm_offer_id or self.offer_status != "no":
            return False
        siblings = self.crm_offer_id._get_variants()[self.crm_offer_id] - self
        return any(
            order.state == "sent" and order.variant_state != "rejected"
            for order in siblings
        )

    def _hold_rivals(self, rivals):
        """Ask the seller which of several variants the customer wants (single record).

        :param rivals: the other ones
        """
        rivals.with_context(offer_own_write=True).write({"offer_to_check": True})
        self._offer_activity(
            self._get_rivals_summary(),
            self.env._(
                "Only one of %(variants)s can be taken. Ask the customer, and release "
                "the right one.",
                variants=", ".join((rivals + self).sorted("name").mapped("name")),
            ),
        )

    def _get_rivals_summary(self):
        return self.env._("The customer said yes in several variants")

    def _get_rival_to_release(self):
        """Return the only variant with a yes that is left, if it waits for the seller
        to ask which of several it shall be (single record).

        :rtype: recordset
        """
        self.ensure_one()
        offer = self.crm_offer_id
        if self.offer_yes_count or not offer or offer.team_id.keep_siblings:
            return self.browse()
        wanted = (offer._get_variants()[offer] - self).filtered(
            lambda order: order.state == "sent" and order.offer_yes_count
        )
        if len(wanted) != 1 or not wanted.offer_to_check:
            return self.browse()
        return wanted if not wanted._offer_needs_check() else self.browse()

    def _release_rival(self, rival):
        """Go on with the variant that the customer has left (single record).

        :param rival: see `_get_rival_to_release`
        """
        rival.with_context(offer_own_write=True).write({"offer_to_check": False})
        summary = self._get_rivals_summary()
        (self | rival).activity_ids.filtered(
            lambda activity: activity.summary == summary
        ).unlink()
        person = rival.order_line.offer_answer_by_id[:1]
        self.crm_offer_id._customer_choose(rival, person)
        rival._offer_lead_on()

    # === WHAT FOLLOWS FROM ANSWERS ===

    def _is_variant_to_finish(self):
        return super()._is_variant_to_finish() or (
            self.state == "sent" and self._offer_can_be_answered()
        )

    def _get_variant_amounts(self):
        amounts = super()._get_variant_amounts()
        if self.state != "sent" or not self.offer_replied_date:
            return amounts
        for line in self._get_offer_lines()._get_offer_answered_lines():
            if line.display_type or line.offer_answer not in ("unsure", "no"):
                continue
            share = UNSURE_SHARE if line.offer_answer == "unsure" else 0
            offered = line.offer_qty or line.product_uom_qty
            amounts["amount_untaxed"] += share * line.offer_amount - line.price_subtotal
            amounts["amount_cost"] += line.purchase_price * (
                share * offered - line.product_uom_qty
            )
        return amounts

    def action_offer_revoke_links(self):
        result = super().action_offer_revoke_links()
        # The comparison leads to all variants.
        for offer in self.crm_offer_id:
            offer.access_token = str(uuid.uuid4())
        return result
