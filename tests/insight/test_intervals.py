"""Rates and their intervals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from cadans.insight.intervals import rate, rate_by_value, wilson


def test_the_interval_of_the_maven_set_is_the_published_one():
    assert wilson(4238 / 6711, 6711) == pytest.approx((0.619887, 0.642964), abs=1e-6)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy_and_statsmodels(counts):
    won, closed = counts
    found = rate(won, closed)
    theirs = binomtest(won, closed).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    others = proportion_confint(won, closed, method="wilson")
    assert (found.low, found.high) == pytest.approx(others, abs=1e-12)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= won / closed <= found.high <= 1


def test_a_rate_of_nothing_is_null_with_a_reason_and_never_zero():
    assert rate(0, 0).as_json() == {
        "value": None,
        "numerator": 0,
        "denominator": 0,
        "low": None,
        "high": None,
        "reason": "no_leads",
    }


def test_equal_amounts_give_the_interval_of_the_count():
    by_value = rate_by_value(Decimal("30"), Decimal("50"), squares=Decimal(5 * 100))
    assert (by_value.low, by_value.high) == pytest.approx((rate(3, 5).low, rate(3, 5).high))
    assert by_value.as_json()["numerator"] == "30"


def test_one_large_lead_makes_the_interval_wide():
    even = rate_by_value(Decimal(500), Decimal(1000), squares=Decimal(10 * 100**2))
    skew = rate_by_value(Decimal(500), Decimal(1000), squares=Decimal(500**2 + 10 * 50**2))
    assert even.low is not None
    assert skew.low is not None
    assert skew.low < even.low
