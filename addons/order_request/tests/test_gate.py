from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_request import gate

UTC = timezone.utc
PARIS = ZoneInfo("Europe/Paris")
NIGHTS = tuple(gate.Window(day, 21 * 60, 6 * 60) for day in range(7))
TWO_WINDOWS = tuple(
    window
    for day in range(7)
    for window in (gate.Window(day, 0, 6 * 60), gate.Window(day, 21 * 60, 24 * 60))
)
# Clocks that are moved by an hour, by half an hour, never, and zones off the hour.
ZONES = [
    "Europe/Paris",
    "America/Montreal",
    "America/Santiago",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "UTC",
]
# Where clocks are moved, moments are looked at more often.
MOVES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
]
seconds = st.integers(0, 366 * 86400)
moments = st.one_of(
    seconds.map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)),
    st.tuples(st.sampled_from(MOVES), st.integers(-3 * 86400, 86400)).map(
        lambda pair: pair[0] + timedelta(seconds=pair[1])
    ),
)
windows = st.builds(
    gate.Window, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)
)
weeks = st.lists(windows, max_size=6)
zones = st.sampled_from(ZONES).map(ZoneInfo)
repeatable = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # says how busy the machine is
)


def is_in_one(windows, zone, at):
    """The rule as it is told: by the clock on the seller's wall, window by window."""
    local = at.astimezone(zone)
    minute, day = local.hour * 60 + local.minute, local.weekday()
    for window in windows:
        over_midnight = window.end <= window.start
        today = day == window.weekday and window.start <= minute
        if today and (over_midnight or minute < window.end):
            return True
        if over_midnight and day == (window.weekday + 1) % 7 and minute < window.end:
            return True
    return not windows


@tagged("post_install", "-at_install")
class TestGateHours(BaseCase):
    """The hours, on every clock."""

    def is_active(self, windows, at, zone=PARIS):
        return gate.is_active(gate.Week(windows), zone, at)

    def at(self, *parts, zone=PARIS, fold=0):
        return datetime(*parts, tzinfo=zone, fold=fold)

    def test_first_and_last_second(self):
        for name, hours in (("one window", NIGHTS), ("two windows", TWO_WINDOWS)):
            for clock, expected in (
                ((20, 59, 59), False),
                ((21, 0), True),
                ((23, 59, 59), True),
                ((0, 0), True),
                ((5, 59, 59), True),
                ((6, 0), False),
            ):
                with self.subTest(name, clock=clock):
                    at = self.at(2026, 6, 2, *clock)
                    self.assertEqual(self.is_active(hours, at), expected)

    def test_the_hour_that_spring_leaves_out(self):
        early_sunday = (gate.Window(6, 30, 150),)
        for utc, expected in (((0, 45), True), ((1, 15), False)):
            at = datetime(2026, 3, 29, *utc, tzinfo=UTC)
            self.assertEqual(self.is_active(early_sunday, at), expected)
        # It ends at half past two, which never comes: so when three o'clock comes.
        change = gate.next_change(
            gate.Week(early_sunday), PARIS, datetime(2026, 3, 29, 0, 45, tzinfo=UTC)
        )
        self.assertEqual(change, self.at(2026, 3, 29, 3, 0))

    def test_the_hour_that_autumn_repeats(self):
        window = (gate.Window(6, 120, 180),)
        for fold in (0, 1):
            at = self.at(2026, 10, 25, 2, 30, fold=fold).astimezone(UTC)
            self.assertTrue(self.is_active(window, at))
        change = gate.next_change(
            gate.Week(window), PARIS, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        )
        self.assertEqual(change.astimezone(UTC).hour, 2)

    def test_sunday_night_goes_into_monday(self):
        window = (gate.Window(6, 22 * 60, 5 * 60),)
        self.assertTrue(self.is_active(window, self.at(2026, 6, 8, 4, 59)))
        self.assertFalse(self.is_active(window, self.at(2026, 6, 8, 5, 0)))
        self.assertFalse(self.is_active(window, self.at(2026, 6, 7, 4, 0)))

    def test_without_hours_it_never_changes(self):
        whole_week = tuple(gate.Window(day, 0, 1440) for day in range(7))
        for hours in ((), whole_week):
            at = self.at(2026, 6, 2, 12)
            self.assertTrue(self.is_active(hours, at))
            self.assertIsNone(gate.next_change(gate.Week(hours), PARIS, at))

    @repeatable
    @given(weeks, zones, moments)
    def test_as_it_is_told(self, hours, zone, at):
        self.assertEqual(self.is_active(hours, at, zone), is_in_one(hours, zone, at))

    @repeatable
    @given(moments, zones)
    def test_two_windows_are_one_night(self, at, zone):
        self.assertEqual(
            self.is_active(NIGHTS, at, zone), self.is_active(TWO_WINDOWS, at, zone)
        )

    @repeatable
    @given(weeks, zones, moments)
    def test_nothing_changes_before_the_next_change(self, hours, zone, at):
        week = gate.Week(hours)
        now = gate.is_active(week, zone, at)
        change = gate.next_change(week, zone, at)
        end = change or at + gate.HORIZON
        self.assertGreater(end, at)
        if change:
            self.assertEqual(gate.is_active(week, zone, change), not now)
            before = change.astimezone(UTC) - timedelta(seconds=1)
            self.assertEqual(gate.is_active(week, zone, max(before, at)), now)
        step = max((end - at) / 50, timedelta(seconds=1))
        looked_at = at
        while looked_at < end:
            self.assertEqual(gate.is_active(week, zone, looked_at), now)
            looked_at += step

    @repeatable
    @given(weeks, zones, moments, st.integers(1, 72))
    def test_open_hours_add_up(self, hours, zone, at, wanted):
        week = gate.Week(hours)
        due = gate.add_open_hours(at, wanted, week, zone, [])
        if due - at >= gate.LONGEST_ANSWER:
            return  # a window of a minute a week
        open_time, looked_at = timedelta(), at.astimezone(UTC)
        while looked_at < due:
            change = gate.next_change(week, zone, looked_at) or due
            end = min(change, due).astimezone(UTC)
            if gate.is_active(week, zone, looked_at):
                open_time += end - looked_at
            looked_at = end
        self.assertEqual(open_time, timedelta(hours=wanted))


@tagged("post_install", "-at_install")
class TestGateAnswer(BaseCase):
    """Who may order what at once."""

    def setUp(self):
        super().setUp()
        self.night = datetime(2026, 6, 1, 22, tzinfo=PARIS)
        self.day = datetime(2026, 6, 1, 12, tzinfo=PARIS)
        self.new = gate.Customer()
        self.policy = {
            "audience": "first",
            "all_services": False,
            "services": frozenset({1}),
            "tz": "Europe/Paris",
            "windows": NIGHTS,
        }

    def ask(self, at, services=(1,), customer=None, modes=None, **policy):
        return gate.evaluate(
            gate.Policy(**{**self.policy, **policy}),
            customer or self.new,
            [gate.Service(one, (modes or {}).get(one, "policy")) for one in services],
            at,
        )

    def check(self, result, outcome, reason, services=()):
        self.assertEqual(
            (result.outcome, result.reason, set(result.services)),
            (outcome, reason, set(services)),
        )

    def test_new_customer_at_night(self):
        result = self.ask(self.night)
        self.check(result, "request", "first_time", {1})
        self.assertEqual(result.until, datetime(2026, 6, 2, 6, tzinfo=PARIS))

    def test_by_day(self):
        result = self.ask(self.day)
        self.check(result, "direct", "outside_hours")
        self.assertEqual(result.until, datetime(2026, 6, 1, 21, tzinfo=PARIS))

    def test_returning_customer(self):
        returning = gate.Customer(returning=True)
        self.check(
            self.ask(self.night, customer=returning), "direct", "returning_customer"
        )
        self.check(
            self.ask(self.night, customer=returning, audience="all"),
            "request",
            "all_customers",
            {1},
        )

    def test_customer_with_an_offer(self):
        customer = gate.Customer(had_offer=True)
        for modes in ({}, {1: "always"}):
            self.check(
                self.ask(self.night, customer=customer, modes=modes),
                "direct",
                "had_custom_offer",
            )
        self.check(
            self.ask(self.night, customer=customer, exempt_after_offer=False),
            "request",
            "first_time",
            {1},
        )

    def test_services(self):
        self.check(self.ask(self.night, [2]), "direct", "service_not_listed")
        self.check(self.ask(self.night, []), "direct", "service_not_listed")
        self.check(self.ask(self.night, [1, 2]), "request", "first_time", {1})
        self.check(
            self.ask(self.night, [1, 2], all_services=True),
            "request",
            "first_time",
            {1, 2},
        )

    def test_a_service_has_the_last_word(self):
        self.check(
            self.ask(self.night, modes={1: "never"}), "direct", "service_not_listed"
        )
        self.check(
            self.ask(self.day, [1, 3], modes={3: "always"}),
            "request",
            "service_always",
            {1, 3},
        )

    def test_away(self):
        week = (self.day, self.day + timedelta(days=7))
        closed = self.ask(self.day, [2], away=(week,))
        self.check(closed, "closed", "away", {2})
        self.assertEqual(closed.until, week[1])
        self.check(
            self.ask(self.day, [2], away=(week,), away_mode="request"),
            "request",
            "away",
            {2},
        )
        self.check(self.ask(week[1], [2], away=(week,)), "direct", "service_not_listed")

    def test_away_twice_in_a_row(self):
        first = (self.day, self.day + timedelta(days=7))
        second = (first[1], first[1] + timedelta(days=1))
        self.assertEqual(self.ask(self.day, away=(second, first)).until, second[1])

    def test_away_what_needs_no_request_can_be_had(self):
        week = (self.day, self.day + timedelta(days=7))
        result = self.ask(self.day, [1, 2], modes={2: "never"}, away=(week,))
        self.check(result, "closed", "away", {1})
        self.check(
            self.ask(self.day, [2], modes={2: "never"}, away=(week,)),
            "direct",
            "service_not_listed",
        )

    def test_off(self):
        self.check(self.ask(self.night, active=False), "direct", "policy_off")

    @repeatable
    @given(weeks, st.sampled_from(ZONES), moments)
    def test_the_answer_holds_until_then(self, hours, tz, at):
        result = self.ask(at, windows=tuple(hours), tz=tz)
        if result.until:
            later = self.ask(result.until, windows=tuple(hours), tz=tz)
            self.assertNotEqual(later.outcome, result.outcome)
            just_before = result.until.astimezone(UTC) - timedelta(seconds=1)
            before = self.ask(max(just_before, at), windows=tuple(hours), tz=tz)
            self.assertEqual(before.outcome, result.outcome)
