"""Did a conversion really drop? Weeks of decisions in, a drop or none out; nothing is read here.

The last complete week, and the last four as a month, are held against the 26 weeks before them by
an exact binomial test. Every week it is asked of every conversion of a pipeline: a chance of one in
a hundred each would give several alerts a year about nothing. So the hundredth is shared among all
that is asked of a pipeline at once (Bonferroni); the two windows, which mostly see the same, share
none. How often it is wrong, and what it finds, tests/insight/test_drops.py simulates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

BASELINE = 26
"""Weeks to compare with."""

WINDOWS = {"week": 1, "month": 4}
"""How many complete weeks are looked at; a month is four, so that each has the same days."""

MOST_CHANCE = 0.01
LEAST_DECIDED = 20
LEAST_POINTS = 0.05
LEAST_KNOWN = 100
"""Leads decided in the weeks compared with; of fewer the usual rate is itself not known."""

WEEKS = BASELINE + WINDOWS["month"]
"""All the weeks that are looked at."""

BACK = 0.5
"""A drop is over when at least half of it is made up for, in a whole month, or ..."""


@dataclass(frozen=True)
class Share:
    """So many went on, of so many that were decided."""

    part: int
    of: int

    @property
    def value(self) -> float:
        """The share; 0 of none."""
        return self.part / self.of if self.of else 0.0

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.of + other.of)


NONE = Share(0, 0)


@dataclass(frozen=True)
class Drop:
    """A drop: in which window, from what to what, and how likely so low a share is by chance.

    `weeks` is for how many of the last weeks the lower share explains what was seen best.
    """

    window: str
    before: Share
    now: Share
    chance: float
    weeks: int


def drop_in(weeks: Sequence[Share], *, asked: int = 1) -> Drop | None:
    """The drop at the end of these weeks, if there is a real one; the surest of the two windows.

    `asked`: how many conversions of the pipeline are asked about at once.
    """
    found = [one for window in WINDOWS if (one := _drop(weeks, window, asked)) is not None]
    return min(found, key=lambda one: one.chance, default=None)


def _drop(weeks: Sequence[Share], window: str, asked: int) -> Drop | None:
    length = WINDOWS[window]
    now = total(weeks[-length:])
    before = total(weeks[-length - BASELINE : -length])
    if now.of < LEAST_DECIDED or before.of < LEAST_KNOWN:
        return None
    if before.value - now.value < LEAST_POINTS:
        return None
    chance = _at_most(now, before.value)
    if chance * asked >= MOST_CHANCE:
        return None
    return Drop(window, before, now, chance, began(weeks, before.value))


def total(weeks: Sequence[Share]) -> Share:
    """All weeks together."""
    return sum(weeks, NONE)


def began(weeks: Sequence[Share], usual: float) -> int:
    """For how many of the last weeks a share below the usual explains best what was seen.

    The change point of greatest likelihood, among the weeks that are looked at.
    """
    best, length = 0.0, 1
    for last in range(1, len(weeks) + 1):
        now = total(weeks[-last:])
        gain = likelier(now, usual) if now.value < usual else 0.0
        if gain > best:
            best, length = gain, last
    return length


def likelier(seen: Share, usual: float) -> float:
    """The logarithm of how much likelier what was seen is under its own share than the usual."""
    gain = 0.0
    for number, own, other in (
        (seen.part, seen.value, usual),
        (seen.of - seen.part, 1 - seen.value, 1 - usual),
    ):
        if number:
            gain += number * log(own / max(other, 1e-12))
    return gain


def is_over(weeks: Sequence[Share], *, before: float, now: float) -> bool:
    """Whether a drop from `before` to `now` is made up for, by the last month."""
    month = total(weeks[-WINDOWS["month"] :])
    made_up = month.of >= LEAST_DECIDED and month.value >= now + BACK * (before - now)
    return made_up and drop_in(weeks) is None


# ── where most ──────────────────────────────────────────────────────────────────────────────

FEWEST_OF_PART = 10
STANDS_OUT = 0.025
"""Half of one in twenty: what is usual is itself known from some leads only."""

USUAL_COUNTS = 10
"""A part's own usual share counts as if so many more had shown that of all."""

Parts = Mapping[Any, tuple[Share, Share]]
"""Of each part (an owner, a source) the share before and now."""


def most_in(parts_by: Mapping[str, Parts]) -> tuple[str, Any] | None:
    """The breakdown and the part in which it is worse than what befell the others, if any is.

    A part that fell as the rest did is no explanation. So each is held against its own usual
    share, lowered as that of all others was; the least likely is named, if it is less likely than
    one in twenty even when that many were looked at.
    """
    chances = {
        (by, key): chance
        for by, parts in parts_by.items()
        for key in parts
        if (chance := _chance_of_part(parts, key)) is not None
    }
    if not chances:
        return None
    worst = min(chances, key=lambda place: chances[place])
    return worst if chances[worst] * len(chances) < STANDS_OUT else None


def _chance_of_part(parts: Parts, key: Any) -> float | None:
    """How likely so low a share of the part is, had it fared as the others; None for too few."""
    _before, now = parts[key]
    others = [other for other in parts if other != key]
    if now.of < FEWEST_OF_PART or sum(parts[other][1].of for other in others) < FEWEST_OF_PART:
        return None
    all_before = sum((before for before, _now in parts.values()), NONE).value
    foreseen = sum(_usual(parts[other][0], all_before) * parts[other][1].of for other in others)
    if foreseen == 0:
        return None
    fared = sum(parts[other][1].part for other in others) / foreseen
    share = min(_usual(parts[key][0], all_before) * fared, 1.0)
    return _at_most(now, share)


def _at_most(now: Share, rate: float) -> float:
    """The chance of so few or fewer, when each goes on at this rate: the binomial distribution."""
    from scipy.special import bdtr  # large: only the job that looks for drops needs it

    return float(bdtr(now.part, now.of, rate))


def _usual(before: Share, of_all: float) -> float:
    return (before.part + USUAL_COUNTS * of_all) / (before.of + USUAL_COUNTS)
