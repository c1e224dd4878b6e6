"""The model on histories whose truth is known: simulated, and judged by others."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from lifelines import AalenJohansenFitter  # type: ignore[import-untyped]

from cadans.insight.forecast.coming import coming_of
from cadans.insight.forecast.draws import Part, drawn, tide
from cadans.insight.forecast.hazards import (
    LOST,
    MOVED,
    NEVER,
    SPANS,
    WON,
    Calendar,
    Course,
    Stays,
    chances,
    course_of,
    won_a_day,
)
from cadans.insight.forecast.model import (
    Leads,
    ahead,
    as_document,
    from_document,
    learn,
)
from cadans.insight.forecast.records import Closed, History
from cadans.insight.forecast.tempo import Baselines, pace_of
from cadans.insight.forecast.traits import effects_of
from cadans.insight.forecast.worth import prices_of

START = 730_000
CALENDAR = Calendar(kind=lambda days: (days - 1) % 7, month=lambda days: days // 30)
"""Days are ordinals, of which 1 is a Monday; months have thirty days."""


def simulated(
    seed: int = 1, *, days: int = 300, a_day: float = 8.0, win: float = 0.02, lose: float = 0.03
) -> Stays:
    """Leads that come evenly, move on from stage 0 at 0.1 a day, and end from stage 1."""
    luck = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        for lead in range(luck.poisson(a_day)):
            entered = START + day
            left = entered + luck.geometric(0.1) - 1
            first = (0, entered, left, MOVED, 1, day * 1000 + lead, True)
            gone = left + luck.geometric(win + lose) - 1
            way = WON if luck.random() < win / (win + lose) else LOST
            rows += [first, (1, left, gone, way, -1, day * 1000 + lead, False)]
    table = np.array(rows, dtype=np.int64).T
    stays = Stays(*table[:6], table[6].astype(bool), 2)  # type: ignore[call-arg]
    names = {lead: n for n, lead in enumerate(np.unique(stays.lead))}
    return replace(stays, lead=np.array([names[lead] for lead in stays.lead]))


def history_of(stays: Stays) -> History:
    """Without values and traits."""
    over = (stays.way == WON) | (stays.way == LOST)
    many = int(over.sum())
    closed = Closed(
        stays.lead[over],
        stays.left[over],
        (stays.way[over] == WON).astype(float),
        np.full(many, np.nan),
        np.full(many, np.nan),
        {"owner": [""] * many, "source": [""] * many, "product": [""] * many},
    )
    return History(["new", "offer"], stays, closed, 1.0)


def open_at(stays: Stays, day: int) -> tuple[Stays, Leads]:
    known = stays.until(day)
    there = known.left == NEVER
    return known, Leads(known.stage[there], day - known.entered[there])


def test_hazards_of_one_stage_agree_with_aalen_and_johansen():
    luck = np.random.default_rng(4)
    many = 4000
    days = luck.geometric(0.04, many)
    won = luck.random(many) < np.where(days < 20, 0.6, 0.2)
    entered = START + luck.integers(0, 200, many)
    end = START + 260
    stays = Stays(
        np.zeros(many, np.int64),
        entered,
        entered + days,
        np.where(won, WON, LOST),
        np.full(many, -1),
        np.arange(many),
        np.ones(many, bool),
        1,
    ).until(end)
    told = course_of(stays, end, CALENDAR, half_life=1e9)[0]
    flat = replace(told, by_day=np.ones_like(told.by_day), by_month=np.ones_like(told.by_month))
    horizon = 60
    _lead, entering = chances(
        flat, np.ones((3, horizon)), counts=np.ones(horizon, bool), oldest=horizon
    )
    over = stays.way >= 0
    fitter = AalenJohansenFitter(calculate_variance=False, seed=1)
    fitter.fit(
        np.where(over, stays.left - stays.entered, end - 1 - stays.entered) + luck.random(many),
        np.where(over, np.where(stays.way == WON, 1, 2), 0),
        event_of_interest=1,
    )
    judged = float(fitter.cumulative_density_.loc[:horizon].iloc[-1, 0])
    assert entering[0, 0] == pytest.approx(judged, abs=0.02)


def test_forwards_and_backwards_expect_the_same():
    hazard = np.zeros((3, 2, len(SPANS)))
    hazard[MOVED, 0], hazard[WON, 1], hazard[LOST] = 0.3, 0.1, 0.05
    course = Course(hazard, np.array([[0.0, 1.0], [0.0, 0.0]]), np.ones((3, 8)), np.ones((3, 3)))
    factors = np.ones((3, 30))
    there, coming = np.zeros((2, 61)), np.full((30, 2), 0.0)
    there[0, 3], there[1, 20], coming[:, 0] = 5.0, 4.0, 2.0
    flow = won_a_day(course, factors, there=there, coming=coming)
    lead, entering = chances(course, factors, counts=np.ones(30, bool), oldest=60)
    expected = (there * lead).sum() + (coming * entering).sum()
    assert flow.sum() == pytest.approx(expected)
    late, _entering = chances(course, factors, counts=np.arange(30) >= 20, oldest=60)
    early, _entering = chances(course, factors, counts=np.arange(30) < 20, oldest=60)
    assert late + early == pytest.approx(lead)


def test_on_simulated_leads_it_is_right_on_average_and_its_interval_covers():
    off, inside, chance, came = [], [], [], []
    for seed in range(10):
        stays = simulated(seed, days=265)
        day = START + 230
        history = history_of(stays)
        learned = learn(history, day, CALENDAR, horizons=(30,))
        known, leads = open_at(stays, day)
        said = ahead(learned, leads, CALENDAR, now=day, since=day, until=day + 30)
        said = said.corrected(learned.corrections[30])
        actual = int(((stays.way == WON) & (stays.left >= day) & (stays.left < day + 30)).sum())
        off.append(said.won / actual - 1)
        part = Part(
            tide(said.spread, said.spread_new, seed=seed),
            said.chance,
            np.zeros(len(said.chance)),
            0.0,
            said.new,
            0.0,
            0.0,
        )
        result = drawn([part])
        inside.append(result.won_low <= actual <= result.won_high)
        won_by = {int(lead) for lead in stays.lead[(stays.way == WON) & (stays.left < day + 30)]}
        chance += said.chance.tolist()
        came += [int(lead) in won_by for lead in known.lead[known.left == NEVER]]
    assert abs(np.mean(off)) < 0.05
    assert np.mean(np.abs(off)) < 0.12
    assert 6 <= sum(inside) <= 10
    # Calibrated: of the leads with such a chance, that part is won.
    chances_of, outcomes = np.array(chance), np.array(came)
    for low, high in ((0.0, 0.15), (0.15, 0.3), (0.3, 0.5)):
        group = (chances_of >= low) & (chances_of < high)
        if group.sum() > 100:
            assert outcomes[group].mean() == pytest.approx(chances_of[group].mean(), abs=0.05)


def test_below_a_sensible_amount_of_history_it_does_not_speak():
    learned = learn(history_of(simulated(a_day=0.3)), START + 60, CALENDAR)
    assert learned.reason == "too_little_history"
    assert from_document(as_document(learned), CALENDAR).reason == "too_little_history"
    early = learn(history_of(simulated(a_day=60.0)), START + 20, CALENDAR)
    assert early.reason == "too_little_history"


def test_what_is_kept_says_the_same_as_what_was_learned():
    stays, day = simulated(), START + 200
    learned = learn(history_of(stays), day, CALENDAR)
    kept = from_document(json.loads(json.dumps(as_document(learned))), CALENDAR)
    _known, leads = open_at(stays, day)
    period = {"now": day, "since": day + 10, "until": day + 40}
    said, again = (ahead(one, leads, CALENDAR, **period) for one in (learned, kept))
    assert again.chance == pytest.approx(said.chance, abs=1e-5)
    assert (again.new, again.spread) == pytest.approx((said.new, said.spread), rel=1e-4)
    assert kept.corrections.keys() == learned.corrections.keys()
    assert kept.tests == learned.tests
    # A day later, without learning again, it goes on from there.
    later = ahead(kept, leads, CALENDAR, now=day + 1, since=day + 10, until=day + 40)
    assert later.won == pytest.approx(said.won, rel=0.15)


def test_what_comes_later_is_not_known():
    stays, day = simulated(), START + 200
    history = history_of(stays)
    rewritten = replace(
        stays,
        way=np.where(stays.left >= day, LOST, stays.way),
        left=np.where(stays.left >= day, stays.left + 5, stays.left),
    )
    told = learn(history, day, CALENDAR)
    again = learn(history_of(rewritten), day, CALENDAR)
    assert as_document(told) == as_document(again)


def places(blocks: int) -> np.ndarray:
    """Four weeks a month, from January on."""
    return np.eye(12)[np.arange(blocks) // 4 % 12]


def test_a_rhythm_that_comes_back_is_believed_and_chance_is_not():
    luck = np.random.default_rng(5)
    flat = np.full(52, 50.0)
    rhythm = np.exp(places(52) @ np.tile([-0.4, 0.0, 0.4], 4))
    ahead_of = np.full(3, 50.0)
    coming = np.eye(12)[:3]
    for factor, low, high in ((rhythm, 0.55, 1.0), (np.ones(52), -0.15, 0.15)):
        seen = luck.poisson(flat * factor).astype(float)
        pace = pace_of(seen, Baselines(flat, flat, ahead_of, ahead_of, 1.0), places(52), coming, 1)
        assert low < pace.rhythm[2] - pace.rhythm[0] < high


def test_a_pace_that_fell_is_followed_and_one_that_stopped_at_once():
    flat, coming = np.full(40, 50.0), np.full(4, 50.0)
    baselines, ahead_of = Baselines(flat, flat, coming, coming, 1.0), places(44)[40:]
    luck = np.random.default_rng(8)
    fell = luck.poisson(np.where(np.arange(40) < 28, 50.0, 25.0)).astype(float)
    pace = pace_of(fell, baselines, places(40), ahead_of, 1)
    assert np.exp(pace.mean[0]) == pytest.approx(0.5, abs=0.1)
    stopped = np.where(np.arange(40) < 38, 50.0, 0.0)
    pace = pace_of(stopped, baselines, places(40), ahead_of, 1)
    assert np.exp(pace.mean[0]) < 0.15


def test_where_a_team_can_win_so_many_a_week_more_open_leads_do_not_win_more():
    luck = np.random.default_rng(6)
    leads = np.linspace(30, 90, 40)
    coming = np.full(4, 95.0)
    limited = luck.poisson(np.full(40, 40.0)).astype(float)
    following = luck.poisson(leads).astype(float)
    for seen, low, high, said in ((limited, 0.0, 0.35, 40), (following, 0.8, 1.0, 95)):
        baselines = Baselines(leads, np.ones(40), coming, np.ones(4))
        pace = pace_of(seen, baselines, places(40), places(4), 1)
        assert low <= pace.bond <= high
        assert 95 * np.exp(pace.mean.mean()) == pytest.approx(said, rel=0.2)


def test_arrivals_go_on_with_their_week_and_their_trend():
    stays = simulated(days=200, a_day=10.0)
    arriving = coming_of(stays, START + 200, CALENDAR, scale=2.0)
    many, spread = arriving.ahead(START + 214, CALENDAR)
    assert many.sum() == pytest.approx(2 * 140, rel=0.1)
    assert 0 < spread < 0.1
    assert arriving.starts == pytest.approx([1.0, 0.0])


def test_traits_count_as_far_as_they_differ_by_more_than_chance():
    luck = np.random.default_rng(7)
    many = 4000
    owners = [str(n) for n in luck.integers(0, 10, many)]
    chance, weight, stage = np.full(many, 0.3), np.ones(many), np.zeros(many, np.int64)

    def effects(rate, **traits):
        won = (luck.random(many) < rate).astype(float)
        return effects_of(won, chance, stage, weight, traits)

    alike = effects(np.full(many, 0.3), owner=owners)
    assert max(abs(shift) for shift in alike.shifts["owner"].values()) < 0.12
    one = effects(np.where(np.array(owners) == "3", 0.5, 0.3), owner=owners)
    assert one.shifts["owner"]["3"] == pytest.approx(-np.log(0.3 / 0.7), abs=0.25)
    assert effects(np.full(many, 0.3), owner=[*owners[:2000], *[""] * 2000]).shifts == {}


def test_traits_leave_the_chance_of_a_stage_on_the_whole_as_it_is():
    """Large leads come further: that a stage holds many of them is in its chance already."""
    luck = np.random.default_rng(9)
    stage = np.repeat([0, 1], 3000)
    large = luck.random(6000) < np.where(stage == 1, 0.9, 0.3)
    chance = np.where(stage == 1, 0.6, 0.2)
    won = (luck.random(6000) < chance * np.where(large, 1.1, 0.7)).astype(float)
    size = ["2" if one else "0" for one in large]
    effects = effects_of(won, chance, stage, np.ones(6000), {"size": size})
    odds = effects.odds(chance, stage, {"size": size})
    for place in (0, 1):
        here = stage == place
        assert (odds / (1 + odds))[here].mean() == pytest.approx(chance[here].mean(), abs=0.005)
    assert effects.shifts["size"]["2"] > effects.shifts["size"]["0"] + 0.3


def test_what_is_won_of_what_was_said_and_what_products_bring():
    worth = np.array([90.0, 180.0, 45.0, np.nan, 1000.0])
    guess = np.array([100.0, 200.0, 50.0, 10.0, np.nan])
    closed = Closed(
        np.arange(5),
        np.full(5, START),
        np.array([1.0, 1, 1, 1, 0]),
        worth,
        guess,
        {"product": ["a", "a", "b", "a", "b"], "owner": [""] * 5, "source": [""] * 5},
    )
    prices = prices_of(closed, START + 10)
    assert prices.mean == pytest.approx(105.0)
    assert prices.ratio == pytest.approx((315 + 525) / (350 + 525))
    assert prices.products["b"] == pytest.approx((45 + 525) / 6)
    assert prices.worth(np.array([100.0, np.nan]), ["a", "c"]) == pytest.approx(
        [100 * prices.ratio, 105.0]
    )
    assert prices_of(closed, START).mean is None


def test_an_interval_holds_the_luck_of_single_large_leads():
    none = tide(0.0, 0.0, seed=1)
    large = Part(none, np.array([0.5]), np.array([1000.0]), 0.0, 0.0, 0.0, 0.0)
    small = Part(none, np.full(1000, 0.5), np.full(1000, 1.0), 0.0, 0.0, 0.0, 0.0)
    seen, many = drawn([large]), drawn([small])
    assert (seen.worth, many.worth) == (500.0, 500.0)
    assert (seen.worth_low, seen.worth_high) == (0.0, 1000.0)
    assert many.worth_high - many.worth_low == pytest.approx(2 * 1.2816 * np.sqrt(250), rel=0.1)
