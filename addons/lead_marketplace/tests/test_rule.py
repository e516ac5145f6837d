from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import MarketCommon


@tagged("post_install", "-at_install")
class TestMarketRule(MarketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["lead.market.tier"].create({"name": "Gold"})
        cls.granite.tier_id = cls.gold
        cls.request = cls._create_published_request()

    def _create_rule(self, name, **vals):
        return (
            self.env["lead.market.rule"]
            .with_user(self.manager)
            .create({"name": name, "percent": 1, **vals})
        )

    def _find(self, workshop=None):
        return self.env["lead.market.rule"]._find(
            workshop or self.granite, self.request
        )

    def test_managers_read_what_workshops_will_read(self):
        rule = self._create_rule("Five percent", percent=5)
        self.assertIn("5 % of the order total including taxes", rule.terms_text)
        rule.write({"base": "net", "minimum": 80, "exclusions": "Delivery"})
        for words in ("without taxes", "At least", "Delivery", "80.00; no order owes"):
            self.assertIn(words, rule.terms_text)
        take = self._open(self.request, self.granite_user).sudo()
        self.assertEqual(take.terms_text, take.rule_id.terms_text)

    def test_the_closest_rule_applies(self):
        """Each rule that is added fits better than those before."""
        partner = {"partner_id": self.granite.partner_id.id}
        category = {"category_id": self.memorials.id}
        tier = {"tier_id": self.gold.id}
        self.assertEqual(self._find(), self.rule)
        for vals in (
            category,
            tier,
            {**tier, **category},
            partner,
            {**partner, **category},
        ):
            rule = self._create_rule("Closer", sequence=99, **vals)
            self.assertEqual(self._find(), rule, vals)
        self.assertEqual(self._find(self.marble).category_id, self.memorials)

    def test_sequence_decides_between_equals(self):
        first = self._create_rule("First", sequence=1)
        self._create_rule("Second", sequence=1)
        self.assertEqual(self._find(), first)

    def test_rules_have_their_time(self):
        summer = self._create_rule(
            "Summer", sequence=1, date_from="2026-06-01", date_to="2026-08-31"
        )
        # Oslo is two hours ahead: the first of June begins at 22:00 UTC.
        for moment, expected in (
            ("2026-05-31 21:59:00", self.rule),
            ("2026-05-31 22:01:00", summer),
            ("2026-08-31 21:59:00", summer),
            ("2026-08-31 22:01:00", self.rule),
        ):
            with self.subTest(moment), freeze_time(moment):
                self.assertEqual(self._find(), expected)

    def test_no_rule_at_all(self):
        self.rule.with_user(self.manager).action_archive()
        with self.assertRaisesRegex(UserError, "has no commission rule"):
            self._find()

    def test_terms_are_frozen_at_opening(self):
        """A later price list never applies backwards."""
        take = self._open(self.request, self.granite_user)
        self.rule.percent = 50
        self.company.market_declare_days = 1
        order = self._declare(take, self.granite_user).with_user(self.operator)
        order.action_confirm()
        self.assertEqual(order.commission, 100)
        self.assertIn("10 %", take.terms_text)
        self.assertIn("within 5 days", take.terms_text)

    def test_terms_in_words(self):
        self.rule.write({"minimum": 20, "maximum": 400, "exclusions": "Delivery"})
        terms = self.rule._get_terms(self.company)
        text = self.rule._describe_terms(terms, self.company)
        for part in (
            "Commission: 10 % of the order total including taxes",
            "At least $\N{NO-BREAK SPACE}20.00",
            "At most $\N{NO-BREAK SPACE}400.00",
            "Left out of the total: Delivery.",
            "whenever the order comes",
            "an order of $\N{NO-BREAK SPACE}1,000.00 owes $\N{NO-BREAK SPACE}100.00",
        ):
            self.assertIn(part, text)

    def test_brackets_in_words(self):
        self._set_brackets(self.rule, "marginal", [(0, 7.5), (1000, 4)])
        self.rule.base = "net"
        self.company.market_attribution_months = 12
        terms = self.rule._get_terms(self.company)
        text = self.rule._describe_terms(terms, self.company)
        self.assertIn("7.50 % from $\N{NO-BREAK SPACE}0.00; 4 % from", text)
        self.assertIn("the order total without taxes", text)
        self.assertIn("within 12 months after opening", text)
        self.assertIn("for its part of the amount", text)
        terms["type"] = "whole"
        text = self.rule._describe_terms(terms, self.company)
        self.assertIn("for the whole amount", text)

    def test_brackets_leave_no_gap(self):
        with self.assertRaisesRegex(ValidationError, "begin at 0"):
            self._set_brackets(self.rule, "whole", [(100, 10)])

    def test_for_a_workshop_or_a_tier(self):
        with self.assertRaisesRegex(ValidationError, "not for both"):
            self._create_rule(
                "Both",
                partner_id=self.granite.partner_id.id,
                tier_id=self.gold.id,
            )
        with self.assertRaisesRegex(ValidationError, "the company itself"):
            self._create_rule("Person", partner_id=self.granite_user.partner_id.id)

    def test_only_managers_set_commissions(self):
        for user in (self.operator, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.rule.with_user(user).percent = 1
        with self.assertRaises(AccessError):
            self.rule.with_user(self.granite_user).read(["percent"])
