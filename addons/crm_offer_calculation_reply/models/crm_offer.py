from odoo import models
from odoo.fields import Command

NOT_TAKEN = ("unsure", "no")


class CrmOffer(models.Model):
    _inherit = "crm.offer"

    def _mark_sent(self):
        result = super()._mark_sent()
        for offer in self:
            asked = offer.variant_ids.filtered(
                lambda order: order.offer_reply_enabled and order.state == "sent"
            )
            offer._record_sent_variants(asked)
        return result

    def _record_sent_variants(self, variants):
        """Freeze what was sent of each variant, all under one number, and let everybody
        answer who gets the offer (single record).

        :param variants: `sale.order`, those that customers answer line by line
        """
        self.ensure_one()
        # sudo: versions count whosever they are
        history_sudo = self.env["sale.offer.history"].sudo()
        number = history_sudo._get_next_number(variants, "sent")
        people = Command.set(self.recipient_ids.ids)
        for order in variants:
            # The customer alone needs not be named.
            if self.recipient_ids != order.partner_id:
                order.offer_contact_ids |= self.recipient_ids
            # The portal page must not have to create its token on reading.
            order._portal_ensure_token()
            order._offer_record(
                "sent",
                order._get_offer_manager_identity(),
                recipient_ids=[people],
                number=number,
            )

    # === THE PAGE WITH ALL VARIANTS ===

    def _get_compared_lines(self, order):
        """What was offered stays to be compared, though the customer has not taken
        it yet."""
        if order.state == "sale":
            return super()._get_compared_lines(order)
        kept = order.order_line.filtered(
            lambda line: line.offer_line_status in NOT_TAKEN and not line.display_type
        )
        lines = super()._get_compared_lines(order)
        return (lines | kept).sorted() if kept else lines

    def _prepare_cell(self, line):
        if line.offer_line_status not in NOT_TAKEN:
            return super()._prepare_cell(line)
        answers = dict(line._fields["offer_answer"]._description_selection(self.env))
        quantity = line._get_offer_quantity()
        return {
            **self._prepare_cell_of(line, quantity, line.offer_amount),
            "answer": self.env._(
                "Your answer: %(answer)s", answer=answers[line.offer_answer]
            ),
        }
