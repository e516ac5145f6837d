from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestOffer(OfferCommon):
    """Variants of an offer, of which one is taken."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_lead()
        cls.offer = cls._create_offer(
            [cls.window],
            [cls.window, cls.glazing],
            [cls.window, cls.door],
            lead=cls.lead,
        )

    def test_new_offer(self):
        """The salesperson gets an offer with a first variant for the customer."""
        lead = self._create_lead()
        action = lead.action_new_offer()
        offer = self.env[action["res_model"]].browse(action["res_id"])
        order = offer.variant_ids
        self.assertRegex(offer.name, r"^OF\d{5}$")
        self.assertEqual(order.name, f"{offer.name}/A")
        self.assertEqual(order.partner_id, lead.partner_id)
        self.assertEqual(order.opportunity_id, lead)
        self.assertEqual(order.user_id, self.seller)
        self.assertEqual(offer.main_variant_id, order)
        self.assertEqual(offer.state, "draft")
        self.assertIn(self.seller.partner_id, offer.message_partner_ids)

    def test_customer_first(self):
        with self.assertRaisesRegex(UserError, "choose the customer"):
            self._create_lead(partner_id=False).action_new_offer()

    def test_deal_shows_variants(self):
        with Form(self.lead) as form:
            self.assertEqual(len(form.variant_ids), 3)
            self.assertEqual(len(form.offer_ids), 1)
        with Form(self.offer) as form:
            self.assertEqual(len(form.variant_ids), 3)
        with Form(self.offer.main_variant_id) as form:
            self.assertEqual(form.variant_label, "A")

    def test_copy_carries_costs(self):
        """What was entered by hand stays; an ordinary duplicate starts anew."""
        variant = self._variant(self.offer, "A")
        variant.order_line.purchase_price = 42
        copy = self.env["sale.order"].browse(variant.action_copy_variant()["res_id"])
        self.assertEqual(copy.order_line.purchase_price, 42)
        self.assertTrue(copy.order_line.cost_manual)
        self.assertEqual(copy.variant_label, "D")
        self.assertEqual(copy.crm_offer_id, self.offer)
        self.assertEqual(copy.state, "draft")
        duplicate = variant.copy()
        self.assertEqual(duplicate.order_line.purchase_price, 120)
        self.assertFalse(duplicate.crm_offer_id)

    def test_copy_without_right_on_costs(self):
        """Who may not see costs carries them over all the same."""
        settings = self.env["res.config.settings"].create({})
        settings.group_see_cost = False
        settings.execute()
        variant = self._variant(self.offer, "A")
        variant.sudo().order_line.purchase_price = 42
        copy = variant.action_copy_variant()["res_id"]
        copy = self.env["sale.order"].browse(copy)
        self.assertEqual(copy.order_line.purchase_price, 42)
        with self.assertRaises(AccessError):
            copy.with_user(self.seller).order_line.read(["purchase_price"])

    def test_six_variants(self):
        for _number in range(3):
            self.offer.action_add_variant()
        with self.assertRaisesRegex(ValidationError, "at most 6"):
            self.offer.action_add_variant()

    def test_closed_variant_makes_room(self):
        """Its label is not used again, since the customer may know it."""
        for _number in range(3):
            self.offer.action_add_variant()
        self._variant(self.offer, "B").action_cancel()
        order = self.offer.action_add_variant()["res_id"]
        self.assertEqual(self.env["sale.order"].browse(order).variant_label, "G")

    def test_same_deal_and_customer(self):
        variant = self._variant(self.offer, "B")
        with self.assertRaisesRegex(ValidationError, "same deal and customer"):
            variant.partner_id = self.stranger_user.partner_id
        with self.assertRaisesRegex(ValidationError, "same deal and customer"):
            variant.opportunity_id = self._create_lead()

    def test_other_contact_of_the_customer(self):
        variant = self._variant(self.offer, "B")
        variant.partner_id = self.customer
        self.assertEqual(variant.crm_offer_id, self.offer)

    def test_probabilities(self):
        self._variant(self.offer, "A").variant_probability = 60
        self._variant(self.offer, "B").variant_probability = 40
        with self.assertRaisesRegex(ValidationError, "more than 100 %"):
            self._variant(self.offer, "C").variant_probability = 1
        with self.assertRaisesRegex(ValidationError, "negative"):
            self._variant(self.offer, "B").variant_probability = -1

    def test_main_variant_hands_over(self):
        main, second = self._variant(self.offer, "A"), self._variant(self.offer, "B")
        self.assertTrue(main.is_main_variant)
        main.action_cancel()
        self.assertEqual(self.offer.main_variant_id, second)
        self.assertTrue(second.is_main_variant)
        self.assertFalse(main.is_main_variant)
        second.with_user(self.manager).action_cancel()
        second.with_user(self.manager).unlink()
        self.assertEqual(self.offer.main_variant_id, self._variant(self.offer, "C"))

    def test_choose_main_variant(self):
        self._variant(self.offer, "C").action_set_main_variant()
        self.assertEqual(self.offer.main_variant_id, self._variant(self.offer, "C"))
        self.assertEqual(
            self.offer.variant_ids.mapped("is_main_variant").count(True), 1
        )

    # === ACCEPTING ===

    def test_confirm_one(self):
        """The others close, the deal is won, and both say so."""
        self._send(self.offer)
        self.assertEqual(self.offer.state, "sent")
        self._variant(self.offer, "B").action_confirm()
        self.assertEqual(self.offer.state, "accepted")
        self.assertEqual(self.offer.accepted_variant_id, self._variant(self.offer, "B"))
        self.assertEqual(
            self.offer.variant_ids.sorted("variant_label").mapped("state"),
            ["cancel", "sale", "cancel"],
        )
        self.assertEqual(self.lead.won_status, "won")
        self.assertEqual(self.lead.expected_revenue, 300)
        self.assertIn("accepted variant B", self.lead.message_ids[0].body)

    def test_second_is_refused(self):
        self._send(self.offer)
        first, second = self._variant(self.offer, "A"), self._variant(self.offer, "B")
        first.action_confirm()
        second.action_draft()
        with self.assertRaisesRegex(UserError, "Variant A of this offer was accepted"):
            second.action_confirm()

    def test_two_at_once_from_the_list(self):
        variants = self._variant(self.offer, "A") + self._variant(self.offer, "B")
        with self.assertRaisesRegex(UserError, "Only one variant"):
            variants.action_confirm()
        self.assertEqual(set(variants.mapped("state")), {"draft"})

    def test_least_margin(self):
        """Below it a manager confirms, or the customer who accepts what was sent."""
        self.offer.sudo().team_id.min_margin_percent = 0.42
        variant = self._variant(self.offer, "A")
        with self.assertRaisesRegex(UserError, "ask your sales manager"):
            variant.action_confirm()
        self.assertEqual(variant.state, "draft")
        variant.order_line.price_unit = 210
        variant.action_confirm()
        self.assertEqual(variant.state, "sale")

    def test_manager_confirms_less_margin(self):
        self.offer.sudo().team_id.min_margin_percent = 0.42
        variant = self._variant(self.offer, "A")
        variant.with_user(self.manager).action_confirm()
        self.assertEqual(variant.state, "sale")

    def test_customer_accepts_less_margin(self):
        self.offer.sudo().team_id.min_margin_percent = 0.42
        self._send(self.offer)
        variant = self._variant(self.offer, "A")
        variant.with_user(self.portal_user).sudo()._validate_order()
        self.assertEqual(variant.state, "sale")

    def test_reopen(self):
        """What was closed for another variant opens again, once that is gone."""
        self._send(self.offer)
        taken = self._variant(self.offer, "A")
        taken.action_confirm()
        with self.assertRaisesRegex(UserError, "is accepted"):
            self.offer.action_reopen()
        taken.action_cancel()
        self.assertEqual(self.offer.state, "closed")
        self.offer.action_reopen()
        self.assertEqual(self._variant(self.offer, "B").state, "sent")
        self.assertEqual(taken.state, "cancel")
        self._variant(self.offer, "B").action_confirm()
        self.assertEqual(self.lead.expected_revenue, 300)

    def test_team_keeps_others(self):
        team = self.env["crm.team"].create({"name": "Keepers", "keep_siblings": True})
        self.lead.team_id = team
        self._send(self.offer)
        self._variant(self.offer, "A").action_confirm()
        self.assertEqual(self._variant(self.offer, "B").state, "sent")
        self._variant(self.offer, "B").action_confirm()
        self.assertEqual(self.lead.expected_revenue, 500)

    def test_company_leaves_deal_open(self):
        self.company.offer_accept_wins = False
        self._variant(self.offer, "A").action_confirm()
        self.assertEqual(self.lead.won_status, "pending")

    def test_withdraw(self):
        self._send(self.offer)
        self.assertEqual(self.lead.open_variant_count, 3)
        self.lead.action_withdraw_offers()
        self.assertEqual(self.lead.open_variant_count, 0)
        self.assertEqual(self.offer.state, "closed")

    def test_delete_what_was_sent(self):
        """The customer may have it open: it can be cancelled, not deleted."""
        self._send(self.offer)
        variant = self._variant(self.offer, "A")
        with self.assertRaises(UserError):
            variant.unlink()
        variant._action_cancel()
        self.assertEqual(self.offer.main_variant_id.variant_label, "B")

    def test_customer_of_the_deal_changes(self):
        """What was sent stays with whom it was sent to."""
        self._send(self.offer)
        self.offer.lead_id.partner_id = self.stranger_user.partner_id
        self.assertEqual(self.offer.partner_id, self.portal_user.partner_id)
        new = self.env["crm.offer"].browse(
            self.offer.lead_id.action_new_offer()["res_id"]
        )
        self.assertEqual(new.partner_id, self.stranger_user.partner_id)

    def test_offer_gets_another_customer(self):
        """The variants go with it; who had it before can't open it any more."""
        self._send(self.offer)
        other = self.stranger_user.partner_id
        documents = [self.offer, *self.offer.variant_ids]
        tokens = [one._portal_ensure_token() for one in documents]
        self.offer.partner_id = other
        self.assertEqual(self.offer.variant_ids.partner_id, other)
        for document, token in zip(documents, tokens, strict=True):
            self.assertNotEqual(document._portal_ensure_token(), token)

    def test_offer_gets_another_contact(self):
        """What they sent around in their company stays good."""
        self._send(self.offer)
        token = self.offer._portal_ensure_token()
        self._variant(self.offer, "B").partner_id = self.customer
        colleague = self.customer.child_ids.create(
            {"name": "Ben Blum", "parent_id": self.customer.id}
        )
        self.offer.partner_id = colleague
        self.assertEqual(self._variant(self.offer, "A").partner_id, colleague)
        self.assertEqual(self._variant(self.offer, "B").partner_id, self.customer)
        self.assertEqual(self.offer._portal_ensure_token(), token)

    def test_accepted_offer_keeps_its_customer(self):
        self._variant(self.offer, "B").action_confirm()
        with self.assertRaisesRegex(UserError, "was accepted by"):
            self.offer.partner_id = self.stranger_user.partner_id

    def test_delete_deals_and_offers(self):
        """Not as long as there is something in them; the message says what."""
        with self.assertRaisesRegex(UserError, "has offers"):
            self.lead.with_user(self.manager).unlink()
        offer = self.offer.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "has variants"):
            offer.unlink()
        offer.variant_ids.unlink()
        offer.unlink()
        self.lead.with_user(self.manager).unlink()
        self.assertFalse(self.lead.exists())

    # === PAYMENTS ===

    def _create_transaction(self, order, state="pending", share=1):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "code": "none", "state": "test"}
        )
        method = self.env["payment.method"].create(
            {"name": "Card", "code": f"card_{share}", "provider_ids": provider.ids}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"{order.name}-{share}",
                "amount": share * order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "operation": "online_redirect",
                "state": state,
            }
        )

    def test_expired(self):
        """When no variant that was sent can be accepted any more."""
        self._send(self.offer)
        first, *others = self.offer.variant_ids
        yesterday = fields.Date.subtract(fields.Date.today(), days=1)
        offers = self.env["crm.offer"].with_user(self.seller)

        def is_expired():
            found = offers.search([("is_expired", "=", True)])
            self.assertEqual(self.offer.is_expired, self.offer in found)
            return self.offer.is_expired

        first.validity_date = yesterday
        for order in others:
            order.validity_date = False
        self.assertFalse(is_expired())
        for order in others:
            order.validity_date = yesterday
        self.assertTrue(is_expired())
        first.validity_date = fields.Date.today()
        self.assertFalse(is_expired())
        self.offer.action_withdraw()
        self.assertFalse(is_expired())

    def test_pending_payment_for_another(self):
        """A variant that is being paid is not closed; somebody has to look at it."""
        self._send(self.offer)
        paid = self._variant(self.offer, "B")
        transaction = self._create_transaction(paid)
        self._variant(self.offer, "A").action_confirm()
        self.assertEqual(paid.state, "sent")
        self.assertEqual(self._variant(self.offer, "C").state, "cancel")
        activity = self.offer.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn(paid.name, activity.note)
        transaction._set_done()
        transaction._check_amount_and_confirm_order()
        self.assertEqual(paid.state, "sent")
        self.assertEqual(len(self.offer.activity_ids), 2)
        event = self.offer.event_ids
        self.assertEqual((event.kind, event.order_id), ("pay", paid))
        self.assertEqual(event.partner_id, self.portal_user.partner_id)

    def test_prepayment(self):
        """Who pays the 30 % that are asked for has accepted all of the variant."""
        self._send(self.offer)
        paid = self._variant(self.offer, "B")
        paid.write({"require_payment": True, "prepayment_percent": 0.3})
        part = self._create_transaction(paid, "done", share=0.2)
        part._check_amount_and_confirm_order()
        self.assertEqual(paid.state, "sent")
        self.assertEqual(self._variant(self.offer, "A").state, "sent")
        rest = self._create_transaction(paid, "done", share=0.1)
        rest._check_amount_and_confirm_order()
        self.assertEqual(self.offer.accepted_variant_id, paid)
        self.assertEqual(self._variant(self.offer, "A").state, "cancel")
        self.assertEqual(self.lead.won_status, "won")
        self.assertEqual(self.lead.expected_revenue, paid.amount_untaxed)

    # === RIGHTS ===

    def test_others_offers(self):
        offer = self.offer.with_user(self.other_seller)
        with self.assertRaises(AccessError):
            offer.read(["name"])
        self.assertFalse(offer.search([("id", "=", offer.id)]))
        with self.assertRaises(AccessError):
            offer.action_add_variant()
        with self.assertRaises(AccessError):
            self.offer.unlink()
        self.assertEqual(self.offer.with_user(self.manager).name, self.offer.name)

    def test_seller_reads_their_own_language(self):
        """Of what happens while the customer's page is in another."""
        self.env["res.lang"]._activate_lang("pl_PL")
        self._send(self.offer)
        order = self.offer.variant_ids[0]
        order.with_context(lang="pl_PL").sudo().action_confirm()
        notes = self.lead.message_ids.mapped("body")
        self.assertTrue(any("The customer accepted variant" in note for note in notes))

    def test_deal_gets_another_salesperson(self):
        """They see the variants, of which the customer may take one."""
        accepted = self._create_offer([self.door], lead=self.lead).variant_ids
        accepted.action_confirm()
        self.lead.with_user(self.manager).user_id = self.other_seller
        offer = self.offer.with_user(self.other_seller)
        self.assertEqual(len(offer.lead_id.variant_ids), 3)
        self.assertEqual(offer.variant_ids.user_id, self.other_seller)
        self.assertIn(self.other_seller.partner_id, offer.message_partner_ids)
        self.assertEqual(accepted.user_id, self.seller)

    def test_customers_have_no_access(self):
        for user in (self.portal_user, self.stranger_user):
            with self.assertRaises(AccessError):
                self.offer.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.env["crm.offer"].with_user(user).search([])

    def test_merged_deals(self):
        other = self._create_lead(name="Windows again")
        second = self._create_offer([self.door], lead=other)
        merged = (self.lead + other).merge_opportunity()
        self.assertEqual(self.offer.lead_id, merged)
        self.assertEqual(second.lead_id, merged)
        self.assertEqual(second.variant_ids.opportunity_id, merged)
        self.assertEqual(merged.expected_revenue, 500)
        self.assertEqual(merged.expected_cost, 300)
