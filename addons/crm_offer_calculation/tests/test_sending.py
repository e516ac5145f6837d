from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestSending(MailCommon, OfferCommon):
    """One mail for all variants, and a link of their own for each contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_lead()
        cls.offer = cls._create_offer(
            [cls.window], [cls.window, cls.door], lead=cls.lead
        )
        cls.architect = cls.env["res.partner"].create(
            {"name": "Ada Architect", "email": "ada@architects.example"}
        )

    def _send_mail(self):
        action = self.offer.action_send()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        with self.mock_mail_gateway():
            composer.save().action_send_mail()
            # They leave by the queue.
            mails = self.env["mail.mail"].search([("model", "=", "crm.offer")])
            mails.filtered(lambda mail: mail.state == "outgoing").send()
        return {mail["email_to"][0]: mail["body"] for mail in self._mails}

    def _add_person(self, partner, gets_offers=True):
        self.lead.stakeholder_ids = [
            Command.create({"partner_id": partner.id, "gets_offers": gets_offers})
        ]

    def test_one_mail_sends_all(self):
        mails = self._send_mail()
        self.assertEqual(len(mails), 1)
        body = next(iter(mails.values()))
        self.assertIn("several variants", body)
        self.assertIn("700.00", body)
        self.assertEqual(set(self.offer.variant_ids.mapped("state")), {"sent"})
        self.assertEqual(self.offer.state, "sent")
        self.assertTrue(self.offer.sent_on)
        event = self.offer.event_ids
        self.assertEqual((event.kind, event.count), ("sent", 1))
        self.assertEqual(event.partner_id, self.seller.partner_id)
        self.assertEqual(self.offer.view_count, 0)

    def test_own_link_for_each_contact(self):
        self._add_person(self.architect)
        self._add_person(self.stranger_user.partner_id, gets_offers=False)
        mails = self._send_mail()
        self.assertEqual(len(mails), 2)
        for address, body in mails.items():
            partner = (
                self.architect if "ada@" in address else self.portal_user.partner_id
            )
            self.assertIn(f"pid={partner.id}&amp;hash=", body)
            self.assertIn("Compare the Variants", body)

    def test_mail_of_the_process(self):
        template = self.env.ref("crm_offer_calculation.mail_template_offer").copy(
            {"subject": "Your windows"}
        )
        team = self.env["crm.team"].create(
            {"name": "Windows", "offer_mail_template_id": template.id}
        )
        self.lead.team_id = team
        self._send_mail()
        self.assertEqual(self.offer.message_ids[0].subject, "Your windows")

    def test_later_variant_is_sent_again(self):
        self._send_mail()
        variant = self.offer._add_variant()
        variant.order_line = [Command.create({"product_id": self.door.id})]
        self.assertEqual(variant.state, "draft")
        self._send_mail()
        self.assertEqual(variant.state, "sent")

    def test_nothing_to_send(self):
        self.offer.action_add_variant()
        with self.assertRaisesRegex(UserError, "Variant C of .* is empty"):
            self.offer.action_send()
        self._variant(self.offer, "C").action_cancel()
        self.offer.action_withdraw()
        self.assertEqual(self.offer.state, "closed")
        with self.assertRaisesRegex(UserError, "no variant"):
            self.offer.action_send()

    def test_message_does_not_send(self):
        """To write about an offer is not to send it."""
        self.offer.message_post(body="We work on it.", message_type="comment")
        self.assertEqual(self.offer.state, "draft")

    def test_others_do_not_send(self):
        with self.assertRaises(AccessError):
            self.offer.with_user(self.other_seller).action_send()

    def test_person_once(self):
        """Merged deals keep each person once."""
        self._add_person(self.architect)
        other = self._create_lead(name="Windows again")
        other.stakeholder_ids = [
            Command.create({"partner_id": self.architect.id}),
            Command.create({"partner_id": self.customer.id}),
        ]
        merged = (self.lead + other).merge_opportunity()
        people = merged.stakeholder_ids.partner_id
        self.assertEqual(people, self.architect + self.customer)
        self.assertEqual(len(merged.stakeholder_ids), 2)

    def test_role_in_use(self):
        """It is not taken away from people; what nobody has can go."""
        roles = self.env["crm.stakeholder.role"].with_user(self.manager)
        used, unused = roles.create([{"name": "Lets us in"}, {"name": "Nobody's"}])
        self._add_person(self.architect)
        self.lead.stakeholder_ids.role_id = used
        unused.unlink()
        with self.assertRaisesRegex(UserError, "has the role Lets us in"):
            used.unlink()
        self.assertEqual(self.lead.stakeholder_ids.role_id, used)
