from odoo import fields, models
from odoo.exceptions import UserError

from ..personal_data import mask_html, mask_text, seal_for_search


class LeadMarketTake(models.Model):
    """What stays of an opened contact whose customer is to be forgotten.

    That it was opened, on which terms, and what came of it; the letters, as far as they
    name nobody.
    """

    _inherit = "lead.market.take"

    def _refresh_contact(self):
        if self.request_id.filtered("erased_on"):
            raise UserError(self.env._("The personal data of this request was erased."))
        return super()._refresh_contact()

    def _erase_contact(self, names):
        """Forget whom contacts are of.

        :param list names: see `mask_text`
        """
        for take in self:
            take._seal_keys()
            take._erase_messages(names)
            for order in take.order_ids:
                order.note = mask_text(order.note, names)
                order.dispute_reason = mask_text(order.dispute_reason, names)
            take.write(
                {
                    "customer_name": False,
                    "customer_email": False,
                    "customer_phone": False,
                    "for_whom": False,
                    "note": mask_text(take.note, names),
                }
            )

    def _erase_unpublished_reviews(self):
        """Take the signature off reviews that nobody reads; others are public."""
        self.env["lead.market.review"].search(
            [("take_id", "in", self.ids), ("state", "!=", "published")]
        ).author_name = False

    def _seal_keys(self):
        """Have the buyer still be found, by who knows the whole name or number."""
        self.ensure_one()
        keys = self.key_ids.mapped("key")
        self.key_ids.unlink()
        self.env["lead.market.take.key"].create(
            [
                {
                    "take_id": self.id,
                    "workshop_partner_id": self.workshop_partner_id.id,
                    "key": sealed,
                }
                for key in keys
                for sealed in seal_for_search(self.env, key)
            ]
        )

    def _erase_messages(self, names):
        """Mask names and addresses in the thread; files can't be masked, they go.

        :param list names: see `mask_text`
        """
        self.ensure_one()
        messages = self.env["mail.message"].search(
            [("model", "=", self._name), ("res_id", "=", self.id)]
        )
        self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)]).unlink()
        messages.notification_ids.filtered(
            lambda n: not self._is_ours(n.res_partner_id)
        ).unlink()
        messages.attachment_ids.unlink()
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        ).unlink()
        for message in messages:
            message.write(self._prepare_erased_message_vals(message, names))
        self.message_unsubscribe(
            self.message_partner_ids.filtered(lambda p: not self._is_ours(p)).ids
        )

    def _prepare_erased_message_vals(self, message, names):
        vals = {
            "body": mask_html(message.body, names),
            "subject": mask_text(message.subject, names),
            "outgoing_email_to": False,
            "incoming_email_to": False,
            "incoming_email_cc": False,
            "partner_ids": [
                fields.Command.set(message.partner_ids.filtered(self._is_ours).ids)
            ],
        }
        if not self._is_ours(message.author_id):
            vals |= {"author_id": False, "email_from": False, "reply_to": False}
        return vals

    def _is_ours(self, partner):
        """Return whether somebody is of the workshop or of the portal (single record).

        :param partner: `res.partner` record, may be empty
        :rtype: bool
        """
        return bool(partner) and (
            partner.commercial_partner_id == self.workshop_partner_id
            or not partner.partner_share
        )
