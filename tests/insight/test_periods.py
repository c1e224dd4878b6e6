"""The periods that a page offers."""

from datetime import date

import pytest

from cadans.web.insight.question import SPANS


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("month", date(2026, 2, 1), date(2026, 3, 1)),
        ("last-month", date(2026, 1, 1), date(2026, 2, 1)),
        ("quarter", date(2026, 1, 1), date(2026, 4, 1)),
        ("last-quarter", date(2025, 10, 1), date(2026, 1, 1)),
        ("year", date(2026, 1, 1), date(2027, 1, 1)),
        ("last-year", date(2025, 1, 1), date(2026, 1, 1)),
        ("12-months", date(2025, 3, 1), date(2026, 2, 15)),
        ("all", date(1900, 1, 1), date(2200, 1, 1)),
    ],
)
def test_periods_are_whole_and_end_before_the_next_begins(name, since, until):
    assert SPANS[name](date(2026, 2, 14)) == (since, until)
