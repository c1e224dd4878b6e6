"""When the stage tasks of a try are due: `process.calendar`, asked once for what is alike. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cadans.ground.working_time import WorkingTime
from cadans.process.calendar import due_date
from cadans.process.design import Due

BY_DAY = {"days", "working_days"}
LONGEST = 366
"""Days of an absence without an end that count, as `team.queries.absent_days` has it."""

Span = tuple[date | None, date | None]
"""An absence: its first day and the day of return."""


class DueAt(NamedTuple):
    """When a task is due, and the day of that moment as a number (`date.toordinal`)."""

    at: datetime
    day: int


class Dues:
    """The due dates of tasks. `away` tells the days on which somebody is absent.

    What is counted in days depends on the day alone on which it begins, and on whether the office
    was closed by then; so that much is looked up instead of counted anew for each lead.
    """

    def __init__(self, working: WorkingTime, away: Mapping[uuid.UUID, Sequence[Span]]) -> None:
        self.working = working
        self._zone = ZoneInfo(working.zone)
        self._of = {user: working.without(_days(spans)) for user, spans in away.items()}
        self._known: dict[tuple[object, ...], DueAt | None] = {}

    def of(
        self,
        due: Due,
        *,
        entered_at: datetime,
        assignee: uuid.UUID | None,
        expected_close: date | None,
        after_task: datetime | None = None,
    ) -> DueAt | None:
        """When a task is due that was laid on entering the stage; see `process.calendar`."""
        if due.since == "task" and after_task is None:
            return None
        working = self._of.get(assignee, self.working) if assignee and self._of else self.working
        start = after_task if due.since == "task" and after_task else entered_at
        close = expected_close if due.since == "before_expected_close" else None
        if due.unit not in BY_DAY:
            return self._asked(due, entered_at, working, close, after_task)
        local = start.astimezone(self._zone)
        key = (id(due), local.date(), local.time() >= working.ends, id(working), close)
        if key not in self._known:
            self._known[key] = self._asked(due, entered_at, working, close, after_task)
        return self._known[key]

    def _asked(
        self,
        due: Due,
        entered_at: datetime,
        working: WorkingTime,
        close: date | None,
        after_task: datetime | None,
    ) -> DueAt | None:
        at = due_date(
            due,
            entered_at=entered_at,
            working=working,
            expected_close=close,
            after_task=after_task,
        )
        return None if at is None else DueAt(at, working.day_of(at).toordinal())


def _days(spans: Sequence[Span]) -> set[date]:
    days: set[date] = set()
    for first, back in spans:
        begins = first or (back or date.max) - timedelta(days=LONGEST)
        ends = back or begins + timedelta(days=LONGEST)
        days.update(begins + timedelta(days=n) for n in range((ends - begins).days))
    return days
