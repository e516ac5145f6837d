from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_offer_calculation_followup.tests.common import FollowupOfferCase
from odoo.addons.sale_offer_reply.offer_reply import OfferIdentity, OfferReply


@tagged("post_install", "-at_install")
class TestFollowupOfAnswers(FollowupOfferCase):
    """Steps for customers who are unsure about lines."""

    def setUp(self):
        super().setUp()
        self.company.followup_cap = 0
        self.company.offer_allow_unsure = True
        self.order = self.offer.variant_ids[0]
        self.order.offer_reply_enabled = True
        self.sequence = self.env["crm.followup.sequence"].create(
            {
                "name": "Help to decide",
                "step_ids": [
                    Command.create(
                        {
                            "delay_days": 0,
                            "template_id": self.letter.id,
                            "offer_condition": "unsure",
                        }
                    )
                ],
            }
        )

    def answer(self, answer):
        """Answer all lines of the first variant, before the sequence starts."""
        order = self.order.sudo()
        with freeze_time("2026-08-30 10:00:00"):
            reply = OfferReply(
                revision=order.offer_revision,
                last_history_id=order._get_offer_last_reply_id(),
                answers=dict.fromkeys(order.order_line.ids, answer),
                key=f"answer-{answer}",
            )
            order._offer_reply(
                reply,
                OfferIdentity(
                    partner=self.user.partner_id, user=self.user, verified="login"
                ),
            )
            self.env.flush_all()

    def assertGetsMail(self, is_mailed):
        self._start(self.lead, sequence=self.sequence)
        self._run("2026-09-01 09:30:00")
        self.env.invalidate_all()
        self.assertEqual(bool(self._mails(self.lead)), is_mailed)

    def test_not_answered(self):
        self.assertGetsMail(False)

    def test_unsure(self):
        self.answer("unsure")
        self.assertGetsMail(True)

    def test_no(self):
        self.answer("no")
        self.assertGetsMail(False)

    def test_unsure_about_what_was_closed(self):
        self.answer("unsure")
        self.order.with_user(self.sofie)._close_variants()
        self.assertGetsMail(False)

    def test_confirmation_is_no_letter(self):
        """Only what a salesperson writes makes the sequence wait."""
        self.answer("unsure")
        order = self.order.sudo()
        order._offer_post_confirmation(order.offer_history_ids[:1])
        self.assertIn("offer_answer", self._kinds(self.lead))
        self.assertNotIn("letter", self._kinds(self.lead))
