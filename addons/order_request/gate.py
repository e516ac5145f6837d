"""Whether an order may start at once, or has to be asked for first.

Plain values in, a plain answer out: no ORM, no clock. The rules come from the article
"Managing orders with Request to order": an audience, a choice of services, and hours in
the seller's time zone during which the gate is active.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from zoneinfo import ZoneInfo

DAY = 24 * 60
WEEK = 7 * DAY
# Further than a week ahead nothing new comes: the hours repeat.
HORIZON = timedelta(days=8)
# Somebody who is always away has to answer at some time as well.
LONGEST_ANSWER = timedelta(days=730)
SEVERITY = {"direct": 0, "request": 1, "closed": 2}


@dataclass(frozen=True)
class Window:
    """Hours in which the gate is active, by the seller's clock.

    `weekday` is the day it begins on, 0 for Monday; `start` is a minute of that day
    (0 to 1439), `end` the first minute that is outside (1 to 1440). A window whose end
    is not after its start goes on into the next day.
    """

    weekday: int
    start: int
    end: int


@dataclass(frozen=True)
class Policy:
    """What a seller has decided.

    `away` are pairs of aware moments, the second one excluded. `services` matters when
    not all are included. `windows` may be empty: the gate is then always active.
    """

    active: bool = True
    audience: str = "all"  # first, all
    all_services: bool = True
    services: frozenset = frozenset()
    tz: str = "UTC"
    windows: tuple = ()
    away: tuple = ()
    away_mode: str = "closed"  # closed, request
    exempt_after_offer: bool = True

    @cached_property
    def week(self):
        return Week(self.windows)

    @cached_property
    def zone(self):
        return ZoneInfo(self.tz)

    @cached_property
    def absences(self):
        # Plain UTC is compared several times as fast as moments of time zones.
        return sorted(
            (start.astimezone(timezone.utc), stop.astimezone(timezone.utc))
            for start, stop in self.away
        )


@dataclass(frozen=True)
class Customer:
    """What counts of a customer: an earlier order, an offer made to measure."""

    returning: bool = False
    had_offer: bool = False


@dataclass(frozen=True)
class Service:
    """Something to be ordered. `mode` is policy, always or never."""

    id: int
    mode: str = "policy"


@dataclass(frozen=True)
class Result:
    """The answer: direct, request or closed; why; what it is about; until when.

    `until` is the moment at which the hours or the absence change the answer, None when
    nothing is known to.
    """

    outcome: str
    reason: str
    services: frozenset = field(default_factory=frozenset)
    until: datetime | None = None

    def to_json(self):
        """Return the answer as values that JSON knows.

        :rtype: dict
        """
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "services": sorted(self.services),
            "until": self.until and self.until.isoformat(),
        }

    @classmethod
    def from_json(cls, values):
        """Return the answer that `to_json` made values of.

        :rtype: Result
        """
        until = values["until"]
        return cls(
            values["outcome"],
            values["reason"],
            frozenset(values["services"]),
            until and datetime.fromisoformat(until),
        )


class Week:
    """The hours of a week as the minutes at which the gate opens or shuts."""

    def __init__(self, windows):
        """Merge windows, which may overlap and go over the end of the week.

        :param windows: iterable of `Window`, empty for always
        """
        spans = sorted(span for window in windows for span in _get_spans(window))
        if not spans:
            spans = [(0, WEEK)]
        merged = [list(spans[0])]
        for start, end in spans[1:]:
            if start <= merged[-1][1]:
                merged[-1][1] = max(end, merged[-1][1])
            else:
                merged.append([start, end])
        starts = {start for start, _end in merged}
        ends = {end % WEEK for _start, end in merged}
        # Where one window ends and another begins nothing changes.
        self.flips = sorted(starts ^ ends)
        self.active_before = merged[-1][1] == WEEK

    def is_active(self, minute):
        """Return whether the gate is active.

        :param int minute: minute of the week, from Monday at midnight
        :rtype: bool
        """
        return self.active_before ^ bool(bisect_right(self.flips, minute) % 2)

    def minutes_to_flip(self, minute):
        """Return in how many minutes of the clock that changes, None for never.

        :param int minute: minute of the week
        :rtype: int | None
        """
        if not self.flips:
            return None
        index = bisect_right(self.flips, minute)
        if index < len(self.flips):
            return self.flips[index] - minute
        return self.flips[0] + WEEK - minute


def _get_spans(window):
    """Return a window as minutes of the week; two pieces over the end of Sunday."""
    start = window.weekday * DAY + window.start
    end = window.weekday * DAY + window.end
    if window.end <= window.start:
        end += DAY
    if end <= WEEK:
        return [(start, end)]
    return [(start, WEEK), (0, end - WEEK)]


def is_active(week, zone, at):
    """Return whether the gate is active at a moment.

    A moment always has one time on the seller's clock, so that the hour that is left
    out in spring is never active and the one that comes twice in autumn is so twice.

    :param Week week: the hours
    :param ZoneInfo zone: the seller's time zone
    :param datetime at: aware moment
    :rtype: bool
    """
    return week.is_active(_get_minute(at.astimezone(zone)))


def next_change(week, zone, at):
    """Return the first moment after `at` at which the answer changes.

    :param Week week: the hours
    :param ZoneInfo zone: the seller's time zone
    :param datetime at: aware moment
    :return: aware moment in the seller's time zone, None when it never changes
    :rtype: datetime | None
    """
    if not week.flips:
        return None
    # Adding to a local time moves the hands of a clock, whatever is done to them.
    at = at.astimezone(timezone.utc)
    local = at.astimezone(zone)
    active, end = week.is_active(_get_minute(local)), at + HORIZON
    while at < end:
        flip = (at + _get_time_to_flip(week, local)).astimezone(zone)
        if flip.utcoffset() == local.utcoffset():
            return flip
        # The clocks are moved before: that alone may lead into the hours, or out.
        at = _find_offset_change(zone, at, flip, local.utcoffset())
        local = at.astimezone(zone)
        if week.is_active(_get_minute(local)) != active:
            return local
    return None


def _get_time_to_flip(week, local):
    """Return how long it takes from a time on the clock if nobody moves the clock."""
    return timedelta(
        minutes=week.minutes_to_flip(_get_minute(local)),
        seconds=-local.second,
        microseconds=-local.microsecond,
    )


def _get_minute(local):
    return local.weekday() * DAY + local.hour * 60 + local.minute


def _find_offset_change(zone, start, end, offset):
    """Return the moment between two at which the clocks no longer have an offset."""
    low, high = 0, int((end - start).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        moment = start + timedelta(seconds=middle)
        if moment.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    # Clocks are moved on a full second, `start` need not be on one.
    return (start + timedelta(seconds=high)).replace(microsecond=0)


def evaluate(policy, customer, services, at):
    """Return whether services may be ordered at once.

    :param Policy policy: the seller's rules
    :param Customer customer: who orders
    :param services: iterable of `Service`; what is always ordered along, like delivery,
        does not belong here
    :param datetime at: aware moment that is decided about
    :return: `outcome` direct, request or closed; `services` are the ids that need a
        request, or that can't be had
    :rtype: Result
    """
    if not policy.active:
        return Result("direct", "policy_off")
    at = at.astimezone(timezone.utc)
    gated = frozenset(service.id for service in services if service.mode != "never")
    if not gated:
        return Result("direct", "service_not_listed")
    if end := _get_end_of_absence(policy, at):
        return Result(policy.away_mode, "away", gated, end)
    always = frozenset(service.id for service in services if service.mode == "always")
    listed = gated if policy.all_services else (gated & policy.services) | always
    if not listed:
        return Result("direct", "service_not_listed")
    if customer.had_offer and policy.exempt_after_offer:
        return Result("direct", "had_custom_offer")
    if always:
        return Result("request", "service_always", listed)
    if policy.audience == "first" and customer.returning:
        return Result("direct", "returning_customer")
    until = next_change(policy.week, policy.zone, at)
    if not is_active(policy.week, policy.zone, at):
        return Result("direct", "outside_hours", until=until)
    reason = "first_time" if policy.audience == "first" else "all_customers"
    return Result("request", reason, listed, until)


def _get_end_of_absence(policy, at):
    """Return until when the seller is away, None when they are not.

    Periods that follow each other without a break are one.
    """
    end = None
    for start, stop in policy.absences:
        if start <= (end or at) < stop:
            end = stop
    return end


def combine(results):
    """Return one answer for several: the strictest, about all services that it holds
    for, until the last of them is free.

    :param list results: of `Result`
    :rtype: Result
    """
    if not results:
        return Result("direct", "policy_off")
    worst = max(results, key=lambda result: SEVERITY[result.outcome])
    if worst.outcome == "direct":
        # A policy that is on says more than none.
        on = [result for result in results if result.reason != "policy_off"]
        return (on or results)[0]
    gated = [result for result in results if result.outcome != "direct"]
    ends = [result.until for result in gated]
    return Result(
        worst.outcome,
        worst.reason,
        frozenset().union(*(result.services for result in gated)),
        max(ends) if all(ends) else None,
    )


def add_open_hours(start, hours, week, zone, away):
    """Return the moment at which so many hours in which somebody answers have passed.

    :param datetime start: aware moment
    :param float hours: hours to add
    :param Week week: hours in which somebody answers
    :param ZoneInfo zone: time zone of these hours
    :param away: pairs of aware moments in which nobody does
    :rtype: datetime
    """
    left, at = timedelta(hours=hours), start.astimezone(timezone.utc)
    while at < start + LONGEST_ANSWER:
        if back := next((stop for begin, stop in away if begin <= at < stop), None):
            at = back.astimezone(timezone.utc)
            continue
        pauses = [begin for begin, _stop in away if begin > at]
        change = next_change(week, zone, at) or at + HORIZON
        end = min([*pauses, change]).astimezone(timezone.utc)
        if is_active(week, zone, at):
            end = min(end, at + left)
            left -= end - at
            if not left:
                return end
        at = end
    return at
