"""Is a drop real? By hand, and simulated: how often it is wrong, and what it finds."""

import numpy as np
import pytest

from cadans.insight.drops import (
    BASELINE,
    NONE,
    WEEKS,
    Share,
    began,
    drop_in,
    is_over,
    most_in,
)

USUAL = [Share(60, 100)] * 26


def test_a_week_far_below_the_usual_is_a_drop():
    drop = drop_in([*USUAL, *[Share(60, 100)] * 3, Share(40, 100)])
    assert drop is not None
    assert (drop.window, drop.now, drop.weeks) == ("week", Share(40, 100), 1)
    assert drop.before == Share(60 * 26, 2600)
    # P(X ≤ 40) of 100 at 0.6, from tables of the binomial.
    assert drop.chance == pytest.approx(4.2e-5, rel=0.02)


def test_a_month_somewhat_below_the_usual_is_a_drop():
    drop = drop_in([*USUAL, *[Share(52, 100)] * 4])
    assert drop is not None
    assert (drop.window, drop.now, drop.weeks) == ("month", Share(208, 400), 4)


@pytest.mark.parametrize(
    "weeks",
    [
        [*USUAL, *[Share(60, 100)] * 4],
        [*USUAL, *[Share(80, 100)] * 4],
        # Fewer than twenty decided, however bad.
        [*[Share(6, 10)] * 26, NONE, NONE, Share(0, 9), Share(0, 10)],
        # Fewer than five points, however many.
        [*[Share(6000, 10_000)] * 26, *[Share(5600, 10_000)] * 4],
        # What is usual is hardly known.
        [*[NONE] * 20, *[Share(9, 10)] * 9, Share(4, 25)],
        [Share(1, 30)],
        [],
    ],
)
def test_no_drop(weeks):
    assert drop_in(weeks) is None


def test_what_is_asked_at_once_shares_the_chance_of_being_wrong():
    weeks = [*USUAL, *[Share(60, 100)] * 3, Share(47, 100)]
    assert drop_in(weeks) is not None
    assert drop_in(weeks, asked=2) is None


def test_since_when():
    assert began([*USUAL, *[Share(45, 100)] * 4], 0.6) == 4
    assert began([*USUAL, Share(61, 100), Share(30, 100)], 0.6) == 1


def test_over_when_half_is_made_up_for_in_a_month():
    low = [*USUAL, *[Share(40, 100)] * 4]
    assert not is_over(low, before=0.6, now=0.4)
    assert not is_over([*low, Share(60, 100)], before=0.6, now=0.4)
    assert is_over([*low, *[Share(58, 100)] * 4], before=0.6, now=0.4)


# ── where most ──────────────────────────────────────────────────────────────────────────────


def test_the_part_that_fell_more_than_the_others_is_named():
    parts = {
        "Anna": (Share(300, 500), Share(10, 60)),
        "Bram": (Share(300, 500), Share(37, 60)),
        "Cato": (Share(310, 500), Share(36, 60)),
    }
    even = {"Web": (Share(500, 800), Share(44, 90)), "Fair": (Share(410, 700), Share(39, 90))}
    assert most_in({"owner": parts, "source": even}) == ("owner", "Anna")


def test_when_all_fell_alike_nobody_is_named():
    parts = {name: (Share(300, 500), Share(27, 60)) for name in ("Anna", "Bram", "Cato")}
    assert most_in({"owner": parts}) is None
    assert most_in({"owner": {"Anna": (Share(300, 500), Share(10, 60))}}) is None
    assert most_in({}) is None


def test_a_part_that_was_always_low_is_not_named():
    parts = {
        "Anna": (Share(100, 500), Share(10, 60)),
        "Bram": (Share(400, 500), Share(40, 60)),
    }
    assert most_in({"owner": parts}) is None


def test_nobody_is_named_by_chance_more_often_than_one_time_in_twenty():
    draw = np.random.default_rng(3)
    named = 0
    for _time in range(300):
        parts_by = {
            by: {
                part: (
                    Share(int(draw.binomial(400, 0.6)), 400),
                    Share(int(draw.binomial(40, 0.45)), 40),
                )
                for part in range(8)
            }
            for by in ("owner", "source", "territory")
        }
        named += most_in(parts_by) is not None
    assert named <= 24  # 15 expected at most; three standard deviations more


# ── simulated pipelines ─────────────────────────────────────────────────────────────────────

A_WEEK = 100
PIPELINES = {
    "usual": ([0.6, 0.6, 0.6, 0.7, 0.5], [4, 8, 9, 8, 6]),
    "narrow": ([0.3, 0.4, 0.5, 0.5, 0.5], [4, 8, 9, 8, 6]),
    "wide": ([0.7, 0.71, 0.63, 0.79, 0.9], [3, 7, 8, 7, 5]),
}


def simulated(seed, weeks, pipeline, *, falls_from=None):
    """The shares by week of each stage of a pipeline in which a hundred leads a week come in.

    From the week `falls_from` on, a quarter fewer of those decided at the first stage go on.
    """
    draw = np.random.default_rng(seed)
    rates, days = PIPELINES[pipeline]
    at = draw.uniform(0, weeks * 7, weeks * A_WEEK)
    stages = []
    for place, (rate, takes) in enumerate(zip(rates, days, strict=True)):
        at = at + draw.gamma(2, takes / 2, len(at))
        fallen = falls_from is not None and place == 0
        share = np.where(at >= falls_from * 7, rate * 0.75, rate) if fallen else rate
        goes_on = draw.random(len(at)) < share
        week = (at // 7).astype(int)
        seen = week < weeks
        part = np.bincount(week[seen & goes_on], minlength=weeks)
        of = np.bincount(week[seen], minlength=weeks)
        stages.append([Share(int(a), int(b)) for a, b in zip(part, of, strict=True)])
        at = at[goes_on]
    return stages


def alerts_of(stages, first, last):
    """The weeks and stages in which an alert is given, looked for every week."""
    found = []
    for place, weeks in enumerate(stages):
        standing = since = None
        for week in range(first, last):
            seen = weeks[max(0, week + 1 - WEEKS) : week + 1]
            if standing is not None:
                made_up = is_over(seen, before=standing.before.value, now=standing.now.value)
                if not made_up and week - since < BASELINE:
                    continue
            standing, since = drop_in(seen, asked=len(stages)), week
            if standing is not None:
                found.append((week, place))
    return found


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_fewer_than_two_false_alerts_a_year_when_nothing_changes(pipeline):
    years, seeds = 2, range(12)
    last = WEEKS + years * 52
    a_year = [
        len(alerts_of(simulated(seed, last, pipeline), WEEKS, last)) / years for seed in seeds
    ]
    assert np.mean(a_year) < 1.2
    assert sorted(a_year)[-2] <= 2
    assert max(a_year) <= 2.5


@pytest.mark.parametrize("pipeline", ["usual", "wide"])
def test_a_fall_of_a_quarter_is_found_within_four_weeks(pipeline):
    for seed in range(100, 120):
        stages = simulated(seed, 64, pipeline, falls_from=60)
        assert any(week >= 60 and place == 0 for week, place in alerts_of(stages, 60, 64))
