"""The simulated sales organisation: one stream of deeds, in the order of time. Pure.

`simulate` knows nothing of tables. It hands each deed to a writer: `sell.py` has the product's
own engine carry it out, `in_bulk.py` folds it in memory by the same decisions.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cadans.demo.deeds import Deed, Publish, Standing, Writer
from cadans.demo.market import UTC, ZONE, Case, Market
from cadans.demo.people import ABSENCES, SELLERS
from cadans.demo.selling import Diary, Life, Sales
from cadans.demo.story import CHANGE_AT, CLASSIC, TRIAL
from cadans.ground.working_time import WorkingTime
from cadans.process.design import Design

Designs = Mapping[tuple[str, int], Design]
DAYS_A_MONTH = 30.44


@dataclass(frozen=True)
class Period:
    """The history that is told: from the first day to midnight before `today`."""

    today: date
    months: int

    @property
    def first(self) -> date:
        """The first day on which leads come in."""
        return self.today - timedelta(days=round(self.months * DAYS_A_MONTH))

    @property
    def until(self) -> datetime:
        """The moment at which the history ends."""
        return datetime.combine(self.today, time(0), ZONE).astimezone(UTC)

    @property
    def changes_at(self) -> datetime:
        """When the second versions are published: at nine on a Tuesday."""
        day = self.first + (self.today - self.first) * CHANGE_AT
        day += timedelta(days=(1 - day.weekday()) % 7)
        return datetime.combine(day, time(9), ZONE).astimezone(UTC)

    @property
    def begins_at(self) -> datetime:
        """When the first versions are published: the day before the first leads."""
        return datetime.combine(self.first - timedelta(days=1), time(9), ZONE).astimezone(UTC)


def absences(today: date) -> Iterator[tuple[str, date, date, str]]:
    """Who is away from when to when (both included), and why."""
    for key, ago, length, note in ABSENCES:
        first = today - timedelta(days=ago)
        yield key, first, first + timedelta(days=length - 1), note


def diary_of(period: Period) -> Diary:
    """Every rep's working days: no weekends, holidays or absences."""
    working = WorkingTime()
    days = (period.today - period.first).days + 90
    open_days = {
        day
        for day in (period.first + timedelta(days=n) for n in range(days))
        if working.is_working_day(day)
    }
    away: dict[str, set[date]] = {}
    for key, first, last, _note in absences(period.today):
        row = away.setdefault(key, set())
        row.update(first + timedelta(days=n) for n in range((last - first).days + 1))
    return Diary({one.key: open_days - away.get(one.key, set()) for one in SELLERS})


def simulate(
    writer: Writer,
    designs: Designs,
    *,
    period: Period,
    leads: int,
    seed: int,
    told: Callable[[int], None] = lambda done: None,
) -> None:
    """Hand every deed of the period to the writer. `told` hears after how many leads we are."""
    market = Market(first=period.first, until=period.until, leads=leads, seed=seed)
    sales = Sales(market, diary_of(period), designs)
    waiting: list[tuple[datetime, int, Deed, Life, Case]] = []
    last: dict[int, Standing] = {}
    news = [Publish(period.changes_at, "marloes", key) for key in (TRIAL, CLASSIC)]

    def put(case: Case, life: Life, deed: Deed) -> None:
        heapq.heappush(waiting, (deed.at, case.n, deed, life, case))

    def do_until(moment: datetime) -> None:
        while waiting and waiting[0][0] < moment:
            at, n, deed, life, case = heapq.heappop(waiting)
            while news and news[0].at <= at:
                writer.publish(news.pop())
            standing = writer.do(deed)
            try:
                put(case, life, life.send(standing))
                last[n] = standing
            except StopIteration:
                last.pop(n, None)

    for case in market.cases():
        do_until(case.at)
        life = sales.life(case)
        put(case, life, next(life))
        told(case.n)
    do_until(period.until)
    for _at, n, _deed, _life, case in sorted(waiting, key=lambda one: one[1]):
        standing = last.get(n)
        deed = sales.last_touch(case, standing, period.until) if standing else None
        if deed:
            writer.do(deed)
    writer.finish()
