"""How leads of one pipeline go: from stage to stage, to won, to lost, and new ones coming. Pure.

A lead in a stage leaves it, on each day, for another stage, as won or as lost, with a chance that
depends on the stage, on how many days it has been there (competing risks: an exponential hazard
for each way out, constant within a span of days) and on the calendar: the day of the week, public
holidays, and the place of the month in the quarter, where the data show such a rhythm. From those
the chance to be won within a period follows by going through its days backwards: a semi-Markov
model. What is longer ago weighs less.

Sources: Aalen and Johansen, An Empirical Transition Matrix for Non-homogeneous Markov Chains Based
on Censored Observations, Scand. J. Statist. 5 (1978); Prentice and Gloeckler, Regression Analysis
of Grouped Survival Data, Biometrics 34 (1978) for hazards on grouped days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cadans.insight.forecast.tempo import MONTHS, Baselines, Pace, pace_of, unknown_pace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = 10**7
"""The day on which a stay that is not over ends."""

MOVED, WON, LOST = range(3)
WAYS = 3
"""The ways out of a stage. (A lead that was cancelled is not won either: it counts as lost.)"""

# fmt: off
SPANS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 21, 25, 30, 36, 43, 52, 62, 75, 90,
                  108, 130, 156, 190, 230, 275, 330, 400, 500, 700, 1000], dtype=np.int64)
# fmt: on
"""Days in a stage from which on the hazard is another one."""

OLDEST = 1100
"""Days in a stage that are told apart at most."""

PULL = 2.0
"""How many departures the hazard of neighbouring spans weighs beside those of a span."""

DAY_PULL = 20.0
"""How many departures "no difference" weighs beside those of a day of the week."""

SWEEPS = 2
"""Rounds in which hazards and calendar are fitted to each other."""

FEW = 10
"""Departures of a kind from which on its pace is looked at."""

HOLIDAY = 7
"""The kind of day after Monday (0) to Sunday (6)."""


@dataclass(frozen=True)
class Stays:
    """Stays of leads in the open stages of a pipeline, one row each, in days (ordinals).

    `left` is NEVER for those that last; `way` is then -1. `to` is the stage that a move went to.
    `lead` says which stays are of one lead, `first` which is its first.
    """

    stage: Ints
    entered: Ints
    left: Ints
    way: Ints
    to: Ints
    lead: Ints
    first: NDArray[np.bool_]
    stages: int

    def until(self, day: int) -> Stays:
        """What was known of them when that day began."""
        there = self.entered < day
        later = self.left[there] >= day
        return Stays(
            stage=self.stage[there],
            entered=self.entered[there],
            left=np.where(later, NEVER, self.left[there]),
            way=np.where(later, -1, self.way[there]),
            to=np.where(later, -1, self.to[there]),
            lead=self.lead[there],
            first=self.first[there],
            stages=self.stages,
        )


@dataclass(frozen=True)
class Calendar:
    """What kind of day a day is (Monday 0 … Sunday 6, holiday 7), and its month (since year 0)."""

    kind: Callable[[Ints], Ints]
    month: Callable[[Ints], Ints]


@dataclass(frozen=True)
class Course:
    """How leads go: hazards a day of each way out of each stage in each span of days.

    `hazard` [way, stage, span], `to` [stage, stage] where moves go, `by_day` [way, kind of day]
    and `by_month` [way, month of the year] the calendar's factors.
    """

    hazard: Floats
    to: Floats
    by_day: Floats
    by_month: Floats

    def factors(self, days: Ints, calendar: Calendar) -> Floats:
        """The calendar's factor of each way on each day."""
        product: Floats = (
            self.by_day[:, calendar.kind(days)] * self.by_month[:, calendar.month(days) % MONTHS]
        )
        return product


@dataclass(frozen=True)
class Tallies:
    """Of each day (from `start` on), stage and span: stays at risk, and how they ended."""

    start: int
    risk: Floats
    ends: Floats
    moves: Floats
    days: Ints = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", np.arange(self.start, self.start + len(self.risk)))


def tallied(stays: Stays, start: int, end: int, *, half_life: float) -> Tallies:
    """What happened on each day of [start, end); moves are weighed by how long ago they were."""
    days, shape = end - start, (stays.stages, len(SPANS))
    risk = np.zeros((days + 1, *shape))
    # A stay is in a span from one day to another: one up at the first, one down after the last.
    last = np.minimum(stays.left + 1, end)
    for span, low in enumerate(SPANS):
        high = SPANS[span + 1] if span + 1 < len(SPANS) else NEVER
        begin = np.clip(stays.entered + low, start, end) - start
        until = np.clip(np.minimum(stays.entered + high, last), start, end) - start
        here = until > begin
        np.add.at(risk[:, :, span], (begin[here], stays.stage[here]), 1.0)
        np.add.at(risk[:, :, span], (until[here], stays.stage[here]), -1.0)
    risk = np.cumsum(risk, axis=0)[:-1]
    ends = np.zeros((WAYS, days, *shape))
    over = (stays.left >= start) & (stays.left < end)
    spans = np.searchsorted(SPANS, (stays.left - stays.entered)[over], side="right") - 1
    np.add.at(ends, (stays.way[over], stays.left[over] - start, stays.stage[over], spans), 1.0)
    moves = np.zeros((stays.stages, stays.stages))
    moved = over & (stays.way == MOVED)
    weight = 0.5 ** ((end - stays.left[moved]) / half_life)
    np.add.at(moves, (stays.stage[moved], stays.to[moved]), weight)
    return Tallies(start, risk, ends, moves)


def course_of(
    stays: Stays, end: int, calendar: Calendar, *, half_life: float, look_back: int = 730
) -> tuple[Course, Blocks]:
    """Fit hazards and calendar to what happened before the day `end`.

    Days before the first lead was won or lost say nothing: either closings were not kept yet, or
    leads were too young.
    """
    closed = stays.left[(stays.way == WON) | (stays.way == LOST)]
    start = max(int(closed.min()), end - look_back)
    told = tallied(stays, start, end, half_life=half_life)
    weight = 0.5 ** ((end - told.days) / half_life)
    by_day, by_month = np.ones((WAYS, 8)), np.ones((WAYS, MONTHS))
    course = Course(np.zeros((WAYS, *told.risk.shape[1:])), _shares(told.moves), by_day, by_month)
    for _sweep in range(SWEEPS):
        hazard = _hazards(told, weight, course.factors(told.days, calendar))
        course = Course(hazard, course.to, by_day, by_month)
        by_day = _by_day(told, weight, course, calendar)
        course = Course(hazard, course.to, by_day, by_month)
        blocks = _blocks(told, course, calendar, end)
        by_month[WON] = np.exp(blocks.pace(WON, end).rhythm)
        course = Course(hazard, course.to, by_day, by_month)
    hazard = _hazards(told, weight, course.factors(told.days, calendar))
    course = Course(hazard, course.to, by_day, by_month)
    return course, _blocks(told, course, calendar, end)


@dataclass(frozen=True)
class Blocks:
    """Of each way out and block of days (the last ends at `end`): how many went, how many were
    expected to, and how much of a day there was (by the days of the week)."""

    end: int
    length: int
    seen: Floats
    expected: Floats
    days: Floats
    places: Floats
    calendar: Calendar
    by_day: Floats

    def block(self, until: int) -> Ints:
        """In which block ahead each day until then lies."""
        return (np.arange(self.end, until) - self.end) // self.length

    def pace(self, way: int, until: int, ahead: Floats | None = None) -> Pace:
        """How the pace of a way goes on in the blocks until a day.

        `ahead` is what is expected of each of the days; without it the pace follows what is
        expected, whatever that will be.
        """
        days = np.arange(self.end, until)
        factors = self.by_day[way, self.calendar.kind(days)] if len(days) else np.zeros(0)
        if self.seen[way].sum() < FEW:
            return unknown_pace(int(self.block(until)[-1]) + 1 if len(days) else 0)
        flat = summed(self.block(until), factors)
        baselines = Baselines(
            self.expected[way],
            self.days[way],
            flat if ahead is None else summed(self.block(until), ahead),
            flat,
            1.0 if ahead is None else None,
        )
        places = block_places(days, self.end, self.length, self.calendar)
        return pace_of(self.seen[way], baselines, self.places, places, self.length / 7)


def _shares(moves: Floats) -> Floats:
    """Where moves go; a stage that none left yet moves on to the next one."""
    guess = np.eye(len(moves), k=1)
    guess[-1] = 0
    total = moves.sum(axis=1, keepdims=True)
    return np.where(total > 0, moves / np.maximum(total, 1e-12), guess)


def _hazards(told: Tallies, weight: Floats, factors: Floats) -> Floats:
    """Each way's hazard a day: departures by days at risk, drawn towards neighbouring spans."""
    risk = np.einsum("t,tsb->sb", weight, told.risk)
    ends = np.einsum("t,ktsb->ksb", weight, told.ends)
    exposed = np.einsum("t,kt,tsb->ksb", weight, factors, told.risk)
    # On grouped days a hazard of h leaves 1 - exp(-h) a day: for quick stages that is a lot.
    share = np.clip(ends.sum(axis=0) / np.maximum(risk, 1e-9), 0, 0.995)
    stretch = np.where(share > 0, -np.log1p(-share) / np.maximum(share, 1e-12), 1.0)
    ends = ends * stretch
    near, around = _smoothed(ends), _smoothed(exposed)
    stage = (ends.sum(axis=2, keepdims=True) + 0.01) / (exposed.sum(axis=2, keepdims=True) + 10)
    local = (near + 0.5 * 1.0) / (around + 0.5 / stage)
    hazard: Floats = (ends + PULL) / (exposed + PULL / np.maximum(local, 1e-9))
    return hazard


def _smoothed(row: Floats) -> Floats:
    """Each span with its neighbours, which weigh less the further they are away."""
    padded = np.pad(row, [(0, 0), (0, 0), (2, 2)])
    weights = (0.25, 0.5, 1.0, 0.5, 0.25)
    width = row.shape[2]
    total: Floats = np.zeros_like(row)
    for place, one in enumerate(weights):
        total += one * padded[:, :, place : place + width]
    return total


def _expected(told: Tallies, course: Course, factors: Floats) -> Floats:
    """Of each way and day, how many would have gone."""
    rate = course.hazard[:, None] * factors[:, :, None, None]
    total = rate.sum(axis=0)
    gone = told.risk * -np.expm1(-total)
    share = np.where(total > 0, gone / np.maximum(total, 1e-12), 0.0)
    gone_by_way: Floats = np.einsum("ktsb,tsb->kt", rate, share)
    return gone_by_way


def _by_day(told: Tallies, weight: Floats, course: Course, calendar: Calendar) -> Floats:
    kinds = calendar.kind(told.days)
    flat = Course(course.hazard, course.to, np.ones((WAYS, 8)), course.by_month)
    expected = _expected(told, flat, flat.factors(told.days, calendar)) * weight
    seen = told.ends.sum(axis=(2, 3)) * weight
    factors = np.ones((WAYS, 8))
    for way in range(WAYS):
        e = summed(kinds, expected[way], minlength=8)
        o = summed(kinds, seen[way], minlength=8)
        factors[way, :7] = (o[:7] + DAY_PULL) / (e[:7] + DAY_PULL)
        few = DAY_PULL / 4
        factors[way, HOLIDAY] = (o[HOLIDAY] + few * factors[way, 6]) / (e[HOLIDAY] + few)
    return factors


def _blocks(told: Tallies, course: Course, calendar: Calendar, end: int) -> Blocks:
    """Seen against expected, the rhythm of the months left aside."""
    flat = Course(course.hazard, course.to, course.by_day, np.ones((WAYS, MONTHS)))
    factors = flat.factors(told.days, calendar)
    expected, seen = _expected(told, flat, factors), told.ends.sum(axis=(2, 3))
    length = block_length(seen[WON])
    place, whole = blocks_before(told.days, end, length)
    months = calendar.month(told.days[whole]) % MONTHS
    places = np.zeros((int(place.max()) + 1, MONTHS))
    np.add.at(places, (place, months), 1.0)
    in_blocks = [
        np.array([summed(place, row[whole]) for row in rows]) for rows in (seen, expected, factors)
    ]
    return Blocks(
        end=end,
        length=length,
        seen=in_blocks[0],
        expected=in_blocks[1],
        days=in_blocks[2],
        places=places / places.sum(axis=1, keepdims=True),
        calendar=calendar,
        by_day=course.by_day,
    )


def summed(place: Ints, many: Floats | None = None, *, minlength: int = 0) -> Floats:
    """How many lie at each place, or what they add up to."""
    total: Floats = np.bincount(place, many, minlength).astype(np.float64)
    return total


def blocks_before(days: Ints, end: int, length: int) -> tuple[Ints, NDArray[np.bool_]]:
    """In which block each day lies, counted from the first whole one; and which days count."""
    back = (end - 1 - days) // length
    first = back == back.max()
    whole = ~first if first.sum() < length and not first.all() else np.ones(len(days), bool)
    return back[whole].max() - back[whole], whole


def block_length(seen: Floats) -> int:
    """Days of a block: weeks enough for some eight that were seen, at most four weeks."""
    weekly = 7 * seen.sum() / max(len(seen), 1)
    return 7 * int(np.clip(np.ceil(8 / max(weekly, 1e-9)), 1, 4))


def block_places(days: Ints, start: int, length: int, calendar: Calendar) -> Floats:
    """The part of each block of days that lies in each month of the year."""
    block = (days - start) // length
    parts = np.zeros((int(block.max()) + 1 if len(block) else 0, MONTHS))
    np.add.at(parts, (block, calendar.month(days) % MONTHS), 1.0)
    shares: Floats = parts / np.maximum(parts.sum(axis=1, keepdims=True), 1)
    return shares


def ways_a_day(rate: Floats) -> tuple[Floats, Floats, Floats]:
    """Of hazards of a day [way, …]: the chances to be won, to move, and to stay."""
    total = rate.sum(axis=0)
    stay = np.exp(-total)
    gone = np.where(total > 0, (1 - stay) / np.maximum(total, 1e-300), 0.0)
    return rate[WON] * gone, rate[MOVED] * gone, stay


def chances(
    course: Course, factors: Floats, *, counts: NDArray[np.bool_], oldest: int
) -> tuple[Floats, Floats]:
    """The chance to be won on a day that counts, going through the days backwards.

    `factors` [way, day] multiply the hazards. Of a lead in a stage since so many days on the
    first morning: [stage, days]; and of a lead that enters a stage on a day: [day, stage].
    """
    hazard = course.hazard[:, :, spans_to(oldest)]
    stages, ages = hazard.shape[1:]
    later = np.zeros((stages, ages))
    entering = np.zeros((len(counts), stages))
    for day in range(len(counts) - 1, -1, -1):
        won, moved, stay = ways_a_day(hazard * factors[:, day, None, None])
        older = np.concatenate([later[:, 1:], later[:, -1:]], axis=1)
        kept = won * counts[day] + stay * older
        # Who enters a stage today may leave it today, for one that may be left today …
        through = np.eye(stages) - moved[:, :1] * course.to
        entering[day] = np.linalg.solve(through, kept[:, 0])
        later = kept + moved * (course.to @ entering[day])[:, None]
    return later, entering


def won_a_day(course: Course, factors: Floats, *, there: Floats, coming: Floats) -> Floats:
    """How many are expected to be won on each day, going through the days forwards.

    `there` [stage, days] are the leads of the first morning, `coming` [day, stage] new ones.
    """
    stages, ages = there.shape
    hazard = course.hazard[:, :, spans_to(ages - 1)]
    won_on = np.zeros(len(coming))
    for day in range(len(coming)):
        won, moved, stay = ways_a_day(hazard * factors[:, day, None, None])
        first = moved[:, :1] * course.to
        entering = coming[day] + course.to.T @ (moved * there).sum(axis=1)
        entered = np.linalg.solve(np.eye(stages) - first.T, entering)
        won_on[day] = (won * there).sum() + won[:, 0] @ entered
        kept = stay * there
        there = np.zeros_like(there)
        there[:, 1:] = kept[:, :-1]
        there[:, -1] += kept[:, -1]
        there[:, 1] += stay[:, 0] * entered
    return won_on


def spans_to(oldest: int) -> Ints:
    """The span of each number of days in a stage, up to the oldest (and at least one day)."""
    return np.searchsorted(SPANS, np.arange(max(min(oldest, OLDEST), 1) + 1), side="right") - 1
