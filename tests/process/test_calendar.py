"""When stage tasks are due: each row was counted out on a calendar, by hand.

In 2026 Good Friday is 3 April, Easter Monday 6 April, King's Day Monday 27 April, Ascension Day
14 May, Whit Monday 25 May and Christmas Day a Friday. Summer time begins on Sunday 29 March and
ends on Sunday 25 October. In 2027 New Year's Day is a Friday and summer time begins on Easter
Sunday, 28 March.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadans.ground.working_time import WorkingTime, regions_of
from cadans.process.calendar import due_date
from cadans.process.design import Due

DUTCH = WorkingTime()
AT_FIVE = WorkingTime(ends=time(17))
BELGIAN = WorkingTime(zone="Europe/Brussels", country="BE")
BAVARIAN = WorkingTime(zone="Europe/Berlin", country="DE", region="BY")
BERLINER = WorkingTime(zone="Europe/Berlin", country="DE", region="BE")
NEW_YORKER = WorkingTime(zone="America/New_York", country="US")
WITH_SATURDAY = WorkingTime(workdays=frozenset({1, 2, 3, 4, 5, 6}))
NO_FRIDAY = WorkingTime(workdays=frozenset({1, 2, 3, 4}))


def away(*days: str) -> WorkingTime:
    return DUTCH.without(date.fromisoformat(day) for day in days)


def at(text: str, working: WorkingTime = DUTCH) -> datetime:
    """A moment where the organisation is, or in UTC when the text ends in Z."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(working.zone))


def case(
    why: str, after: int, unit: str, start: str, expected: str, working: WorkingTime = DUTCH
) -> Any:
    return pytest.param(Due(after=after, unit=unit), start, expected, working, id=why)  # type: ignore[arg-type]


HOURS = [
    case("hours run on by the clock", 4, "hours", "2026-03-02 10:00", "2026-03-02 14:00"),
    case("no hours: at once", 0, "hours", "2026-03-02 10:00", "2026-03-02 10:00"),
    case("Friday 17:01, into the evening", 4, "hours", "2026-03-06 17:01", "2026-03-06 21:01"),
    case("ends on Saturday: Monday", 24, "hours", "2026-03-06 10:00", "2026-03-09 17:30"),
    case("past midnight into Saturday", 4, "hours", "2026-03-06 22:00", "2026-03-09 17:30"),
    case("at once on a Sunday: Monday", 0, "hours", "2026-03-08 10:00", "2026-03-09 17:30"),
    case("from Sunday night", 12, "hours", "2026-03-08 23:00", "2026-03-09 11:00"),
    case("ends on King's Day", 24, "hours", "2026-04-26 10:00", "2026-04-28 17:30"),
    case("clocks go forward: an hour later", 48, "hours", "2026-03-28 10:00", "2026-03-30 11:00"),
    case("clocks go back: an hour earlier", 48, "hours", "2026-10-24 10:00", "2026-10-26 09:00"),
    case(
        "ends on a day away",
        24,
        "hours",
        "2026-03-02 10:00",
        "2026-03-04 17:30",
        away("2026-03-03"),
    ),
]
WORKING_HOURS = [
    case("within one day", 4, "working_hours", "2026-03-02 10:00", "2026-03-02 14:00"),
    case("over the weekend", 4, "working_hours", "2026-03-06 16:00", "2026-03-09 11:30"),
    case(
        "Friday 17:01: 29 minutes left", 1, "working_hours", "2026-03-06 17:01", "2026-03-09 09:31"
    ),
    case("Friday night", 1, "working_hours", "2026-03-06 22:00", "2026-03-09 10:00"),
    case("Sunday", 1, "working_hours", "2026-03-08 15:00", "2026-03-09 10:00"),
    case("before the day begins", 1, "working_hours", "2026-03-02 07:15", "2026-03-02 10:00"),
    case("over Easter", 8, "working_hours", "2026-04-02 13:30", "2026-04-07 13:00"),
    case("exactly until the close", 2, "working_hours", "2026-03-02 15:30", "2026-03-02 17:30"),
    case("from the close on", 1, "working_hours", "2026-03-02 17:30", "2026-03-03 10:00"),
    case("two whole days", 17, "working_hours", "2026-03-02 09:00", "2026-03-03 17:30"),
    case("clocks go forward", 2, "working_hours", "2026-03-27 16:30", "2026-03-30 10:00"),
    case("clocks go back", 2, "working_hours", "2026-10-23 16:30", "2026-10-26 10:00"),
    case(
        "two days away",
        *(4, "working_hours", "2026-03-02 15:30", "2026-03-05 11:00"),
        away("2026-03-03", "2026-03-04"),
    ),
]
DAYS = [
    case("three days on, a Thursday", 3, "days", "2026-03-02 10:00", "2026-03-05 17:30"),
    case("a Saturday becomes Monday", 1, "days", "2026-03-06 10:00", "2026-03-09 17:30"),
    case("a Sunday becomes Monday", 2, "days", "2026-03-06 10:00", "2026-03-09 17:30"),
    case("Friday to Monday is three days", 3, "days", "2026-03-06 10:00", "2026-03-09 17:30"),
    case("the same day", 0, "days", "2026-03-02 10:00", "2026-03-02 17:30"),
    case("the same day, but it is over", 0, "days", "2026-03-02 20:00", "2026-03-03 17:30"),
    case("Christmas Day, a Friday", 7, "days", "2026-12-18 10:00", "2026-12-28 17:30"),
    case("thirty days over February", 30, "days", "2026-01-31 10:00", "2026-03-02 17:30"),
    case("a leap day", 1, "days", "2028-02-28 10:00", "2028-02-29 17:30"),
    case("half past five in summer time too", 3, "days", "2026-03-27 10:00", "2026-03-30 17:30"),
    case("the long Sunday of October", 1, "days", "2026-10-24 10:00", "2026-10-26 17:30"),
    case(
        "two days away",
        *(1, "days", "2026-03-02 10:00", "2026-03-05 17:30"),
        away("2026-03-03", "2026-03-04"),
    ),
]
WORKING_DAYS = [
    case("the same day", 0, "working_days", "2026-03-06 10:00", "2026-03-06 17:30"),
    case("Friday 17:01, still open", 0, "working_days", "2026-03-06 17:01", "2026-03-06 17:30"),
    case(
        "Friday 17:01, closed at five",
        0,
        "working_days",
        "2026-03-06 17:01",
        "2026-03-09 17:00",
        AT_FIVE,
    ),
    case(
        "Friday 17:01 and one, closed at five",
        *(1, "working_days", "2026-03-06 17:01", "2026-03-09 17:00"),
        AT_FIVE,
    ),
    case("at the very close", 0, "working_days", "2026-03-06 17:30", "2026-03-09 17:30"),
    case("Saturday itself is Monday", 0, "working_days", "2026-03-07 10:00", "2026-03-09 17:30"),
    case("Friday and one", 1, "working_days", "2026-03-06 10:00", "2026-03-09 17:30"),
    case("Saturday and one", 1, "working_days", "2026-03-07 10:00", "2026-03-09 17:30"),
    case("Good Friday and Easter", 1, "working_days", "2026-04-02 10:00", "2026-04-07 17:30"),
    case("two over Easter", 2, "working_days", "2026-04-02 10:00", "2026-04-08 17:30"),
    case("King's Day on a Monday", 1, "working_days", "2026-04-24 10:00", "2026-04-28 17:30"),
    case("King's Day on a Saturday", 1, "working_days", "2025-04-25 10:00", "2025-04-28 17:30"),
    case(
        "Liberation Day, once in five years",
        1,
        "working_days",
        "2025-05-02 10:00",
        "2025-05-06 17:30",
    ),
    case("5 May in other years", 1, "working_days", "2026-05-04 10:00", "2026-05-05 17:30"),
    case("Ascension Day", 1, "working_days", "2026-05-13 10:00", "2026-05-15 17:30"),
    case("Whit Monday", 1, "working_days", "2026-05-22 10:00", "2026-05-26 17:30"),
    case("over Christmas", 3, "working_days", "2026-12-24 10:00", "2026-12-30 17:30"),
    case("over the turn of the year", 2, "working_days", "2026-12-30 10:00", "2027-01-04 17:30"),
    case("a week from New Year's Eve", 5, "working_days", "2026-12-31 10:00", "2027-01-08 17:30"),
    case(
        "Easter with the clocks forward", 1, "working_days", "2027-03-25 10:00", "2027-03-30 17:30"
    ),
    case("clocks go back", 1, "working_days", "2026-10-23 10:00", "2026-10-26 17:30"),
    case(
        "past midnight here, not in UTC", 1, "working_days", "2026-03-05T23:30Z", "2026-03-09 17:30"
    ),
    case(
        "two days away",
        *(1, "working_days", "2026-03-02 10:00", "2026-03-05 17:30"),
        away("2026-03-03", "2026-03-04"),
    ),
    case(
        "away after King's Day",
        *(1, "working_days", "2026-04-24 10:00", "2026-04-30 17:30"),
        away("2026-04-28", "2026-04-29"),
    ),
    case(
        "away on the day itself",
        *(0, "working_days", "2026-03-02 10:00", "2026-03-03 17:30"),
        away("2026-03-02"),
    ),
    case(
        "no King's Day in Belgium",
        1,
        "working_days",
        "2026-04-24 10:00",
        "2026-04-27 17:30",
        BELGIAN,
    ),
    case(
        "Belgium's national day", 1, "working_days", "2026-07-20 10:00", "2026-07-22 17:30", BELGIAN
    ),
    case(
        "Epiphany in Bavaria", 1, "working_days", "2026-01-05 10:00", "2026-01-07 17:30", BAVARIAN
    ),
    case(
        "no Epiphany in Berlin", 1, "working_days", "2026-01-05 10:00", "2026-01-06 17:30", BERLINER
    ),
    case(
        "Independence Day on a Saturday, kept on Friday",
        *(1, "working_days", "2026-07-02 10:00", "2026-07-06 17:30"),
        NEW_YORKER,
    ),
    case(
        "a shop works on Saturday",
        1,
        "working_days",
        "2026-03-06 10:00",
        "2026-03-07 17:30",
        WITH_SATURDAY,
    ),
    case(
        "nobody works on Friday",
        1,
        "working_days",
        "2026-03-05 10:00",
        "2026-03-09 17:30",
        NO_FRIDAY,
    ),
]


@pytest.mark.parametrize(
    ("due", "start", "expected", "working"), [*HOURS, *WORKING_HOURS, *DAYS, *WORKING_DAYS]
)
def test_counted_from_entering(due: Due, start: str, expected: str, working: WorkingTime) -> None:
    moment = due_date(due, entered_at=at(start, working), working=working)
    assert moment == at(expected, working)


@pytest.mark.parametrize(
    ("due", "start", "expected", "working"), [HOURS[0], WORKING_HOURS[1], DAYS[1], WORKING_DAYS[10]]
)
def test_counted_from_the_end_of_another_task(
    due: Due, start: str, expected: str, working: WorkingTime
) -> None:
    later = due.model_copy(update={"since": "task", "task": "call"})
    long_ago = at("2026-01-05 10:00")
    assert due_date(later, entered_at=long_ago, working=working) is None
    moment = due_date(later, entered_at=long_ago, working=working, after_task=at(start))
    assert moment == at(expected)


def before(
    why: str,
    after: int,
    unit: str,
    close: str,
    expected: str,
    *,
    start: str = "2026-03-02 10:00",
    working: WorkingTime = DUTCH,
) -> Any:
    due = Due(after=after, unit=unit, since="before_expected_close")  # type: ignore[arg-type]
    return pytest.param(due, date.fromisoformat(close), start, expected, working, id=why)


@pytest.mark.parametrize(
    ("due", "close", "start", "expected", "working"),
    [
        before("two working days", 2, "working_days", "2026-03-23", "2026-03-19 17:30"),
        before("the day itself", 0, "working_days", "2026-03-23", "2026-03-23 17:30"),
        before("closing on a Sunday", 0, "working_days", "2026-03-22", "2026-03-20 17:30"),
        before("back over Easter", 1, "working_days", "2026-04-07", "2026-04-02 17:30"),
        before("back over New Year", 1, "working_days", "2027-01-04", "2026-12-31 17:30"),
        before("three days", 3, "days", "2026-03-23", "2026-03-20 17:30"),
        before("a Sunday becomes Friday", 1, "days", "2026-03-23", "2026-03-20 17:30"),
        before("hours from the close of the day", 2, "hours", "2026-03-23", "2026-03-23 15:30"),
        before("hours into Sunday", 20, "hours", "2026-03-23", "2026-03-20 17:30"),
        before("working hours", 2, "working_hours", "2026-03-22", "2026-03-20 15:30"),
        before("more than one day", 10, "working_hours", "2026-03-23", "2026-03-20 16:00"),
        before(
            "away on that day",
            1,
            "working_days",
            "2026-03-23",
            "2026-03-19 17:30",
            working=away("2026-03-20"),
        ),
        before(
            "past already: today",
            10,
            "days",
            "2026-03-23",
            "2026-03-20 17:30",
            start="2026-03-20 10:00",
        ),
        before(
            "past already, and today is over",
            10,
            "days",
            "2026-03-23",
            "2026-03-23 17:30",
            start="2026-03-20 18:00",
        ),
        before(
            "the close itself is past",
            1,
            "days",
            "2026-03-01",
            "2026-03-02 17:30",
        ),
    ],
)
def test_counted_back_from_the_expected_close(
    due: Due, close: date, start: str, expected: str, working: WorkingTime
) -> None:
    moment = due_date(due, entered_at=at(start), working=working, expected_close=close)
    assert moment == at(expected)


def test_without_an_expected_close_it_counts_from_entering() -> None:
    due = Due(after=2, unit="working_days", since="before_expected_close")
    assert due_date(due, entered_at=at("2026-03-02 10:00"), working=DUTCH) == at("2026-03-04 17:30")


def test_regions_are_those_with_holidays_of_their_own() -> None:
    assert regions_of("NL") == regions_of("BE") == {}
    assert regions_of("DE")["BY"] == "Bayern"
    assert "WLS" in regions_of("GB")
    assert regions_of("XX") == {}


def test_a_region_that_is_unknown_has_its_countrys_holidays() -> None:
    nowhere = WorkingTime(region="??")
    assert not nowhere.is_working_day(date(2026, 4, 27))


@given(minutes=st.integers(0, 4 * 365 * 24 * 60), after=st.integers(0, 60))
def test_working_days_are_counted_out_exactly(minutes: int, after: int) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = due_date(Due(after=after, unit="working_days"), entered_at=moment, working=DUTCH)
    assert due is not None
    day = DUTCH.day_of(moment)
    local = moment.astimezone(ZoneInfo(DUTCH.zone)).time()
    assert DUTCH.is_working_day(DUTCH.day_of(due))
    assert due.astimezone(ZoneInfo(DUTCH.zone)).time() == time(17, 30)
    between = DUTCH.working_days_between(day, DUTCH.day_of(due))
    starts_late = after == 0 and local >= time(17, 30)
    assert between == (
        1 if starts_late or (after == 0 and not DUTCH.is_working_day(day)) else after
    )


@given(
    minutes=st.integers(0, 4 * 365 * 24 * 60),
    after=st.integers(0, 200),
    unit=st.sampled_from(["hours", "working_hours", "days", "working_days"]),
    close=st.none() | st.integers(-10, 90),
)
def test_nothing_is_due_on_a_day_off_or_before_it_was_there(
    minutes: int, after: int, unit: Any, close: int | None
) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    since: Any = "entered" if close is None else "before_expected_close"
    due = due_date(
        Due(after=after, unit=unit, since=since),
        entered_at=moment,
        working=DUTCH,
        expected_close=None if close is None else DUTCH.day_of(moment) + timedelta(days=close),
    )
    assert due is not None
    assert due >= moment
    assert DUTCH.is_working_day(DUTCH.day_of(due))


@given(minutes=st.integers(0, 4 * 365 * 24 * 60), hours=st.integers(0, 60))
def test_working_hours_are_as_many_as_were_asked_for(minutes: int, hours: int) -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = DUTCH.after_hours(moment, hours)
    worked, day = timedelta(), DUTCH.day_of(moment)
    while day <= DUTCH.day_of(due):
        if DUTCH.is_working_day(day):
            begins = max(moment, DUTCH.start_of(day))
            worked += max(min(due, DUTCH.end_of(day)) - begins, timedelta())
        day += timedelta(days=1)
    assert worked == timedelta(hours=hours)
