"""The comparison within strata and the corrections, against pandas, statsmodels and SciPy."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import (  # type: ignore[import-untyped]
    StratifiedTable,
)
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from cadans.insight.behaviour_gap import gap_between
from cadans.insight.strata import Stratum, difference_within, false_discoveries

counts = st.tuples(
    st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)
).filter(lambda table: table[0] + table[1] and table[2] + table[3])


@given(st.lists(counts, min_size=1, max_size=8))
def test_a_difference_within_strata_is_pandas_own(tables: list[Any]) -> None:
    strata = [Stratum(a, a + b, c, c + d) for a, b, c, d in tables]
    frame = pd.DataFrame(tables, columns=["a", "b", "c", "d"]).astype(float)
    n1, n0 = frame.a + frame.b, frame.c + frame.d
    weights = n1 * n0 / (n1 + n0)
    one, other = frame.a / n1, frame.c / n0
    spread = (weights**2 * (one * (1 - one) / n1 + other * (1 - other) / n0)).sum()
    found = difference_within(strata)
    if not spread:
        assert found.value is None
        return
    value = np.average(one - other, weights=weights)
    error = np.sqrt(spread) / weights.sum()
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.low == pytest.approx(max(value - stats.norm.ppf(0.975) * error, -1), abs=1e-9)
    assert found.high == pytest.approx(min(value + stats.norm.ppf(0.975) * error, 1), abs=1e-9)


def test_it_points_the_way_of_the_test_of_mantel_and_haenszel() -> None:
    tables = [(30, 20, 10, 40), (12, 8, 9, 21), (5, 45, 1, 19)]
    judge = StratifiedTable([np.array([[a, b], [c, d]]) for a, b, c, d in tables])
    found = difference_within([Stratum(a, a + b, c, c + d) for a, b, c, d in tables])
    assert judge.oddsratio_pooled > 1
    assert judge.test_null_odds().pvalue < 0.05
    assert found.low is not None
    assert found.low > 0


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40))
def test_many_tests_are_corrected_as_statsmodels_does(chances: list[float]) -> None:
    judge = multipletests(chances, method="fdr_bh")[1]
    assert false_discoveries(chances) == pytest.approx(list(judge), abs=1e-12)


group = st.lists(st.integers(0, 500).map(lambda n: n / 10), min_size=2, max_size=12)


@given(group, group)
def test_two_groups_of_reps_are_compared_as_scipy_does(
    ours: list[float], others: list[float]
) -> None:
    found = gap_between(ours, others)
    if min(np.var(ours), np.var(others)) < 1e-9:
        return
    judge = stats.ttest_ind(ours, others, equal_var=False)
    low, high = judge.confidence_interval(0.95)
    assert found is not None
    assert found.chance == pytest.approx(judge.pvalue, abs=1e-9)
    assert [found.low, found.high] == pytest.approx([low, high], rel=1e-6, abs=1e-6)
