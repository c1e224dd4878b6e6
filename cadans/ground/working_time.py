"""Working time: hours and days on which people work, national holidays left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

FURTHEST = 3660
"""Days that a search for a working day looks ahead, so that it always ends."""


@dataclass(frozen=True)
class WorkingTime:
    """When an organisation works: weekdays (1 is Monday), hours, a country's holidays, a zone.

    `away` are days on which the person in question is absent.
    """

    zone: str = "Europe/Amsterdam"
    country: str = "NL"
    workdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    starts: time = time(9, 0)
    ends: time = time(17, 30)
    away: frozenset[date] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day."""
        return (
            day.isoweekday() in self.workdays
            and day not in self.away
            and day not in _holidays(self.country, day.year)
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

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie in (start, end]; 0 when end is not after start."""
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))

    def end_of(self, day: date) -> datetime:
        """The moment at which the working day ends, with its time zone."""
        return datetime.combine(day, self.ends, ZoneInfo(self.zone))

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def without(self, days: Iterable[date]) -> WorkingTime:
        """The same, for somebody who is away on those days."""
        return WorkingTime(
            self.zone, self.country, self.workdays, self.starts, self.ends, frozenset(days)
        )


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()
