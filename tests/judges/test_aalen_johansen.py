"""The share expected to go up, against lifelines (no two at one time) and statsmodels (ties)."""

import warnings
from collections import Counter
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter  # type: ignore[import-untyped]
from statsmodels.duration.survfunc import CumIncidenceRight  # type: ignore[import-untyped]

from cadans.insight.aalen_johansen import LOST, UP, WAITING, Spell, expected, incidence

UP_IS, LOST_IS, WAITING_IS = 1, 2, 0
kinds = st.sampled_from([UP_IS, UP_IS, LOST_IS, WAITING_IS])


def found_of(days, hows):
    """Our estimate of leads one by one."""
    return incidence(days, *([how == kind for how in hows] for kind in (1, 2, 0)))


@given(hows=st.lists(kinds, min_size=2, max_size=60))
@settings(deadline=None, max_examples=40)
def test_it_is_what_lifelines_says(hows):
    days = [float(day) + 1 for day in range(len(hows))]
    if UP_IS not in hows:
        assert found_of(days, hows).value == 0
        return
    fitter = AalenJohansenFitter(seed=1)
    with warnings.catch_warnings():
        # Its intervals divide by zero where nobody is left; we do not look at those.
        warnings.simplefilter("ignore")
        fitter.fit(np.array(days), np.array(hows), event_of_interest=UP_IS)
    ours = found_of(days, hows)
    assert ours.value == pytest.approx(fitter.cumulative_density_.iloc[-1, 0], abs=1e-9)
    theirs = float(fitter.variance_.iloc[-1])
    if hows[-1] == WAITING_IS:
        assert ours.variance == pytest.approx(theirs, abs=1e-9)


@given(leads=st.lists(st.tuples(st.integers(0, 12), kinds), min_size=2, max_size=80))
@settings(deadline=None, max_examples=40)
def test_with_many_on_the_same_day_it_is_what_statsmodels_says(leads):
    leads = sorted(leads)
    days = sorted({day for day, _how in leads})
    counts = [
        [[how for _day, how in group].count(kind) for kind in (1, 2, 0)]
        for _day, group in ((day, list(g)) for day, g in groupby(leads, key=lambda one: one[0]))
    ]
    ours = incidence(days, *zip(*counts, strict=True))
    hows = np.array([how for _day, how in leads])
    if not {UP_IS, LOST_IS} <= set(hows):
        return  # Theirs takes two ways out.
    theirs = CumIncidenceRight(np.array([day for day, _how in leads]), hows)
    assert ours.value == pytest.approx(theirs.cinc[0][-1], abs=1e-9)


def test_when_all_are_decided_it_is_the_plain_share_with_its_plain_variance():
    found = incidence([1, 2, 3], up=[10, 20, 0], lost=[5, 0, 15], waiting=[0, 0, 0])
    assert found.value == pytest.approx(30 / 50)
    assert found.variance == pytest.approx(0.6 * 0.4 / 50)
    assert found.undecided == 0


def test_those_that_wait_count_for_as_long_as_they_were_seen():
    # Ten came yesterday. Of ten that came before, two went up at once and four on the second day.
    found = incidence([0, 1, 2], up=[2, 0, 4], lost=[0, 0, 4], waiting=[0, 10, 0])
    assert found.value == pytest.approx(2 / 20 + 18 / 20 * 4 / 8)


def test_too_young_to_say():
    shape = expected([Spell(1, UP, 3), Spell(2, WAITING, 7)], entered=10, reached=3)
    assert shape["value"] is None
    assert shape["reason"] == "too_young"
    assert shape["undecided"] == pytest.approx(0.7)
    assert expected([], entered=0, reached=0)["reason"] == "no_leads"


def test_the_interval_is_wilsons_when_all_are_decided():
    spells = [Spell(1, UP, 30), Spell(4, LOST, 20)]
    shape = expected(spells, entered=50, reached=30)
    assert (shape["low"], shape["high"]) == pytest.approx((0.4618, 0.7239), abs=1e-4)
    only = expected([Spell(1, UP, 4)], entered=4, reached=4)
    assert (only["value"], only["high"]) == (1.0, 1.0)
    assert only["low"] == pytest.approx(0.5101, abs=1e-4)


def test_half_of_a_young_cohort_does_not_lower_what_is_expected():
    """Simulated: sixty of a hundred go up in about ten days, the others are lost in about thirty.

    Half of the leads came within the last twenty days. So far, and of the resolved, are wrong.
    """
    draw = np.random.default_rng(4)
    number = 20_000
    goes_up = draw.random(number) < 0.6
    takes = np.where(goes_up, draw.exponential(10, number), draw.exponential(30, number))
    seen_for = np.where(draw.random(number) < 0.5, draw.uniform(0, 20, number), 400)
    left = takes <= seen_for
    hows = np.where(left, np.where(goes_up, UP_IS, LOST_IS), WAITING_IS)
    days = np.floor(np.minimum(takes, seen_for)).astype(int)
    counted = Counter(zip(days.tolist(), hows.tolist(), strict=True))
    names = {UP_IS: UP, LOST_IS: LOST, WAITING_IS: WAITING}
    spells = [Spell(day, names[how], leads) for (day, how), leads in counted.items()]
    up = int((hows == UP_IS).sum())
    shape = expected(spells, entered=number, reached=up)
    assert up / number < 0.56
    assert up / int(left.sum()) > 0.63
    assert shape["value"] == pytest.approx(0.6, abs=0.012)
    assert shape["low"] < 0.6 < shape["high"]
