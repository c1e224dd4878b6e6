"""When a stage task is due. Pure.

Three rules hold for every unit: nobody has to work on a day off (a weekend, a national holiday, a
day on which the assignee is away), a day ends at the close of business, and nothing is due before
it was there.
"""

from datetime import UTC, date, datetime, timedelta

from cadans.ground.working_time import WorkingTime
from cadans.process.design import Due


def due_date(
    due: Due,
    *,
    entered_at: datetime,
    working: WorkingTime,
    expected_close: date | None = None,
    after_task: datetime | None = None,
) -> datetime | None:
    """The moment at which a task laid on a lead that entered the stage at `entered_at` is due.

    A task that follows another has no due date until that one has ended, at `after_task`. "Before
    the expected close" counts from entering while no close is expected; a moment that is past
    already becomes the close of the day on which the task was laid.
    """
    match due.since:
        case "task":
            return _after(after_task, due, working) if after_task else None
        case "before_expected_close" if expected_close is not None:
            moment = _before(expected_close, due, working)
            return moment if moment > entered_at else working.end_of(_day_for(entered_at, working))
    return _after(entered_at, due, working)


def _after(start: datetime, due: Due, working: WorkingTime) -> datetime:
    match due.unit:
        case "hours":
            moment = start.astimezone(UTC) + timedelta(hours=due.after)
            day = working.day_of(moment)
            return moment if working.is_working_day(day) else _close_of_day_from(day, working)
        case "working_hours":
            return working.after_hours(start, due.after)
        case "days" if due.after:
            return _close_of_day_from(working.day_of(start) + timedelta(days=due.after), working)
    if due.after == 0:
        return working.end_of(_day_for(start, working))
    return working.end_of(working.working_day_after(working.day_of(start), due.after))


def _before(close: date, due: Due, working: WorkingTime) -> datetime:
    """Counted back from the close of business on the day of the expected close."""
    last = working.end_of(working.working_day_before(close, 0))
    match due.unit:
        case "hours":
            moment = last.astimezone(UTC) - timedelta(hours=due.after)
            day = working.day_of(moment)
            if working.is_working_day(day):
                return moment
            return working.end_of(working.working_day_before(day, 0))
        case "working_hours":
            return _hours_back(last, due.after, working)
        case "days":
            day = working.working_day_before(close - timedelta(days=due.after), 0)
            return working.end_of(day)
    return working.end_of(working.working_day_before(close, due.after))


def _hours_back(moment: datetime, hours: int, working: WorkingTime) -> datetime:
    left, day = timedelta(hours=hours), working.day_of(moment)
    while True:
        there_is = working.end_of(day) - working.start_of(day)
        if left < there_is:
            return working.end_of(day).astimezone(UTC) - left
        left -= there_is
        day = working.working_day_before(day, 1)


def _close_of_day_from(day: date, working: WorkingTime) -> datetime:
    """The close of business on that day, or on the first working day after it."""
    return working.end_of(working.working_day_after(day, 0))


def _day_for(moment: datetime, working: WorkingTime) -> date:
    """The working day on which something that came at that moment can still be done."""
    day = working.day_of(moment)
    over = working.is_working_day(day) and moment >= working.end_of(day)
    return working.working_day_after(day, 1 if over else 0)
