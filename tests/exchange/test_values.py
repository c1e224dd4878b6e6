"""Dates and amounts: read as they were meant, asked about when nobody can tell."""

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadans.exchange.values import (
    DateOrder,
    DecimalSign,
    Habits,
    read_amount,
    read_day,
    read_moment,
)

HERE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2025-04-03", "mdy", date(2025, 4, 3)),
        ("03/04/2025", "dmy", date(2025, 4, 3)),
        ("03/04/2025", "mdy", date(2025, 3, 4)),
        ("3-4-25", "dmy", date(2025, 4, 3)),
        ("2025/04/03", "ymd", date(2025, 4, 3)),
        ("3 apr 2025", "mdy", date(2025, 4, 3)),
        ("3 mei 2025", "mdy", date(2025, 5, 3)),
        ("April 3, 2025", "dmy", date(2025, 4, 3)),
        ("03-Apr-2025", "ymd", date(2025, 4, 3)),
    ],
)
def test_days(text: str, order: DateOrder, day: date) -> None:
    assert read_day(text, order) == day


@pytest.mark.parametrize(
    "text", ["31-02-2025", "13/13/2025", "gisteren", "20250403x", "2025-13-01", "45631", "1/2"]
)
def test_no_days(text: str) -> None:
    with pytest.raises(ValueError):
        read_day(text, "dmy")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-04-03", datetime(2025, 4, 2, 22, 0, tzinfo=UTC)),
        ("2025-04-03 10:00", datetime(2025, 4, 3, 8, 0, tzinfo=UTC)),
        ("2025-04-03T10:00:00Z", datetime(2025, 4, 3, 10, 0, tzinfo=UTC)),
        ("2010-10-14T12:00:00.000Z", datetime(2010, 10, 14, 12, 0, tzinfo=UTC)),
        ("2011-10-01T00:38:44.546+02:00", datetime(2011, 9, 30, 22, 38, 44, 546000, tzinfo=UTC)),
        ("2023-09-26 15:15:00.000000 UTC", datetime(2023, 9, 26, 15, 15, tzinfo=UTC)),
        ("2009-07-14 22:14:45+0800", datetime(2009, 7, 14, 14, 14, 45, tzinfo=UTC)),
        ("15/07/2009 02:14:45+0800", datetime(2009, 7, 14, 18, 14, 45, tzinfo=UTC)),
        ("03/04/2025 2:05 PM", datetime(2025, 4, 3, 12, 5, tzinfo=UTC)),
        ("03/04/2025 12:05 AM", datetime(2025, 4, 2, 22, 5, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert read_moment(text, "dmy", HERE) == moment


@pytest.mark.parametrize(
    ("text", "sign", "amount"),
    [
        ("1.250,50", "comma", "1250.50"),
        ("1,250.50", "point", "1250.50"),
        ("€ 1.250", "comma", "1250"),
        ("EUR 1 250,5", "comma", "1250.5"),
        ("1.234", "point", "1.23"),
        ("1.234", "comma", "1234"),
        ("1'250.00", "point", "1250"),
        ("-12", "point", "-12"),
        ("(12)", "point", "-12"),
        ("$1,000,000", "point", "1000000"),
        ("420.00000000", "point", "420"),
        ("1250 EUR", "point", "1250"),
    ],
)
def test_amounts(text: str, sign: DecimalSign, amount: str) -> None:
    assert read_amount(text, sign) == Decimal(amount)


@pytest.mark.parametrize("text", ["veel", "1.2.3", "12,34,5", "1,5", "", "--", "NaN", "1e5"])
def test_no_amounts(text: str) -> None:
    with pytest.raises(ValueError):
        read_amount(text, "point")


def seen(*texts: str) -> Habits:
    habits = Habits()
    for text in texts:
        habits.see_date(text)
        habits.see_amount(text)
    return habits


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2025", "25/04/2025"], "dmy"),
        (["03/04/2025", "04/25/2025"], "mdy"),
        (["2025-04-03"], "ymd"),
        (["03/04/2025", "05/06/2025"], None),
        (["03/03/2025", "04/04/2025"], "dmy"),
        (["25/04/2025", "04/25/2025"], None),
    ],
)
def test_the_order_of_dates_is_found_or_asked(texts: list[str], order: str | None) -> None:
    assert seen(*texts).date_order == order


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1.234", "1.234,50"], "comma"),
        (["1.234", "0.5"], "point"),
        (["1.234"], None),
        (["1,234"], None),
        (["1234", "12"], "point"),
        (["1.234.567"], "comma"),
        (["1.5", "1,5"], None),
        (["1234.567"], "point"),
    ],
)
def test_the_decimal_sign_is_found_or_asked(texts: list[str], sign: str | None) -> None:
    assert seen(*texts).decimal_sign == sign


@given(st.dates(date(1970, 1, 1), date(2060, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_a_date_is_never_read_otherwise_than_its_file_settles(day: date, order: DateOrder) -> None:
    pattern = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    found = seen(day.strftime(pattern)).date_order
    assert found is None or read_day(day.strftime(pattern), found) == day


@given(
    st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False),
    st.sampled_from(["comma", "point"]),
)
def test_an_amount_comes_back_as_it_was_written(amount: Decimal, sign: DecimalSign) -> None:
    text = f"{amount:,.2f}"
    if sign == "comma":
        text = text.translate(str.maketrans(",.", ".,"))
    assert seen(text).decimal_sign == sign
    assert read_amount(text, sign) == amount


@given(st.text(max_size=20), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_any_text_is_a_date_or_a_value_error(text: str, order: DateOrder) -> None:
    seen(text)
    for read in (lambda: read_day(text, order), lambda: read_moment(text, order, HERE)):
        with contextlib.suppress(ValueError, OverflowError):
            read()
