"""What is won of what leads were said to be worth, and what those without a value are. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cadans.insight.forecast.records import Closed

Floats = NDArray[np.float64]

LOOK_BACK = 365
"""Days of winning that are looked at."""

PULL = 5.0
"""How many won leads "as all others" weighs beside those of a product."""


@dataclass(frozen=True)
class Prices:
    """What won leads were worth, in the organisation's currency.

    `ratio` is what was won of what was said before, `spread` how far single leads are from that
    (a standard deviation, as a part). `mean` and `square` (the mean of squares) are of all that
    was won, `products` the mean of each product. `mean` is None when nothing won had a value.
    """

    ratio: float = 1.0
    spread: float = 0.0
    mean: float | None = None
    square: float = 0.0
    products: dict[str, float] = field(default_factory=dict)

    def worth(self, value: Floats, product: Sequence[str]) -> Floats:
        """What each lead is worth if it is won; nan when nobody can say."""
        mean = float("nan") if self.mean is None else self.mean
        usual = np.array([self.products.get(one, mean) for one in product], dtype=np.float64)
        said: Floats = np.where(np.isnan(value), usual, value * self.ratio)
        return said


def prices_of(closed: Closed, end: int) -> Prices:
    """What the leads won in the year before the day `end` were worth."""
    recent = (closed.won == 1) & (closed.day >= end - LOOK_BACK) & (closed.day < end)
    there = recent & ~np.isnan(closed.worth)
    worth, guess = closed.worth[there], closed.guess[there]
    if not len(worth):
        return Prices()
    mean = float(worth.mean())
    both = ~np.isnan(guess) & (guess > 0)
    ratio = (
        (worth[both].sum() + PULL * mean) / (guess[both].sum() + PULL * mean) if both.any() else 1.0
    )
    spread = 0.0
    if both.sum() > 1:
        said = guess[both] * ratio
        spread = float(np.sqrt(((worth[both] - said) ** 2).sum() / (said**2).sum()))
    by_product: dict[str, list[float]] = defaultdict(list)
    names = closed.traits.get("product", [])
    for row, amount in zip(np.flatnonzero(there), worth, strict=True):
        if names and names[row]:
            by_product[names[row]].append(float(amount))
    products = {
        name: (sum(row) + PULL * mean) / (len(row) + PULL) for name, row in by_product.items()
    }
    return Prices(float(ratio), spread, mean, float((worth**2).mean()), products)
