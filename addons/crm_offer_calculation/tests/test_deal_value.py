from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import OfferCommon


@tagged("post_install", "-at_install")
class TestDealValue(OfferCommon):
    """What a deal is worth follows from its offers, or is entered by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create({"name": "Windows and doors"})
        cls.lead = cls._create_lead(team_id=cls.team.id, expected_revenue=10)
        cls.offer = cls._create_offer(
            [cls.window],
            [cls.window, cls.glazing],
            [cls.window, cls.door],
            lead=cls.lead,
        )

    def _set_policy(self, policy):
        self.team.value_policy = policy
        line = self._variant(self.offer, "A").order_line
        line.product_uom_qty += 1
        line.product_uom_qty -= 1

    def test_main_variant(self):
        self.assertEqual(self.lead.expected_revenue, 200)
        self.assertEqual(self.lead.expected_cost, 120)
        self.assertEqual(self.lead.expected_margin, 80)
        self.assertEqual(self.lead.expected_margin_percent, 0.4)
        self._variant(self.offer, "C").action_set_main_variant()
        self.assertEqual(self.lead.expected_revenue, 700)
        self.assertEqual(self.lead.expected_cost, 420)

    def test_value_follows_lines(self):
        """It goes down as well, which the core's never does."""
        self._variant(self.offer, "A").order_line.price_unit = 150
        self.assertEqual(self.lead.expected_revenue, 150)
        self.assertEqual(self.lead.expected_margin, 30)

    def test_other_policies(self):
        for policy, revenue, cost in (
            ("highest", 700, 420),
            ("lowest", 200, 120),
        ):
            with self.subTest(policy):
                self._set_policy(policy)
                self.assertEqual(self.lead.expected_revenue, revenue)
                self.assertEqual(self.lead.expected_cost, cost)

    def test_weighted(self):
        """Shares need not add up to 100: perhaps nothing is taken at all."""
        self._variant(self.offer, "A").variant_probability = 50
        self._variant(self.offer, "C").variant_probability = 20
        self._set_policy("weighted")
        self.assertEqual(self.lead.expected_revenue, 240)
        self.assertEqual(self.lead.expected_cost, 144)

    def test_by_hand(self):
        self.team.value_policy = "manual"
        self.lead.expected_revenue = 999
        self._variant(self.offer, "A").order_line.price_unit = 150
        self.assertEqual(self.lead.expected_revenue, 999)
        self.assertFalse(self.lead.is_value_calculated)
        self.assertEqual(self.lead.calculated_revenue, 150)
        self.lead.action_apply_calculation()
        self.assertEqual(self.lead.expected_revenue, 150)

    def test_latest_offer_counts(self):
        second = self._create_offer([self.door], lead=self.lead)
        self.assertEqual(self.lead.expected_revenue, 500)
        second.action_withdraw()
        self.assertEqual(self.lead.expected_revenue, 200)

    def test_variants_of_others_count(self):
        """The value does not depend on who may see which quotation."""
        self._variant(self.offer, "C").sudo().user_id = self.other_seller
        self.env.invalidate_all()
        self.assertEqual(len(self.lead.variant_ids), 2)
        self._set_policy("highest")
        self.assertEqual(self.lead.expected_revenue, 700)

    # === CURRENCIES ===

    def _create_currency(self, rate=0.25):
        currency = self.env["res.currency"].create(
            {"name": "WND", "symbol": "W", "rounding": 0.01}
        )
        self._set_rate(currency, rate, fields.Date.today())
        pricelist = self.env["product.pricelist"].create(
            {"name": "In windows", "currency_id": currency.id}
        )
        return currency, pricelist

    def _set_rate(self, currency, rate, date):
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": date,
                "rate": rate,
            }
        )

    def test_offer_in_another_currency(self):
        currency, pricelist = self._create_currency()
        variant = self._variant(self.offer, "A")
        variant.pricelist_id = pricelist
        variant.order_line.write({"price_unit": 33.33, "purchase_price": 20})
        self.assertEqual(self.lead.deal_currency_id, currency)
        self.assertEqual(self.lead.deal_amount, 33.33)
        self.assertAlmostEqual(self.lead.expected_revenue, 133.32)
        self.assertAlmostEqual(self.lead.expected_cost, 80)

    def test_rate_changes_before_the_order(self):
        """What was calculated stays; the order counts at the rate of its day."""
        currency, pricelist = self._create_currency()
        variant = self._variant(self.offer, "A")
        variant.pricelist_id = pricelist
        variant.order_line.write({"price_unit": 50, "purchase_price": 20})
        self.assertEqual(self.lead.expected_revenue, 200)
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=10)):
            self._set_rate(currency, 0.5, fields.Date.today())
            variant.action_confirm()
            self.assertEqual(self.lead.expected_revenue, 100)
        self.assertEqual(self.lead.expected_cost, 40)
        self.assertEqual(variant.margin_percent, 0.6)
        self.assertEqual(self.lead.deal_amount, 50)

    def test_weighted_in_two_currencies(self):
        """Then the company's currency is the only one that they have in common."""
        _currency, pricelist = self._create_currency()
        variant = self._variant(self.offer, "A")
        variant.pricelist_id = pricelist
        variant.order_line.write({"price_unit": 50, "purchase_price": 20})
        variant.variant_probability = 50
        self._variant(self.offer, "C").variant_probability = 50
        self._set_policy("weighted")
        self.assertEqual(self.lead.expected_revenue, 0.5 * 200 + 0.5 * 700)
        self.assertEqual(self.lead.deal_currency_id, self.company.currency_id)
        self.assertEqual(self.lead.deal_amount, 450)

    def test_deal_in_another_currency_by_hand(self):
        """What was typed stays to the cent; a new value is converted."""
        currency, _pricelist = self._create_currency(rate=0.3)
        lead = self._create_lead()
        lead.deal_currency_id = currency
        lead.deal_amount = 33.33
        self.assertEqual(lead.deal_amount, 33.33)
        self.assertAlmostEqual(lead.expected_revenue, 111.1)
        lead.expected_revenue = 1000
        self.assertEqual(lead.deal_amount, 300)
        with Form(lead, view="sale_crm.crm_case_form_view_oppor") as form:
            form.deal_amount = 333.3
            self.assertAlmostEqual(form.expected_revenue, 1111)
        self.assertEqual(lead.deal_amount, 333.3)

    # === WITHOUT CALCULATION ===

    def test_switched_off(self):
        """Value and cost stay and are entered by hand; nothing is lost."""
        self.company.offer_calculation_enabled = False
        self.assertEqual(self.lead.expected_revenue, 200)
        self.assertEqual(self.lead.expected_cost, 120)
        with Form(self.lead) as form:
            form.expected_revenue = 250
            form.expected_cost = 130
        self._variant(self.offer, "A").order_line.price_unit = 150
        self.assertEqual(self.lead.expected_revenue, 250)
        self.assertEqual(self.lead.expected_margin, 120)
        self.assertEqual(len(self.offer.variant_ids), 3)

    def test_switched_off_refuses_offers(self):
        """By the buttons, and by those who call methods themselves."""
        self.company.offer_calculation_enabled = False
        variant = self._variant(self.offer, "A")
        for action in (
            self.lead.action_new_offer,
            self.lead.action_new_quotation,
            self.lead.action_sale_quotations_new,
            self.lead.action_apply_calculation,
            self.offer.action_add_variant,
            variant.action_copy_variant,
        ):
            with self.subTest(action.__name__):
                with self.assertRaisesRegex(UserError, "not calculated"):
                    action()
        with self.assertRaisesRegex(UserError, "not calculated"):
            self.env["crm.offer"].with_user(self.seller).create(
                self.lead._prepare_offer_vals()
            )

    def test_switched_off_hides_offers(self):
        """What leads to them is there where a company of the user calculates them."""
        menus = [
            self.env.ref(f"crm_offer_calculation.{name}_menu").id
            for name in ("crm_offer", "crm_offer_report")
        ]
        user_menus = self.env["ir.ui.menu"].with_user(self.manager)
        self.assertLessEqual(set(menus), set(user_menus.load_menus(False)))
        self.company.offer_calculation_enabled = False
        self.assertFalse(set(menus) & set(user_menus.load_menus(False)))

    def test_switched_off_keeps_what_was_sent(self):
        self._send(self.offer)
        self.company.offer_calculation_enabled = False
        self._variant(self.offer, "B").action_confirm()
        self.assertEqual(self._variant(self.offer, "A").state, "cancel")
        self.assertEqual(self.lead.won_status, "won")

    def test_switched_on_again(self):
        """What was entered meanwhile stays, but the difference is shown."""
        self.company.offer_calculation_enabled = False
        self.lead.expected_revenue = 250
        self.company.offer_calculation_enabled = True
        self.assertEqual(self.lead.expected_revenue, 250)
        self.assertEqual(self.lead.calculated_revenue, 200)
        self.lead.action_apply_calculation()
        self.assertEqual(self.lead.expected_revenue, 200)

    def test_process_without_calculation(self):
        self.team.use_calculation = False
        self.assertFalse(self.lead.use_calculation)
        with self.assertRaisesRegex(UserError, "not calculated"):
            self.lead.action_new_offer()

    def test_switching_is_logged(self):
        """Who did it, and when; the dialog tells how many offers stay open."""
        admin = self._create_user("offer_admin", "base.group_system", "Anna Admin")
        before = self.env["ir.logging"].search([])
        settings = self.env["res.config.settings"].with_user(admin).create({})
        offer = self._create_offer([self.window])
        self._send(offer)
        domain = settings.action_view_open_offers()["domain"]
        self.assertIn(offer, self.env["crm.offer"].search(domain))
        self.assertEqual(
            settings.open_offer_count, self.env["crm.offer"].search_count(domain)
        )
        settings.offer_calculation_enabled = False
        settings.execute()
        self.assertFalse(self.company.offer_calculation_enabled)
        entry = self.env["ir.logging"].search([]) - before
        self.assertIn("offer_admin switched offers of", entry.message)
        self.assertIn("off", entry.message)
        self.assertEqual(entry.create_uid, admin.id)

    def test_only_administrators_switch(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.seller).offer_calculation_enabled = False
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create(
                {"offer_calculation_enabled": False}
            ).execute()

    def test_by_company(self):
        """Each company has its own switch."""
        other = self.env["res.company"].create({"name": "Other company"})
        self.seller.company_ids += other
        other.offer_calculation_enabled = False
        lead = self._create_lead(company_id=other.id, team_id=False, partner_id=False)
        self.assertFalse(lead.use_calculation)
        self.assertTrue(self.lead.use_calculation)

    def test_cost_is_hidden(self):
        settings = self.env["res.config.settings"].create({})
        settings.group_see_cost = False
        settings.execute()
        for name in ("expected_cost", "expected_margin", "expected_margin_percent"):
            with self.assertRaises(AccessError):
                self.lead.read([name])
            with self.assertRaises(AccessError):
                self.lead.formatted_read_group([], [], [f"{name}:sum"])
        with Form(self.lead) as form:
            form.name = "Windows for two houses"
        self.team.value_policy = "manual"
        self.lead.action_apply_calculation()
        self.assertEqual(self.lead.sudo().expected_cost, 120)

    def test_query_count(self):
        """Deals are valued together, however many there are."""
        leads = self.lead
        for _number in range(9):
            leads += self._create_offer([self.window]).lead_id
        self.env.flush_all()
        counts = []
        for some in (leads[:1], leads):
            self.env.invalidate_all()
            some.mapped("expected_revenue")
            start = self.cr.sql_log_count
            some._get_calculations()
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_sums_of_many_deals(self):
        """A pivot with cost and margin sums up what stands in the deals; the margin has
        no sum of its own, which would have PostgreSQL sort all deals."""
        leads = self.lead + self._create_lead(expected_revenue=70)
        leads += self._create_lead(expected_revenue=10, expected_cost=30)
        names = ("expected_revenue", "expected_cost", "expected_margin")
        aggregates = [f"{name}:sum" for name in names]
        domain = [("id", "in", leads.ids)]
        Lead = self.env["crm.lead"].with_user(self.seller)
        (found,) = Lead._read_group(domain, [], aggregates)
        self.assertEqual(found, tuple(sum(leads.mapped(name)) for name in names))
        self.assertEqual(Lead._read_group(domain, [], aggregates[2:]), [found[2:]])
        none = Lead._read_group([("id", "=", 0)], [], aggregates)
        self.assertEqual(none, [(False, False, False)])
        query = Lead._search(domain)
        sql = Lead._read_group_select(aggregates[2], query).code
        self.assertEqual(sql.count("SUM"), 2)

    def test_line_edited_in_a_form(self):
        with Form(self._variant(self.offer, "A")) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 180
        self.assertEqual(self.lead.expected_revenue, 180)
        self._variant(self.offer, "A").order_line = [Command.clear()]
        self.assertEqual(self.lead.expected_revenue, 0)
