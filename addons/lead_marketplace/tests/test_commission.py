import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.lead_marketplace import commission

CENT = 0.01
# The same examples in each run, and no clock: Hypothesis reads all of Odoo's source
# for constants before the first one.
steady = settings(
    max_examples=int(os.environ.get("OFFERDESK_PROPERTY_EXAMPLES") or 200),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TIERS = [[0, 10], [1000, 5], [5000, 1]]


def terms(**vals):
    """Return terms of ten percent, changed by ``vals``."""
    flat = {"type": "flat", "percent": 10, "brackets": [], "minimum": 0, "maximum": 0}
    return {**flat, **vals}


def hundredths(most):
    """Return a strategy for numbers of two decimals up to ``most``."""
    return st.integers(0, most * 100).map(lambda number: number / 100)


amounts = hundredths(10**7)
percents = hundredths(100)
bracket_lists = st.lists(
    st.tuples(hundredths(10**6), percents).map(list),
    max_size=6,
    unique_by=lambda bracket: bracket[0],
)
any_terms = st.builds(
    terms,
    type=st.sampled_from(["flat", "marginal", "whole"]),
    percent=percents,
    brackets=bracket_lists,
)


@tagged("post_install", "-at_install")
class TestMarketCommission(BaseCase):
    def assertCommission(self, amount, percent, base, **vals):
        self.assertEqual(
            commission.compute(terms(**vals), base, CENT), (amount, percent)
        )

    def test_one_percentage(self):
        self.assertCommission(100, 10, 1000)
        self.assertCommission(0.01, 10, 0.05)
        self.assertCommission(12.35, 10, 123.45)
        self.assertCommission(0, 0, 0)

    def test_each_bracket_for_its_part(self):
        """The next bracket never makes the whole dearer or cheaper at once."""
        marginal = {"type": "marginal", "brackets": TIERS}
        self.assertCommission(100, 10, 1000, **marginal)
        self.assertCommission(100.05, 9.995, 1001, **marginal)
        self.assertCommission(300, 6, 5000, **marginal)
        self.assertCommission(350, 3.5, 10000, **marginal)

    def test_reached_bracket_for_the_whole(self):
        whole = {"type": "whole", "brackets": TIERS}
        self.assertCommission(99.99, 10, 999.9, **whole)
        self.assertCommission(50, 5, 1000, **whole)
        self.assertCommission(100, 1, 10000, **whole)

    def test_no_bracket_is_reached(self):
        late = {"brackets": [[1000, 5]]}
        self.assertCommission(0, 0, 900, type="whole", **late)
        self.assertCommission(0, 0, 900, type="marginal", **late)
        self.assertCommission(5, 0.4545, 1100, type="marginal", **late)

    def test_minimum_and_maximum(self):
        """They hold for work that was paid; the percentage is told all the same."""
        limits = {"minimum": 50, "maximum": 200}
        self.assertCommission(50, 10, 100, **limits)
        self.assertCommission(100, 10, 1000, **limits)
        self.assertCommission(200, 10, 9000, **limits)
        self.assertCommission(0, 0, 0, **limits)

    def test_halves_are_rounded_up(self):
        self.assertCommission(1.01, 10, 10.05)
        self.assertEqual(commission.compute(terms(), 105, 1)[0], 11)
        self.assertEqual(commission.compute(terms(), 1000.3, 0.05)[0], 100.05)

    def test_told_in_parts(self):
        told = commission.describe(
            terms(type="marginal", brackets=TIERS, maximum=90), 1500, CENT
        )
        self.assertEqual(told["parts"], [(1000, 10, 100), (500, 5, 25)])
        self.assertEqual(told["limit"], "maximum")
        self.assertEqual(told["amount"], 90)

    @steady
    @given(any_terms, amounts)
    def test_never_more_than_the_order(self, agreed, base):
        amount, percent = commission.compute(agreed, base, CENT)
        self.assertGreaterEqual(amount, 0)
        self.assertLessEqual(amount, base + CENT / 2)
        self.assertGreaterEqual(percent, 0)
        self.assertLessEqual(percent, 100)

    @steady
    @given(any_terms, amounts, amounts, amounts)
    def test_limits_hold(self, agreed, base, one, other):
        minimum, maximum = sorted((one, other))
        limited = {**agreed, "minimum": minimum, "maximum": maximum}
        amount, _percent = commission.compute(limited, base, CENT)
        if base:
            self.assertGreaterEqual(amount, minimum)
        if maximum:
            self.assertLessEqual(amount, maximum)

    @steady
    @given(bracket_lists, amounts, amounts)
    def test_more_work_never_owes_less(self, brackets, one, other):
        """True for brackets by parts and one percentage, not for the whole amount."""
        less, more = sorted((one, other))
        for agreed in (terms(type="marginal", brackets=brackets), terms()):
            self.assertLessEqual(
                commission.compute(agreed, less, CENT)[0],
                commission.compute(agreed, more, CENT)[0],
            )

    @steady
    @given(any_terms, amounts)
    def test_parts_add_up(self, agreed, base):
        told = commission.describe(agreed, base, CENT)
        self.assertAlmostEqual(sum(part for part, _p, _s in told["parts"]), base, 2)

    @steady
    @given(amounts, percents)
    def test_one_bracket_is_one_percentage(self, base, percent):
        flat = commission.compute(terms(percent=percent), base, CENT)
        for kind in ("marginal", "whole"):
            agreed = terms(type=kind, brackets=[[0, percent]])
            self.assertEqual(commission.compute(agreed, base, CENT), flat)
