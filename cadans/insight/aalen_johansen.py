"""How many will go on in the end, though some have not had the time to: Aalen and Johansen's way.

Leads in a stage leave it one of two ways: up, or lost. Those still there are censored: of them it
is known only that it took longer than this. Counting them as failed calls a young cohort bad for
being young; leaving them out favours whatever happens quickly. The estimate follows the leads day
by day instead: of those still there, what share went up, what share was lost?
(Aalen and Johansen 1978; its variance by the delta method: Marubini and Valsecchi 1995, § 10.4.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cadans.insight.intervals import wilson

UP, LOST, WAITING = "reached_next", "lost", "waiting"

MOST_UNDECIDED = 0.25
"""With a larger share beyond what was ever seen, the end is a guess: then nothing is said."""


@dataclass(frozen=True)
class Spell:
    """So many leads that left a stage after so many whole days, or are in it for as long."""

    days: int
    how: str
    leads: int


@dataclass(frozen=True)
class Incidence:
    """The share that goes up in the end, its variance, and the share of which nothing is seen.

    `undecided` are those that stayed longer than anybody who left: they go up, or do not.
    """

    value: float
    variance: float
    undecided: float


def incidence(times: ArrayLike, up: ArrayLike, lost: ArrayLike, waiting: ArrayLike) -> Incidence:
    """The estimate from numbers of leads at increasing times, for at least one lead.

    At each time those that leave do so before those that were last seen then.
    """
    ups, losses, rest = (np.asarray(counts, dtype=float) for counts in (up, lost, waiting))
    order = np.argsort(np.asarray(times), kind="stable")
    ups, losses, rest = ups[order], losses[order], rest[order]
    left = ups + losses
    risk = np.cumsum((left + rest)[::-1])[::-1]
    staying = np.cumprod(1 - left / risk)
    before = np.concatenate(([1.0], staying[:-1]))
    reached = np.cumsum(before * ups / risk)
    return Incidence(
        float(reached[-1]), _variance(ups, left, risk, before, reached), float(staying[-1])
    )


Counts = NDArray[np.float64]


def _variance(ups: Counts, left: Counts, risk: Counts, before: Counts, reached: Counts) -> float:
    to_come = reached[-1] - reached
    # When the last ones at risk all leave, nothing is to come of which they could be unsure.
    stay = np.where(risk > left, risk - left, np.inf)
    parts = (
        to_come**2 * left / (risk * stay)
        + before**2 * ups * (risk - ups) / risk**3
        - 2 * to_come * before * ups / risk**2
    )
    return max(float(parts.sum()), 0.0)


def expected(spells: Sequence[Spell], *, entered: int, reached: int) -> dict[str, Any]:
    """The share expected to go up, as the API has rates, with the share `undecided`.

    `numerator` and `denominator` are what was counted so far. The interval is Wilson's at the
    number of leads that would give this variance if all were decided.
    """
    shape = {"value": None, "numerator": reached, "denominator": entered, "low": None, "high": None}
    if not spells:
        return {**shape, "undecided": None, "reason": "no_leads"}
    days = np.array([spell.days for spell in spells])
    leads = np.array([spell.leads for spell in spells])
    counts = [leads * [spell.how == how for spell in spells] for how in (UP, LOST, WAITING)]
    times, place = np.unique(days, return_inverse=True)
    found = incidence(
        times, *(np.bincount(place, weights=count, minlength=len(times)) for count in counts)
    )
    if found.undecided > MOST_UNDECIDED:
        return {**shape, "undecided": found.undecided, "reason": "too_young"}
    value = min(max(found.value, 0.0), 1.0)
    decided = float(counts[0].sum() + counts[1].sum())
    spread = value * (1 - value)
    number = spread / found.variance if found.variance > 0 and spread > 0 else decided
    low, high = wilson(value, min(number, float(entered)))
    return {
        **shape,
        "value": value,
        "low": low,
        "high": high,
        "undecided": found.undecided,
    }
