"""Intervals of means from their sums, against the textbook and against simulation."""

from decimal import Decimal

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from scipy import stats

from cadans.insight.means import Moments, change_interval, mean_interval, slope_of


def moments(amounts) -> Moments:
    found = [Decimal(f"{amount:.2f}") for amount in amounts]
    zero = Decimal(0)
    return Moments(
        len(found),
        sum(found, zero),
        sum((one**2 for one in found), zero),
        sum((one**3 for one in found), zero),
    )


def drawn(seed: int, number: int, spread: float = 1) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(8, spread, number).round(2)


def test_the_moments_are_those_of_the_amounts():
    found = drawn(1, 60)
    sums = moments(found)
    assert float(sums.mean) == pytest.approx(found.mean())
    assert float(sums.variance) == pytest.approx(found.var())
    assert float(sums.third) / float(sums.variance) ** 1.5 == pytest.approx(stats.skew(found))


def test_without_skewness_the_interval_is_students():
    found = np.concatenate([np.arange(1, 11), np.arange(1, 11)])
    low, high = mean_interval(moments(found))
    reach = stats.t.ppf(0.975, 19) * found.std() / np.sqrt(20)
    assert (low, high) == pytest.approx((5.5 - reach, 5.5 + reach))


def test_a_few_large_deals_stretch_the_interval_upwards():
    found = drawn(2, 40)
    low, high = mean_interval(moments(found))
    assert high - found.mean() > 1.2 * (found.mean() - low)
    drawn_by_lot = stats.bootstrap((found,), np.mean, method="BCa", rng=3).confidence_interval
    assert (low, high) == pytest.approx(tuple(drawn_by_lot), rel=0.15)


def test_eight_are_needed_and_equal_amounts_leave_no_doubt():
    assert mean_interval(moments([5] * 7)) == (None, None)
    assert mean_interval(moments([5] * 8)) == (5, 5)


def test_the_interval_holds_the_true_mean_oftener_than_students():
    """Lognormal amounts, as deal sizes are: 300 samples of 30."""
    truth, held, plain = np.exp(8.5), 0, 0
    for seed in range(300):
        found = drawn(seed, number := 30)
        low, high = mean_interval(moments(found))
        held += low <= truth <= high
        low, high = stats.t.interval(0.95, number - 1, found.mean(), stats.sem(found))
        plain += low <= truth <= high
    assert held / 300 >= 0.9
    assert held > plain


def test_the_difference_of_means_is_welchs():
    before, now = drawn(5, 30), drawn(6, 45, 1.2)
    known = stats.ttest_ind(now, before, equal_var=False).confidence_interval(0.95)
    assert change_interval(moments(before), moments(now)) == pytest.approx((known.low, known.high))
    assert change_interval(moments(before), moments(now[:7])) == (None, None)
    assert change_interval(moments([2] * 8), moments([3] * 8)) == (1, 1)


def test_the_trend_is_that_of_least_squares_with_hc3():
    months = {place: drawn(place, number) for place, number in enumerate([9, 1, 14, 30])}
    months[6] = drawn(7, 5)
    x = np.concatenate([[place] * len(found) for place, found in months.items()])
    y = np.concatenate(list(months.values()))
    known = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC3", use_t=True)
    found = slope_of({place: moments(amounts) for place, amounts in months.items()})
    assert float(found.value) == pytest.approx(known.params[1])
    assert (found.low, found.high) == pytest.approx(tuple(known.conf_int()[1]))


def test_two_months_or_seven_deals_are_no_trend():
    many = moments(drawn(1, 20))
    assert slope_of({0: many, 1: many}) is None
    assert slope_of({0: moments([1] * 3), 1: moments([2] * 3), 2: moments([3])}) is None
