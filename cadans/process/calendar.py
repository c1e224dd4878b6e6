"""When a stage task is due. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cadans.ground.working_time import WorkingTime
from cadans.process.design import Due


def due_date(
    due: Due, *, entered_at: datetime, working: WorkingTime, expected_close: date | None = None
) -> datetime:
    """The moment at which a task laid on a lead that entered the stage at `entered_at` is due.

    Hours run on by the clock; days and working days end at the close of the working day.
    "Before the expected close" falls back on counting from entering while no close is expected,
    and never lies before the moment of entering.
    """
    if due.since == "before_expected_close" and expected_close is not None:
        day = _before(expected_close, due, working)
        moment = working.end_of(day)
        if due.unit == "hours":
            moment -= timedelta(hours=due.after)
        return max(moment, entered_at)
    if due.unit == "hours":
        return entered_at + timedelta(hours=due.after)
    day = working.day_of(entered_at)
    if due.unit == "days":
        return working.end_of(day + timedelta(days=due.after))
    late = entered_at.astimezone(ZoneInfo(working.zone)).time() > working.ends
    if due.after == 0 and late:
        return working.end_of(working.working_day_after(day, 1))
    return working.end_of(working.working_day_after(day, due.after))


def _before(close: date, due: Due, working: WorkingTime) -> date:
    if due.unit == "hours":
        return close
    if due.unit == "days":
        return close - timedelta(days=due.after)
    day, left = close, due.after
    while left > 0:
        day -= timedelta(days=1)
        left -= working.is_working_day(day)
    return day
