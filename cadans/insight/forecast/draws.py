"""What could come of a forecast: the same period drawn many times, for its 80 % interval. Pure.

In each draw the pace of each pipeline is a little quicker or slower than expected (for all rows
alike), more or fewer leads come, and each lead is won or not. The leads that are worth most are
drawn one by one, the many others together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 2000
ONE_BY_ONE = 60
SEED = 20_000
BOUNDS = (0.1, 0.9)
"""An interval of 80 %."""


@dataclass(frozen=True)
class Tide:
    """What all rows of a pipeline share in each draw: the factor of its pace, and of arrivals."""

    pace: Floats
    coming: Floats


@dataclass(frozen=True)
class Part:
    """One row's leads in one pipeline.

    `worth` is what each lead brings if it is won (nan: nobody knows), `spread` how far that may
    be off, as a part. `new` are the leads still to come that will be won; `mean` and `square` what
    they bring: the mean, and the mean of squares.
    """

    tide: Tide
    chance: Floats
    worth: Floats
    spread: float
    new: float
    mean: float
    square: float


@dataclass(frozen=True)
class Drawn:
    """The number won and what it is worth: expected, and the bounds of 80 %."""

    won: float
    won_low: float
    won_high: float
    worth: float
    worth_low: float
    worth_high: float


def tide(spread: float, spread_new: float, *, seed: int) -> Tide:
    """A pipeline's common luck; the same seed gives the same."""
    chance = np.random.default_rng(SEED + seed)
    return Tide(
        np.exp(spread * chance.standard_normal(DRAWS)),
        np.exp(spread_new * chance.standard_normal(DRAWS)),
    )


def drawn(parts: Iterable[Part], *, seed: int = 0) -> Drawn:
    """What a row may expect of all its pipelines together."""
    chance = np.random.default_rng(seed)
    won, worth = np.zeros(DRAWS), np.zeros(DRAWS)
    many = money = 0.0
    for part in parts:
        brings = np.nan_to_num(part.worth)
        many += float(part.chance.sum()) + part.new
        money += float((part.chance * brings).sum()) + part.new * part.mean
        order = np.argsort(-part.chance * brings, kind="stable")
        for draw, one in (
            (_one_by_one, order[:ONE_BY_ONE]),
            (_together, order[ONE_BY_ONE:]),
        ):
            more, amount = draw(part, part.chance[one], brings[one], chance)
            won += more
            worth += amount
        fresh = chance.poisson(np.minimum(part.new * part.tide.pace * part.tide.coming, 1e7))
        apart = max(part.square - part.mean**2, 0.0)
        won += fresh
        worth += fresh * part.mean + np.sqrt(fresh * apart) * chance.standard_normal(DRAWS)
    low, high = np.quantile(won, BOUNDS)
    least, most = np.quantile(np.maximum(worth, 0), BOUNDS)
    return Drawn(many, float(low), float(high), money, float(least), float(most))


def _one_by_one(
    part: Part, likely: Floats, brings: Floats, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    odds = np.minimum(likely * part.tide.pace[:, None], 1.0)
    hit = chance.random((DRAWS, len(likely))) < odds
    off = 1 + part.spread * chance.standard_normal((DRAWS, len(likely)))
    return hit.sum(axis=1).astype(float), (hit * brings * off).sum(axis=1)


def _together(
    part: Part, likely: Floats, brings: Floats, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    luck = chance.standard_normal(DRAWS)
    spread = (likely * (1 - likely)).sum()
    won = likely.sum() * part.tide.pace + np.sqrt(spread * part.tide.pace) * luck
    varied = (likely * brings**2 * (1 - likely + part.spread**2)).sum()
    worth = (likely * brings).sum() * part.tide.pace + np.sqrt(varied * part.tide.pace) * luck
    return np.maximum(np.round(won), 0), worth
