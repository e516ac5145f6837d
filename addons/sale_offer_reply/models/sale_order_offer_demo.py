import uuid

from odoo import models

from ..offer_reply import OfferIdentity, OfferReply


class SaleOrder(models.Model):
    """Replies for the demo data, whose XML can pass plain values only."""

    _inherit = "sale.order"

    def _demo_offer_reply(self, user_id, answers, comments=None, message=""):
        """Reply as a customer does on the portal, but send no mails (single record).

        :param int user_id: user of the customer's contact person
        :param dict answers: answer → ids of the lines
        :param dict comments: line id → text
        :param str message: text to the seller
        """
        self.ensure_one()
        user = self.env["res.users"].browse(user_id)
        reply = OfferReply(
            revision=self.offer_revision,
            last_history_id=self._get_offer_last_reply_id(),
            answers={
                line_id: answer
                for answer, line_ids in answers.items()
                for line_id in line_ids
            },
            comments=comments or {},
            message=message,
            accept_terms=True,
            key=str(uuid.uuid4()),
        )
        identity = OfferIdentity(partner=user.partner_id, user=user, verified="login")
        history = self._offer_take_reply(reply, identity)
        history.mail_state = "none"
