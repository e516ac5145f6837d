from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestDealStatus(OfferCommon):
    """Deals that rest, deals that somebody else won, and what reports say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_lead()
        cls.offer = cls._create_offer(
            [cls.window], [cls.window, cls.door], lead=cls.lead
        )
        cls.rival = cls.env["crm.competitor"].create({"name": "Cheap Windows"})
        cls.in_a_month = fields.Date.today() + timedelta(days=30)

    def _suspend(self, **values):
        action = self.lead.action_suspend()
        wizard = self.env[action["res_model"]].with_user(self.seller)
        form = Form(wizard.with_context(**action["context"]))
        for name, value in {"resume_on": self.in_a_month, **values}.items():
            form[name] = value
        form.save().action_apply()

    def _lose(self, **values):
        wizard = self.env["crm.lead.lost"].with_user(self.seller)
        form = Form(wizard.with_context(default_lead_ids=self.lead.ids))
        for name, value in values.items():
            form[name] = value
        form.save().action_lost_reason_apply()

    # === SUSPENDED ===

    def test_suspend_and_resume(self):
        """Stage and probability stay; the salesperson is reminded."""
        before = self.lead.stage_id, self.lead.probability
        self._suspend(reason="The building permit is late")
        self.assertEqual(self.lead.deal_status, "suspended")
        self.assertEqual((self.lead.stage_id, self.lead.probability), before)
        activity = self.lead.activity_ids
        self.assertEqual(activity.date_deadline, self.in_a_month)
        self.assertEqual(activity.user_id, self.seller)
        self.lead.action_resume()
        self.assertEqual(self.lead.deal_status, "open")
        self.assertFalse(self.lead.resume_on)
        self.assertFalse(self.lead.activity_ids)

    def test_resume_day_in_the_past(self):
        with self.assertRaisesRegex(UserError, "in the future"):
            self._suspend(resume_on=fields.Date.today())
        self.assertEqual(self.lead.deal_status, "open")

    def test_closed_deals_do_not_rest(self):
        self.lead.action_set_won()
        with self.assertRaisesRegex(UserError, "won or lost"):
            self._suspend()

    def test_suspended_deals_do_not_rot(self):
        self.lead.stage_id.sudo().rotting_threshold_days = 5
        self._suspend()
        domain = self.lead._get_rotting_domain()
        self.assertFalse(self.lead.filtered_domain(domain))
        self.lead.action_resume()
        self.assertTrue(self.lead.filtered_domain(domain))

    def test_open_offers_of_suspended_deals(self):
        """They stay valid unless the salesperson withdraws them."""
        self._send(self.offer)
        self._suspend()
        self.assertEqual(self.lead.open_variant_count, 2)
        self._variant(self.offer, "A").action_confirm()
        self.assertEqual(self.lead.deal_status, "won")
        self.assertFalse(self.lead.suspended_on)
        self.assertFalse(self.lead.activity_ids)

    def test_withdraw_offers_of_suspended_deals(self):
        self._send(self.offer)
        self._suspend(open_offers="withdraw")
        self.assertEqual(self.offer.state, "closed")

    def test_offers_are_valid_until_the_deal_goes_on(self):
        """Those that end earlier; an end that is later, or none, stays."""
        self._send(self.offer)
        first, second = self.offer.variant_ids[:2]
        first.validity_date = self.in_a_month - timedelta(days=20)
        second.validity_date = self.in_a_month + timedelta(days=20)
        self._suspend(open_offers="extend")
        self.assertEqual(first.validity_date, self.in_a_month)
        self.assertEqual(second.validity_date, self.in_a_month + timedelta(days=20))
        self.assertEqual(self.lead.open_variant_count, 2)

    def test_lost_deals_do_not_rest_any_more(self):
        self._suspend()
        self._lose()
        self.assertEqual(self.lead.deal_status, "lost")
        self.assertFalse(self.lead.suspended_on)

    # === LOST, COMPETITORS ===

    def test_lost_to_a_competitor(self):
        self._send(self.offer)
        self._lose(competitor_id=self.rival)
        self.assertEqual(self.lead.winner_id, self.rival)
        self.assertEqual(self.lead.deal_status, "lost")
        self.assertEqual(self.offer.state, "closed")

    def test_lost_but_offers_stay(self):
        self._send(self.offer)
        self._lose(withdraw_offers=False)
        self.assertEqual(self.lead.open_variant_count, 2)
        self.lead.action_withdraw_offers()
        self.assertEqual(self.lead.open_variant_count, 0)

    def test_another_winner(self):
        other = self.env["crm.competitor"].create({"name": "Fine Doors"})
        self.lead._lose_to(self.rival)
        self.lead._lose_to(other)
        self.assertEqual(self.lead.winner_id, other)
        self.assertEqual(len(self.lead.competitor_line_ids), 2)

    def test_one_winner(self):
        other = self.env["crm.competitor"].create({"name": "Fine Doors"})
        self.lead._lose_to(self.rival)
        with self.assertRaisesRegex(ValidationError, "Only one competitor"):
            self.lead.competitor_line_ids = [
                Command.create({"competitor_id": other.id, "is_winner": True})
            ]

    def test_competitor_on_the_deal(self):
        with Form(self.lead) as form:
            with form.competitor_line_ids.new() as line:
                line.competitor_id = self.rival
                line.amount = 180
        line = self.lead.competitor_line_ids
        self.assertEqual(line.currency_id, self.company.currency_id)
        with self.assertRaises(AccessError):
            line.with_user(self.other_seller).read(["amount"])
        with self.assertRaises(AccessError):
            self.rival.with_user(self.seller).name = "Bad Windows"

    def test_merged_competitors(self):
        self.lead.competitor_line_ids.create(
            {"lead_id": self.lead.id, "competitor_id": self.rival.id}
        )
        other = self._create_lead(name="Windows again")
        other._lose_to(self.rival)
        merged = (self.lead + other).merge_opportunity()
        self.assertEqual(merged.competitor_line_ids.competitor_id, self.rival)
        self.assertEqual(len(merged.competitor_line_ids), 1)

    # === REPORTS ===

    def test_deals_of_every_status(self):
        """Those that are lost are counted as well, though they are archived."""
        self._lose()
        suspended = self._create_lead()
        suspended._suspend(self.in_a_month, "")
        won = self._create_lead()
        won.action_set_won()
        action = self.env.ref("crm_offer_calculation.crm_lead_action_deals")
        deals = self.lead + suspended + won + self._create_lead()
        rows = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .with_context(**literal_eval(action.context))
            .formatted_read_group(
                [("id", "in", deals.ids)], ["deal_status"], ["__count"]
            )
        )
        counts = {row["deal_status"]: row["__count"] for row in rows}
        expected = dict.fromkeys(("open", "won", "lost", "suspended"), 1)
        self.assertEqual(counts, expected)

    def _filter(self, view, name):
        """Return the deals that a filter of a search view finds for the seller."""
        arch = self.env["crm.lead"].get_view(self.env.ref(view).id, "search")["arch"]
        (node,) = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        leads = self.env["crm.lead"].with_user(self.seller)
        return leads.search(literal_eval(node.get("domain")))

    def test_lost_filter_of_the_core(self):
        self._lose()
        view = "crm.crm_opportunity_report_view_search"
        self.assertIn(self.lead, self._filter(view, "filter_won_status_lost"))

    def test_forecast_leaves_out_what_rests(self):
        suspended = self._create_lead()
        suspended._suspend(self.in_a_month, "")
        found = self._filter("crm.crm_lead_view_search_forecast", "forecast")
        self.assertIn(self.lead, found)
        self.assertNotIn(suspended, found)

    def test_offers_by_variant(self):
        self._send(self.offer)
        self.env.flush_all()
        report = self.env["crm.offer.report"].with_user(self.seller)
        domain = [("offer_id", "=", self.offer.id)]
        rows = report.search(domain)
        self.assertEqual(sorted(rows.mapped("amount_net")), [200, 700])
        self.assertEqual(sorted(rows.mapped("amount_margin")), [80, 280])
        (total,) = report.formatted_read_group(
            [*domain, ("is_main_variant", "=", True)], [], ["amount_net:sum"]
        )
        self.assertEqual(total["amount_net:sum"], 200)

    def test_states_in_the_language_of_the_reader(self):
        """The report calls them what they are called on offers and quotations."""
        self.env["res.lang"]._activate_lang("pl_PL")
        reader = self.env(user=self.seller, context={"lang": "pl_PL"})
        accepted = self.env.ref(
            "crm_offer_calculation.selection__crm_offer__state__accepted"
        )
        accepted.with_context(lang="pl_PL").name = "Zaakceptowana"
        fields = reader["crm.offer.report"].fields_get(attributes=["selection"])
        self.assertEqual(
            dict(fields["offer_state"]["selection"])["accepted"], "Zaakceptowana"
        )

    def test_offers_of_others_and_costs(self):
        domain = [("offer_id", "=", self.offer.id)]
        report = self.env["crm.offer.report"]
        self.assertFalse(report.with_user(self.other_seller).search(domain))
        self.assertEqual(report.with_user(self.manager).search_count(domain), 2)
        settings = self.env["res.config.settings"].create({})
        settings.group_see_cost = False
        settings.execute()
        with self.assertRaises(AccessError):
            report.with_user(self.seller).formatted_read_group(
                domain, [], ["amount_margin:sum"]
            )

    # === CORRESPONDENCE ===

    def test_correspondence(self):
        """What was written about the deal, its offers and quotations, in one list."""
        order = self._variant(self.offer, "A")
        for document in (self.lead, self.offer, order):
            document.message_post(
                body=f"About {document._name}", message_type="comment"
            )
        action = self.lead.action_view_correspondence()
        messages = self.env["mail.message"].with_user(self.seller)
        found = messages.search(action["domain"])
        self.assertEqual(
            set(found.mapped("model")), {"crm.lead", "crm.offer", "sale.order"}
        )
