"""Working time: hours and days on which people work, national holidays left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

FURTHEST = 3660
"""Days that a search for a working day looks ahead, so that it always ends."""

YEARS_COMPARED = range(2024, 2027)
"""Years in which a region's holidays are compared with its country's."""


@dataclass(frozen=True)
class WorkingTime:
    """When an organisation works: weekdays (1 is Monday), hours, a country's holidays, a zone.

    `region` adds the holidays of a part of the country (ISO 3166-2 without the country: BY, VD);
    `away` are days on which the person in question is absent.
    """

    zone: str = "Europe/Amsterdam"
    country: str = "NL"
    workdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    starts: time = time(9, 0)
    ends: time = time(17, 30)
    away: frozenset[date] = field(default_factory=frozenset)
    region: str = ""

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day."""
        return (
            day.isoweekday() in self.workdays
            and day not in self.away
            and day not in _holidays(self.country, self.region, day.year)
        )

    def working_day_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`; with n = 0 `day` itself or the next working day."""
        left, step = n, 0
        while step < FURTHEST:
            if left <= 0 and self.is_working_day(day):
                return day
            day += timedelta(days=1)
            step += 1
            if self.is_working_day(day):
                left -= 1
        return day

    def working_day_before(self, day: date, n: int) -> date:
        """The n-th working day before `day`; with n = 0 `day` itself or the last working day."""
        left, step = n, 0
        while step < FURTHEST:
            if left <= 0 and self.is_working_day(day):
                return day
            day -= timedelta(days=1)
            step += 1
            if self.is_working_day(day):
                left -= 1
        return day

    def after_hours(self, moment: datetime, hours: int) -> datetime:
        """The moment at which so many hours have been worked since `moment`.

        The clock stands still outside working time. Counted in moments and not in the hours that
        the clock shows, so that a night in which the clocks change makes no difference.
        """
        left = timedelta(hours=hours)
        day = self.day_of(moment)
        for _step in range(FURTHEST):
            if self.is_working_day(day):
                begins = max(moment, self.start_of(day)).astimezone(UTC)
                there_is = max(self.end_of(day) - begins, timedelta())
                if left <= there_is and begins < self.end_of(day):
                    return begins + left
                left -= there_is
            day += timedelta(days=1)
        return self.end_of(day)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie in (start, end]; 0 when end is not after start."""
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))

    def start_of(self, day: date) -> datetime:
        """The moment at which the working day begins, with its time zone."""
        return datetime.combine(day, self.starts, ZoneInfo(self.zone))

    def end_of(self, day: date) -> datetime:
        """The moment at which the working day ends, with its time zone."""
        return datetime.combine(day, self.ends, ZoneInfo(self.zone))

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def without(self, days: Iterable[date]) -> WorkingTime:
        """The same, for somebody who is away on those days."""
        return replace(self, away=frozenset(days))


@lru_cache(maxsize=256)
def _holidays(country: str, region: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        return _holidays(country, "", year) if region else frozenset()


@lru_cache(maxsize=8)
def regions_of(country: str) -> dict[str, str]:
    """The parts of a country that have other public holidays than the whole: code → name."""
    try:
        known = holidays.country_holidays(country, years=YEARS_COMPARED)
    except NotImplementedError:
        return {}
    names = known.get_subdivision_aliases()
    return {
        code: (names.get(code) or [code])[-1]
        for code in known.subdivisions
        if holidays.country_holidays(country, subdiv=code, years=YEARS_COMPARED).keys()
        != known.keys()
    }
