"""Nobody is named by chance, and whoever is weak is found."""

import random

import numpy as np
import pytest
from scipy.stats import beta, betabinom, binom

from cadans.insight import shrinkage
from cadans.insight.shrinkage import STRENGTHS, points_lost, standings

Counts = dict[str, tuple[int, int]]


def sold(dice: random.Random, rates: dict[str, float], leads: int) -> Counts:
    """So many closed leads each, won at the rate of each."""
    return {rep: (sum(dice.random() < r for _ in range(leads)), leads) for rep, r in rates.items()}


def team(weak: float, strong: float = 0.3) -> dict[str, float]:
    return {f"rep {n}": weak if n < 3 else strong for n in range(20)}


def named(counts: Counts, side: str = "below") -> set[str]:
    return {rep for rep, one in standings(counts)[1].items() if one.side == side}


def test_three_weak_reps_of_twenty_are_found_and_hardly_anybody_else() -> None:
    weak, right, wrong = {"rep 0", "rep 1", "rep 2"}, 0, 0
    for seed in range(12):
        found = named(sold(random.Random(seed), team(0.15), 200))
        right += len(found & weak)
        wrong += len(found - weak)
    # Where the dice let a weak rep win 1 in 5 it may be chance.
    assert right >= 34
    # 12 × 17 others: a 95 % interval that was not drawn in would name 5 of them.
    assert wrong <= 2


def test_reps_who_are_less_weak_are_found_nearly_every_other_time() -> None:
    found = [
        len({"rep 0", "rep 1", "rep 2"} & named(sold(random.Random(s), team(0.2), 200)))
        for s in range(12)
    ]
    assert sum(found) >= 12


def test_among_equals_hardly_ever_anybody_is_named() -> None:
    seen = [named(sold(random.Random(s), team(0.3), 200)) for s in range(60)]
    above = [named(sold(random.Random(s), team(0.3), 200), "above") for s in range(60)]
    assert sum(bool(one) for one in seen + above) <= 2


def test_few_leads_are_drawn_nearly_all_the_way() -> None:
    """Two of two is no rep who always wins."""
    counts = {**sold(random.Random(1), team(0.15), 200), "new": (2, 2)}
    one = standings(counts)[1]["new"]
    assert one.value < 0.45
    assert one.side == ""
    assert one.low < 0.3 < one.high


def test_the_figures_are_those_of_the_beta_binomial_of_scipy() -> None:
    counts = {"a": (12, 40), "b": (30, 60), "c": (5, 25)}
    rate = 47 / 125
    none = sum(binom.logpmf(w, n, rate) for w, n in counts.values())
    logs = [
        sum(betabinom.logpmf(w, n, k * rate, k * (1 - rate)) for w, n in counts.values())
        for k in STRENGTHS
    ]
    factors = np.exp(np.array(logs) - none)
    odds = 3 * factors.mean()
    strength = 1 / np.average(1 / np.array(STRENGTHS), weights=factors)
    ours, found = standings(counts)
    assert ours == pytest.approx(odds / (1 + odds), abs=1e-9)
    for rep, (w, n) in counts.items():
        believed = beta(strength * rate + w, strength * (1 - rate) + n - w)
        one = found[rep]
        assert one.value == pytest.approx(believed.mean(), abs=1e-9)
        assert [one.low, one.high] == pytest.approx(list(believed.interval(0.95)), abs=1e-9)


@pytest.mark.parametrize("counts", [{}, {"a": (3, 9)}, {"a": (0, 9), "b": (0, 4)}, {"a": (0, 0)}])
def test_with_nothing_to_stand_above_nobody_stands(counts: Counts) -> None:
    assert standings(counts) == (0.0, {})


def test_what_the_weak_cost_is_the_gap_times_their_part() -> None:
    counts = dict.fromkeys("abcdefgh", (60, 200)) | {"weak": (15, 200)}
    found = standings(counts)[1]
    assert [rep for rep, one in found.items() if one.side == "below"] == ["weak"]
    lost = points_lost(counts, found)
    assert lost["value"] == pytest.approx((0.3 - found["weak"].value) / 9)
    assert lost["low"] < lost["value"] < lost["high"]  # type: ignore[operator]


def test_nothing_is_lost_where_nobody_is_below() -> None:
    counts = {"a": (30, 100), "b": (31, 100)}
    assert points_lost(counts, standings(counts)[1])["value"] is None


def test_the_evidence_never_runs_over() -> None:
    """A hundred thousand leads of which one wins all and one wins none."""
    real, found = standings({"a": (99_999, 100_000), "b": (1, 100_000)})
    assert real == pytest.approx(1)
    assert found["b"].side == "below"
    assert shrinkage.differ(shrinkage.Spread(10_000.0, 3.0)) == pytest.approx(1)
