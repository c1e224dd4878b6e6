"""When stage tasks are due.

In 2026 Good Friday is 3 April, Easter Monday 6 April and King's Day Monday 27 April.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadans.ground.working_time import WorkingTime
from cadans.process.calendar import due_date
from cadans.process.design import Due

DUTCH = WorkingTime()
HERE = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("due", "entered", "expected"),
    [
        ({"after": 4, "unit": "hours"}, "2026-03-02 10:00", "2026-03-02 14:00"),
        ({"after": 1, "unit": "days"}, "2026-03-06 10:00", "2026-03-07 17:30"),
        ({"after": 0, "unit": "working_days"}, "2026-03-06 10:00", "2026-03-06 17:30"),
        ({"after": 0, "unit": "working_days"}, "2026-03-06 18:00", "2026-03-09 17:30"),
        ({"after": 0, "unit": "working_days"}, "2026-03-07 10:00", "2026-03-09 17:30"),
        ({"after": 1, "unit": "working_days"}, "2026-03-06 10:00", "2026-03-09 17:30"),
        ({"after": 1, "unit": "working_days"}, "2026-04-02 10:00", "2026-04-07 17:30"),
        ({"after": 2, "unit": "working_days"}, "2026-04-02 10:00", "2026-04-08 17:30"),
        ({"after": 1, "unit": "working_days"}, "2026-04-24 10:00", "2026-04-28 17:30"),
        # Summer time begins in the night to 29 March: the day still ends at half past five.
        ({"after": 3, "unit": "days"}, "2026-03-27 10:00", "2026-03-30 17:30"),
    ],
)
def test_counted_from_entering(due: dict, entered: str, expected: str) -> None:
    moment = due_date(Due(**due), entered_at=at(entered), working=DUTCH)
    assert moment == at(expected)


def test_before_the_expected_close() -> None:
    due = Due(after=2, unit="working_days", since="before_expected_close")
    moment = due_date(
        due, entered_at=at("2026-03-02 10:00"), working=DUTCH, expected_close=date(2026, 3, 23)
    )
    assert moment == at("2026-03-19 17:30")


def test_never_before_the_lead_entered_the_stage() -> None:
    due = Due(after=10, unit="days", since="before_expected_close")
    entered = at("2026-03-20 10:00")
    assert (
        due_date(due, entered_at=entered, working=DUTCH, expected_close=date(2026, 3, 23))
        == entered
    )


def test_days_off_of_the_assignee_are_passed_over() -> None:
    away = DUTCH.without([date(2026, 3, 3), date(2026, 3, 4)])
    due = Due(after=1, unit="working_days")
    assert due_date(due, entered_at=at("2026-03-02 10:00"), working=away) == at("2026-03-05 17:30")


def test_another_country_has_other_holidays() -> None:
    belgian = WorkingTime(country="BE")
    assert not DUTCH.is_working_day(date(2026, 4, 27))
    assert belgian.is_working_day(date(2026, 4, 27))


@given(
    minutes=st.integers(0, 4 * 365 * 24 * 60),
    after=st.integers(0, 60),
)
def test_working_days_are_counted_out_exactly(minutes: int, after: int) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = due_date(Due(after=after, unit="working_days"), entered_at=moment, working=DUTCH)
    day = DUTCH.day_of(moment)
    local = moment.astimezone(HERE).time()
    assert DUTCH.is_working_day(DUTCH.day_of(due))
    assert due.astimezone(HERE).time() == time(17, 30)
    between = DUTCH.working_days_between(day, DUTCH.day_of(due))
    starts_late = after == 0 and local > time(17, 30)
    assert between == (
        1 if starts_late or (after == 0 and not DUTCH.is_working_day(day)) else after
    )
