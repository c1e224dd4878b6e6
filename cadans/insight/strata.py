"""Comparing like with like: a difference of shares within strata, and many tests at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from cadans.insight.intervals import Z


@dataclass(frozen=True)
class Stratum:
    """Leads alike in what is not compared: won and all, of the one group and of the other."""

    won: int
    leads: int
    other_won: int
    other_leads: int


@dataclass(frozen=True)
class Difference:
    """A difference of two shares (−1 to 1) with its 95 % interval; null with a reason."""

    value: float | None
    low: float | None
    high: float | None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape of the API: the reason only when there is one."""
        shape: dict[str, Any] = {"value": self.value, "low": self.low, "high": self.high}
        return {**shape, "reason": self.reason} if self.reason else shape


def difference_within(strata: Iterable[Stratum]) -> Difference:
    """The share of the one group less that of the other, each stratum weighed by what it can say.

    Mantel and Haenszel's weights, n₁·n₀ / n; the variance of S. Greenland and J. Robins, Estimation
    of a Common Effect Parameter from Sparse Follow-Up Data, Biometrics 41 (1985). Strata with one
    group only say nothing. Null (`too_few`) when no stratum says anything, or without any variance.
    """
    top = weight = spread = 0.0
    for one in strata:
        n1, n0 = one.leads, one.other_leads
        if not (n1 and n0):
            continue
        n, a, c = n1 + n0, one.won, one.other_won
        top += (a * n0 - c * n1) / n
        weight += n1 * n0 / n
        spread += (a * (n1 - a) * n0**3 + c * (n0 - c) * n1**3) / (n1 * n0 * n * n)
    if not weight or not spread:
        return Difference(None, None, None, "too_few")
    value, error = top / weight, sqrt(spread) / weight
    return Difference(value, max(-1.0, value - Z * error), min(1.0, value + Z * error))


def false_discoveries(chances: Sequence[float]) -> list[float]:
    """Each test's p-value corrected for having made them all (Benjamini and Hochberg 1995).

    Of the tests that come out below 5 %, at most 5 % are expected to be chance.
    """
    order = sorted(range(len(chances)), key=lambda place: chances[place], reverse=True)
    corrected, lowest = [1.0] * len(chances), 1.0
    for rank, place in zip(range(len(chances), 0, -1), order, strict=True):
        lowest = min(lowest, chances[place] * len(chances) / rank)
        corrected[place] = lowest
    return corrected
