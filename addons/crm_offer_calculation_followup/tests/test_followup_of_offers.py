from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_followup.tests.common import CUSTOMER, LATER

from .common import FollowupOfferCase


@tagged("post_install", "-at_install")
class TestFollowupOfOffers(FollowupOfferCase):
    """What happens to an offer ends the follow-ups of its deal."""

    valid_until = "2026-09-20"

    def setUp(self):
        super().setUp()
        self._begin()

    def _catchall(self):
        """Return where customers answer whose mail was about an offer."""
        return self.company.alias_domain_id.catchall_email

    def test_offers_are_switched_off(self):
        """Who does it is told how many follow-ups go on: those of open offers."""

        def told():
            settings = self.env["res.config.settings"].create({})
            return settings.running_followup_count

        before = told()
        self.offer.action_withdraw()
        self.assertEqual(told(), before - 1)

    # === WHAT CUSTOMERS DO ===

    def test_accepting(self):
        """Also where an accepted offer does not win the deal."""
        self.company.offer_accept_wins = False
        with freeze_time("2026-09-04 10:00:00"):
            self.offer.variant_ids[0].with_user(self.sofie).action_confirm()
        self.assertEqual(self.lead.won_status, "pending")
        self.assertEnds("offer_decided")

    def test_part_of_the_payment(self):
        """Who pays has decided, though the order is not confirmed by it."""
        order = self.offer.variant_ids[0]
        order.write({"require_payment": True, "prepayment_percent": 1})
        provider = self.env["payment.provider"].create({"name": "Test", "code": "none"})
        method = self.env["payment.method"].create(
            {"name": "Card", "code": "card_followup", "provider_ids": provider.ids}
        )
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": order.name,
                "amount": 1,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": order.ids,
                "operation": "online_redirect",
                "state": "done",
            }
        )
        with freeze_time("2026-09-04 10:00:00"):
            transaction._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sent")
        self.assertEnds("offer_decided")

    def test_reply_to_the_mail_with_the_offer(self):
        message = self.offer.message_ids.filtered(lambda one: "Our offer" in one.body)
        self._receive("kari.private@mail.example", message, to=self._catchall())
        self.assertEnds("replied")

    def test_absence_note_to_the_mail_with_the_offer(self):
        message = self.offer.message_ids.filtered(lambda one: "Our offer" in one.body)
        self._receive(
            CUSTOMER,
            message,
            to=self._catchall(),
            headers="Auto-Submitted: auto-replied\n",
        )
        self.env.invalidate_all()
        self.assertEqual(self.enrollment.state, "running")

    # === WHAT SELLERS AND TIME DO ===

    def test_another_offer(self):
        with freeze_time("2026-09-04 10:00:00"):
            self.offer.with_user(self.sofie).with_context(
                mark_offer_as_sent=True
            ).message_post(body="Once more")
        self.assertEnds("offer_sent")

    def test_expired(self):
        with freeze_time(LATER):
            self._run(LATER)
        self.assertEnds("offer_expired")

    def test_suspended(self):
        """It waits, and goes on with the deal."""
        with freeze_time("2026-09-04 10:00:00"):
            self.env["crm.lead.suspend"].with_user(self.sofie).create(
                {"lead_ids": self.lead.ids, "resume_on": "2026-09-14"}
            ).action_apply()
        self.assertEqual(self.enrollment.state, "paused")
        with self.assertRaisesRegex(UserError, "Garden room is suspended"):
            self.lead.with_user(self.sofie).action_followup_resume()
        self._run("2026-09-10 09:00:00")
        self.assertEqual(self._kinds(self.lead)[-1], "paused")
        with freeze_time("2026-09-10 10:00:00"):
            wizard = self._compose(self.lead, template_id=self.letter.id)
            self.assertEqual(wizard.line_ids.reason, "suspended")
        with freeze_time("2026-09-14 08:00:00"):
            self.lead.with_user(self.sofie).action_resume()
        self.assertEqual(self.enrollment.state, "running")
        self._run("2026-09-14 09:00:00")
        self.assertIn("activity", self._kinds(self.lead))

    # === CONDITIONS ===

    def _create_conditional(self, condition):
        return self.env["crm.followup.sequence"].create(
            {
                "name": f"If {condition}",
                "step_ids": [
                    Command.create(
                        {
                            "delay_days": 0,
                            "template_id": self.letter.id,
                            "offer_condition": condition,
                        }
                    )
                ],
            }
        )

    def test_conditions(self):
        """Mails for those who looked at the offer, and for those who did not."""
        self.enrollment.action_stop()
        self.company.followup_cap = 0
        done = {}
        for viewed in (False, True):
            if viewed:
                self.offer.sudo()._record_view(self.user.partner_id)
            for condition in ("viewed", "unseen", "chosen"):
                sequence = self._create_conditional(condition)
                before = self._mails(self.lead)
                self._start(self.lead, sequence=sequence)
                self._run("2026-09-01 09:30:00")
                self.env.invalidate_all()
                done[viewed, condition] = len(self._mails(self.lead) - before)
        self.assertEqual(
            done,
            {
                (False, "viewed"): 0,
                (False, "unseen"): 1,
                (False, "chosen"): 0,
                (True, "viewed"): 1,
                (True, "unseen"): 0,
                (True, "chosen"): 0,
            },
        )
