"""How a pace goes on: its level, which may drift, the rhythms of quarter and year, chance. Pure.

Of blocks of days it is known how much was seen and how much was expected. The log of seen ÷
expected is taken as a level that drifts, effects of the month's place in the quarter and in the
year, each block's own chance, and the error of counting; all Gaussian. How strong each of these
is nobody knows beforehand: all combinations are weighed by how well they tell what was seen
(Bayesian model averaging). So a rhythm is believed only when it comes back, and a drift followed
only when there is one.

Source: the local level model with regressors of A. Harvey, Forecasting, Structural Time Series
Models and the Kalman Filter (1989), written as a Gaussian process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MONTHS = 12
"""Months of a year."""

QUARTERLY = np.eye(3)[np.arange(MONTHS) % 3]
"""The place of each month in its quarter."""

RHYTHMS = ((0.0, 0.5), (0.2, 0.3), (0.5, 0.2))
SEASONS = ((0.0, 0.6), (0.25, 0.4))
DRIFTS = (
    *((0.0, 8.0, 0.25), (0.15, 8.0, 0.2), (0.15, 26.0, 0.25), (0.35, 4.0, 0.1), (0.35, 26.0, 0.15)),
    *((0.7, 26.0, 0.04), (1.5, 26.0, 0.01)),
)
CHANCES = ((0.05, 0.35), (0.15, 0.35), (0.35, 0.3))
"""Standard deviations of the log that are weighed, with how likely each is beforehand: of the
months of a quarter, the months of a year, the drift (with the weeks after which it is forgotten)
and the chance of a week."""

BONDS = ((1.0, 0.5), (0.5, 0.25), (0.0, 0.25))
"""How far the number follows what was expected of the leads that there were: wholly, by half (with
the square root), or not at all, as where a team can win so many a week, however many are open."""

LEVEL = 1.0
"""The standard deviation of the level at the beginning: anything."""


@dataclass(frozen=True)
class Pace:
    """What is expected of blocks to come, as logs of a factor: `mean`, and `cover`, the
    covariance of their errors. `rhythm` is the effect of each month of the year, `bond` how far
    the number follows what was expected of leads."""

    mean: Floats
    cover: Floats
    rhythm: Floats
    bond: float


def unknown_pace(coming: int) -> Pace:
    """The pace of so many blocks of which nothing is known: as expected, give or take a half."""
    return Pace(np.zeros(coming), np.full((coming, coming), 0.25), np.zeros(MONTHS), 1.0)


def pace_of(
    seen: Floats, baselines: Baselines, places: Floats, ahead: Floats, weeks: float
) -> Pace:
    """The pace of the blocks ahead.

    `places` [block, month of the year] is the part of each block in each month, `ahead` the same
    of the blocks to come; `weeks` how long a block is. Blocks run on without gaps.
    """
    known, coming = len(seen), len(ahead)
    if known == 0:
        return unknown_pace(coming)
    of = np.concatenate([places, ahead])
    quarterly = of @ QUARTERLY
    alike, season_alike = quarterly @ quarterly.T, of @ of.T
    steps = np.arange(known + coming, dtype=np.float64)
    apart = np.abs(steps[:, None] - steps[None, :]) * weeks
    rhythm, season, drift, memory, chance, prior = combinations()
    whole = (
        rhythm[:, None, None] ** 2 * alike
        + season[:, None, None] ** 2 * season_alike
        + drift[:, None, None] ** 2 * np.exp(-apart / memory[:, None, None])
        + LEVEL**2
        + chance[:, None, None] ** 2 * np.eye(known + coming) / max(weeks, 1) ** 0.5
    )
    found = []
    for bond, likely in BONDS if baselines.bound is None else ((baselines.bound, 1.0),):
        past, future = baselines.at(bond)
        ratio = np.log(seen + 0.5) - past
        inside = whole[:, :known, :known] + np.diag(1 / (np.exp(past) + 0.5))
        solved = np.linalg.solve(inside, np.broadcast_to(ratio[:, None], (len(whole), known, 1)))
        sizes = np.linalg.slogdet(inside)[1]
        logs = np.log(prior * likely) - 0.5 * (sizes + ratio @ solved[:, :, 0].T)
        for one in np.flatnonzero(logs > logs.max() - 7):
            across = whole[one, known:, :known]
            gain = np.linalg.solve(inside[one], across.T)
            found.append(
                (
                    logs[one],
                    across @ solved[one, :, 0] + future - baselines.at(1.0)[1],
                    whole[one, known:, known:] - across @ gain,
                    rhythm[one] ** 2 * (QUARTERLY @ (solved[one, :, 0] @ places @ QUARTERLY))
                    + season[one] ** 2 * (solved[one, :, 0] @ places),
                    bond,
                )
            )
    logs, means, covers, effects, bonds = (np.array(column) for column in zip(*found, strict=True))
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    mean = weight @ means
    off = means - mean
    cover = np.einsum("c,cij->ij", weight, covers) + np.einsum("c,ci,cj->ij", weight, off, off)
    return Pace(mean, cover, weight @ effects, float(weight @ bonds))


@dataclass(frozen=True)
class Baselines:
    """What was expected of each block: of the leads that there were, and of the days alone.

    `follow` and `days` are of the blocks known, `follow_ahead` and `days_ahead` of those to come.
    """

    follow: Floats
    days: Floats
    follow_ahead: Floats
    days_ahead: Floats
    bound: float | None = None

    def at(self, bond: float) -> tuple[Floats, Floats]:
        """Logs of what is expected of the blocks, known and to come, when the bond is so strong."""
        follow, ahead = np.log(self.follow + 0.01), np.log(self.follow_ahead + 0.01)
        scale = np.log((self.follow.sum() + 0.01) / (self.days.sum() + 0.01))
        days, days_ahead = np.log(self.days + 0.01), np.log(self.days_ahead + 0.01)
        return (
            bond * follow + (1 - bond) * (days + scale),
            bond * ahead + (1 - bond) * (days_ahead + scale),
        )


@lru_cache(maxsize=1)
def combinations() -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """All strengths of rhythm, season, drift and chance, and how likely each combination is
    beforehand."""
    rows = [
        (r, y, d, m, c, p * o * q * s)
        for r, p in RHYTHMS
        for y, o in SEASONS
        for d, m, q in DRIFTS
        for c, s in CHANCES
    ]
    rhythm, season, drift, memory, chance, prior = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return rhythm, season, drift, memory, chance, prior
