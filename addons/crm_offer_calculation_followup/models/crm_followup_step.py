from odoo import fields, models


class CrmFollowupStep(models.Model):
    _inherit = "crm.followup.step"

    offer_condition = fields.Selection(
        selection=[
            ("viewed", "Offer was looked at"),
            ("unseen", "Offer was not looked at yet"),
            ("chosen", "A variant was chosen"),
        ],
        string="Only If",
        help="The step is left out where this does not hold for the latest offer of "
        "the deal.",
    )

    def _applies_to(self, enrollment):
        return super()._applies_to(enrollment) and self._is_offer_as_asked(
            enrollment.lead_id.offer_ids[:1]
        )

    def _is_offer_as_asked(self, offer):
        """Return whether the condition holds (single record).

        :param offer: `crm.offer`, may be empty
        :rtype: bool
        """
        self.ensure_one()
        if self.offer_condition == "viewed":
            return bool(offer.view_count)
        if self.offer_condition == "unseen":
            return not offer.view_count
        if self.offer_condition == "chosen":
            return offer.state == "chosen"
        return True
