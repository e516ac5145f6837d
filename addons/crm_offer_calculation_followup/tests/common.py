from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.crm_followup.tests.common import CUSTOMER, NO_WELCOME, FollowupCase


class FollowupOfferCase(FollowupCase):
    """A deal with an offer of two variants that was sent, and its customer."""

    valid_until = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "offer_reply_default" in cls.company._fields:
            cls.company.offer_reply_default = False
        cls.user = new_test_user(
            cls.env,
            "followup_kari",
            groups="base.group_portal",
            name="Kari Kunde",
            email=CUSTOMER,
            context=NO_WELCOME,
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Window", "type": "service", "list_price": 100, "taxes_id": []}
        )
        cls.lead = cls._create_lead(partner_id=cls.user.partner_id.id)
        cls.offer = cls._create_sent_offer()

    @classmethod
    def _create_sent_offer(cls):
        lead = cls.lead.with_user(cls.sofie)
        with freeze_time("2026-08-24 09:00:00"):
            offer = cls.env["crm.offer"].browse(lead.action_new_offer()["res_id"])
            offer.action_add_variant()
            for order in offer.variant_ids:
                order.write(
                    {
                        "require_signature": False,
                        "require_payment": False,
                        "validity_date": cls.valid_until,
                        "order_line": [Command.create({"product_id": cls.product.id})],
                    }
                )
            offer.with_user(cls.sofie).with_context(
                mark_offer_as_sent=True
            ).message_post(body="Our offer")
            cls.env.flush_all()
        return offer

    def assertEnds(self, reason):
        """The salesperson reads on the deal why."""
        result = super().assertEnds(reason)
        lead = self.lead.with_user(self.sofie)
        self.assertEqual(lead.followup_stop_reason, reason)
        return result
