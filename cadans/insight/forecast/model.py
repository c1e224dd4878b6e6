"""The model of what will be won: learned from a pipeline's history, kept as plain numbers. Pure.

It knows how leads go (`hazards.py`), how many are to come (`coming.py`), how the pace of winning
goes on (`tempo.py`), what traits say (`traits.py`) and what is won of what a lead was said to be
worth. Before it is kept it is put to the test: it is learned again from the days before some past
days, and how far it was off there sets how wide its intervals are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cadans.insight.forecast.coming import Coming, coming_of
from cadans.insight.forecast.hazards import (
    LOST,
    NEVER,
    OLDEST,
    WON,
    Blocks,
    Calendar,
    Course,
    Floats,
    Ints,
    Stays,
    chances,
    course_of,
    won_a_day,
)
from cadans.insight.forecast.records import History
from cadans.insight.forecast.traits import Effects, effects_of
from cadans.insight.forecast.worth import Prices, prices_of

VERSION = 1
"""Of the document: one of another version is learned anew."""

HALF_LIFE = 365.0
"""Days after which a departure weighs half in the hazards. (The pace follows faster changes.)"""

LEAST_WON = 30
LEAST_DAYS = 28
"""Below so many leads won, or days since the first lead was closed, the model does not speak."""

HORIZONS = (14, 30, 91)
"""Days ahead for which it is put to the test."""

TESTS = 12
"""Past days on which it is put to the test at most, for each horizon."""

DOUBT = 1.0
"""How many tests the model's own idea of its errors weighs beside those that were made."""

NUDGE = 0.1
"""A quickening of the pace, to see how many more would be won."""

BIAS = 0.1
"""How far off on the whole (as a standard deviation of the log) a model may well be."""

LEAST_SPREAD = 0.03
"""The pace is never thought to be known better than this."""

FAR = 400
"""Days after which what is still open hardly matters for how a stage ends."""


@dataclass(frozen=True)
class Test:
    """One past day on which the model was put to the test: what it said, and what came."""

    day: int
    horizon: int
    said: float
    spread: float
    came: int


@dataclass(frozen=True)
class Flow:
    """How leads go, at which pace, and how many come."""

    course: Course
    blocks: Blocks
    coming: Coming


@dataclass(frozen=True)
class Learned:
    """All that the model knows of a pipeline on the morning of the day `end`.

    `reason` says why it does not speak; then the rest is empty. `eventual` is the chance from each
    stage to be won at all. `sizes` are the values between which
    leads are small, middling and large. `corrections` are what tests say of each horizon.
    """

    end: int
    stages: list[str]
    won: int = 0
    closed: int = 0
    reason: str = ""
    flow: Flow | None = None
    effects: Effects = field(default_factory=Effects)
    eventual: Floats = field(default_factory=lambda: np.zeros(0))
    sizes: list[float] = field(default_factory=list)
    prices: Prices = field(default_factory=Prices)
    corrections: dict[int, Correction] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)


def learn(
    history: History, end: int, calendar: Calendar, *, horizons: Iterable[int] = HORIZONS
) -> Learned:
    """Learn from what was known when the day `end` began, and put it to the test."""
    learned = _learn(history.stays, end, calendar, history.stages, history.scale)
    if learned.flow is None:
        return learned
    eventual = _eventual(learned.flow.course)
    sizes = _sizes(history, end)
    tests = [test for horizon in horizons for test in tested(history, end, horizon, calendar)]
    corrections = {
        horizon: _corrected([one for one in tests if one.horizon == horizon], _step(horizon))
        for horizon in horizons
    }
    return replace(
        learned,
        eventual=eventual,
        effects=_effects(history, eventual, sizes, end),
        sizes=sizes,
        prices=prices_of(history.closed, end),
        tests=tests,
        corrections=corrections,
    )


def _learn(
    stays: Stays, end: int, calendar: Calendar, stages: list[str], scale: float = 1.0
) -> Learned:
    known = stays.until(end)
    won, closed = known.way == WON, (known.way == WON) | (known.way == LOST)
    learned = Learned(end, stages, int(won.sum()), int(closed.sum()))
    since = int(known.left[closed].min()) if closed.any() else end
    if won.sum() < LEAST_WON or end - since < LEAST_DAYS:
        return replace(learned, reason="too_little_history")
    course, blocks = course_of(known, end, calendar, half_life=HALF_LIFE)
    return replace(learned, flow=Flow(course, blocks, coming_of(known, end, calendar, scale=scale)))


def _eventual(course: Course) -> Floats:
    """From each stage, as it is entered: the chance to be won at all."""
    steady = np.ones((len(course.hazard), FAR))
    ever = chances(course, steady, counts=np.ones(FAR, bool), oldest=FAR)[1][0]
    within: Floats = np.clip(ever, 0.001, 0.999)
    return within


def _sizes(history: History, end: int) -> list[float]:
    """The values that part closed leads into three alike in number."""
    guess = history.closed.guess[history.closed.day < end]
    guess = guess[~np.isnan(guess)]
    return [float(one) for one in np.quantile(guess, (1 / 3, 2 / 3))] if len(guess) else []


def sized(values: Floats, sizes: Sequence[float]) -> list[str]:
    """Each lead's size (0 small, 1 middling, 2 large), as a trait; "" for those without a value."""
    if not sizes:
        return [""] * len(values)
    return [
        "" if np.isnan(value) else str(np.searchsorted(sizes, value, side="right"))
        for value in values
    ]


def _effects(history: History, eventual: Floats, sizes: list[float], end: int) -> Effects:
    """What traits say, from each stay of each closed lead."""
    stays, closed = history.stays, history.closed
    row_of = np.full(int(stays.lead.max()) + 1, -1)
    known = closed.day < end
    row_of[closed.lead[known]] = np.flatnonzero(known)
    rows = row_of[stays.lead]
    there = (rows >= 0) & (stays.entered < end)
    rows, stage = rows[there], stays.stage[there]
    weight = 1 / np.bincount(rows, minlength=len(closed.won))[rows]
    every = {**closed.traits, "size": sized(closed.guess, sizes)}
    traits = {name: [values[row] for row in rows] for name, values in every.items()}
    return effects_of(closed.won[rows], eventual[stage], stage, weight, traits)


# ── put to the test ─────────────────────────────────────────────────────────────────────────


def tested(history: History, end: int, horizon: int, calendar: Calendar) -> list[Test]:
    """The model on past days, each with only what was known then; the period after it is over."""
    step = _step(horizon)
    found: list[Test] = []
    for day in range(end - horizon, end - horizon - TESTS * step, -step):
        learned = _learn(history.stays, day, calendar, history.stages)
        if learned.reason:
            break
        stays = history.stays.until(day)
        open_ = stays.left == NEVER
        leads = Leads(stays.stage[open_], day - stays.entered[open_])
        said = ahead(learned, leads, calendar, now=day, since=day, until=day + horizon)
        left, way = history.stays.left, history.stays.way
        came = int(((way == WON) & (left >= day) & (left < day + horizon)).sum())
        found.append(Test(day, horizon, said.won, said.off(), came))
    return found


def _step(horizon: int) -> int:
    return max(7, horizon // 3)


@dataclass(frozen=True)
class Correction:
    """What tests say of a horizon: the factor that brings forecasts to what came, on the whole,
    and how many times wider than the model thinks its errors are after that."""

    factor: float = 1.0
    widen: float = 1.0


def _corrected(tests: Sequence[Test], step: int) -> Correction:
    """Learned from the tests, drawn towards none. Tests whose periods overlap count for less."""
    if not tests:
        return Correction()
    off = np.log([(one.came + 0.5) / (one.said + 0.5) for one in tests])
    spread = np.array([one.spread for one in tests])
    real = 1 + (len(tests) - 1) * min(step / tests[0].horizon, 1.0)
    shift = float(off.mean()) * real / (real + float((spread**2).mean()) / BIAS**2)
    left = float((((off - shift) / spread) ** 2).mean())
    return Correction(np.exp(shift), float(np.sqrt((DOUBT + real * left) / (DOUBT + real))))


# ── what it says ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Leads:
    """Open leads: the stage of each, and for how many days it has been there."""

    stage: Ints
    days: Ints


@dataclass(frozen=True)
class Ahead:
    """What is expected to be won in a period: the chance of each open lead (traits aside), and
    how many of those still to come.

    `spread` is the standard deviation of the log of the whole, beside the luck of single leads;
    `spread_new` that of how many come.
    """

    chance: Floats
    new: float
    spread: float
    spread_new: float

    @property
    def won(self) -> float:
        """How many are expected to be won."""
        return float(self.chance.sum()) + self.new

    def luck(self) -> float:
        """The standard deviation of the log of the whole by the luck of single leads, and by how
        many come."""
        single = float((self.chance * (1 - self.chance)).sum()) + self.new
        return float(np.sqrt(single + (self.new * self.spread_new) ** 2) / max(self.won, 0.5))

    def off(self) -> float:
        """The standard deviation of the log of the whole."""
        return float(np.hypot(self.spread, self.luck()))

    def corrected(self, correction: Correction) -> Ahead:
        """As the tests say it should have been, its spread as wide as they were off."""
        said = replace(
            self,
            chance=np.clip(self.chance * correction.factor, 0.0, 1.0),
            new=self.new * correction.factor,
        )
        return replace(said, spread=said.beside_luck(correction.widen))

    def beside_luck(self, widen: float) -> float:
        """What is left for the pace when the whole is so many times wider."""
        left = (widen * self.off()) ** 2 - self.luck() ** 2
        return float(np.sqrt(max(left, LEAST_SPREAD**2)))


def ahead(
    learned: Learned, leads: Leads, calendar: Calendar, *, now: int, since: int, until: int
) -> Ahead:
    """What is expected to be won on the days of [since, until), as of the morning of `now`."""
    assert learned.flow is not None
    course, blocks, coming = learned.flow.course, learned.flow.blocks, learned.flow.coming
    skip, days = now - learned.end, np.arange(now, until)
    stages = len(learned.stages)
    many, spread_new = coming.ahead(until, calendar)
    new = many[skip:, None] * coming.starts
    factors = course.by_day[:, calendar.kind(days)]
    oldest = min(int(leads.days.max(initial=0)) + len(days) + 1, OLDEST)
    there = np.zeros((stages, oldest + 1))
    np.add.at(there, (leads.stage, np.minimum(leads.days, oldest)), 1.0)
    flow = won_a_day(course, factors, there=there, coming=new)
    expected = np.concatenate([np.full(skip, flow[:7].mean()), flow])
    pace = blocks.pace(WON, until, expected)
    factors[WON] *= np.exp(pace.mean[blocks.block(until)])[skip:]
    counts = days >= since
    lead, entering = chances(course, factors, counts=counts, oldest=oldest)
    chance = lead[leads.stage, np.minimum(leads.days, lead.shape[1] - 1)]
    part = np.bincount(blocks.block(until)[skip:], flow * counts, minlength=len(pace.mean)) / max(
        float((flow * counts).sum()), 1e-9
    )
    won = float(chance.sum() + (new * entering).sum())
    factors[WON] *= np.exp(NUDGE)
    quicker = float((won_a_day(course, factors, there=there, coming=new) * counts).sum())
    # Where most of those that are there will be won anyway, a quicker pace wins few more.
    give = np.log(max(quicker, 1e-9) / max(won, 1e-9)) / NUDGE if won else 1.0
    return Ahead(
        np.clip(chance, 0.0, 1.0),
        float((new * entering).sum()),
        float(np.clip(give, 0.0, 1.0) * np.sqrt(part @ pace.cover @ part)),
        # More leads mean more won as far as the number follows them.
        float(pace.bond * np.sqrt(spread_new)),
    )


def with_traits(
    learned: Learned, chance: Floats, stage: Ints, traits: Mapping[str, Sequence[str]]
) -> Floats:
    """Each lead's chance, as far as its traits make it likelier or less likely to be won at all."""
    base = learned.eventual[stage]
    odds = learned.effects.odds(base, stage, traits)
    return np.clip(chance * (odds / (1 + odds)) / base, 0.0, 0.995)


def correction_for(learned: Learned, days: int) -> Correction:
    """The correction of a period that ends so many days ahead: that of the horizon nearest."""
    if not learned.corrections:
        return Correction()
    near = min(learned.corrections, key=lambda horizon: abs(np.log(horizon / max(days, 1))))
    return learned.corrections[near]


def as_document(learned: Learned) -> dict[str, Any]:
    """What was learned as plain numbers, for JSON."""
    head = {
        "version": VERSION,
        "end": learned.end,
        "stages": learned.stages,
        "won": learned.won,
        "closed": learned.closed,
    }
    if learned.flow is None:
        return {**head, "reason": learned.reason}
    course, blocks, coming = learned.flow.course, learned.flow.blocks, learned.flow.coming
    return {
        **head,
        "course": _plain(course, "hazard", "to", "by_day", "by_month"),
        "blocks": {
            "length": blocks.length,
            **_plain(blocks, "seen", "expected", "days", "places", "by_day"),
        },
        "coming": {
            "length": coming.length,
            "rate": coming.rate,
            **_plain(coming, "by_day", "starts", "seen", "expected", "places"),
        },
        "effects": vars(learned.effects),
        "eventual": learned.eventual.round(6).tolist(),
        "sizes": learned.sizes,
        "prices": vars(learned.prices),
        "corrections": {str(days): vars(one) for days, one in learned.corrections.items()},
        "tests": [vars(test) for test in learned.tests],
    }


def _plain(thing: Any, *names: str) -> dict[str, Any]:
    return {name: np.round(getattr(thing, name), 9).tolist() for name in names}


def from_document(document: Mapping[str, Any], calendar: Calendar) -> Learned:
    """What was learned, from the document."""
    head = {name: document[name] for name in ("end", "stages", "won", "closed")}
    if document.get("reason"):
        return Learned(**head, reason=document["reason"])
    end = int(document["end"])
    blocks, coming = dict(document["blocks"]), dict(document["coming"])
    return Learned(
        **head,
        flow=Flow(
            Course(**_arrays(document["course"])),
            Blocks(end=end, length=blocks.pop("length"), calendar=calendar, **_arrays(blocks)),
            Coming(
                end=end, length=coming.pop("length"), rate=coming.pop("rate"), **_arrays(coming)
            ),
        ),
        effects=Effects(**document["effects"]),
        eventual=np.array(document["eventual"]),
        sizes=document["sizes"],
        prices=Prices(**document["prices"]),
        corrections={int(d): Correction(**one) for d, one in document["corrections"].items()},
        tests=[Test(**test) for test in document["tests"]],
    )


def _arrays(table: Mapping[str, Any]) -> dict[str, Floats]:
    return {name: np.array(values, dtype=np.float64) for name, values in table.items()}
