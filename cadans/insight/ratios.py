"""By how many per cent a figure changed, and how sure one can be of that. Pure.

The change is the ratio of the two figures less one. Its interval is made on the logarithm of the
ratio, where the error of a ratio is nearly symmetric: for shares Katz's (1978), for means the
delta method with Student's t at Welch's degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

from cadans.insight.intervals import CONFIDENCE, Z

LEAST = 8
"""Below so many amounts on either side a change of a mean has no interval."""


@dataclass(frozen=True)
class Amounts:
    """How many amounts, their mean and their sample variance (None below two)."""

    number: int
    mean: float | None
    variance: float | None

    @property
    def error(self) -> float:
        """The squared error of the logarithm of the mean."""
        assert self.mean
        return (self.variance or 0.0) / self.number / self.mean**2

    @property
    def is_enough(self) -> bool:
        """Whether anything can be said of how sure the mean is."""
        return self.number >= LEAST and self.mean is not None and self.mean > 0

    def interval(self) -> tuple[float | None, float | None]:
        """The interval of the mean, above nothing like the amounts; none below LEAST."""
        if not self.is_enough or self.mean is None:
            return None, None
        reach = student(self.number - 1) * sqrt(self.error)
        return self.mean * exp(-reach), self.mean * exp(reach)


@dataclass(frozen=True)
class Change:
    """A change as a share of what was before (0.24: a quarter more), with its interval."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""

    def verdict(self, *, more_is_better: bool = True) -> str:
        """`better`, `worse`, `chance` when no change is within the interval, or `unknown`."""
        if self.low is None or self.high is None:
            return "unknown"
        if self.low <= 0 <= self.high:
            return "chance"
        return "better" if (self.low > 0) == more_is_better else "worse"

    def as_json(self) -> dict[str, Any]:
        """The shape of the API; the reason only when there is one."""
        shape = {"value": self.value, "low": self.low, "high": self.high}
        return {**shape, "reason": self.reason} if self.reason else shape


def change_of_share(won: int, of: int, won_now: int, of_now: int) -> Change:
    """The change of a share between two sets of leads."""
    if of == 0 or of_now == 0:
        return Change(None, reason="no_leads")
    if won == 0:
        return Change(None, reason="none_before")
    value = (won_now / of_now) / (won / of) - 1
    if won_now == 0:
        return Change(value, reason="too_few")
    error = sqrt(max(0.0, 1 / won - 1 / of + 1 / won_now - 1 / of_now))
    return around(value, Z * error)


def change_of_mean(before: Amounts, now: Amounts) -> Change:
    """The change of a mean of amounts above nothing between two sets of leads."""
    if before.mean is None or now.mean is None:
        return Change(None, reason="no_leads")
    if before.mean <= 0:
        return Change(None, reason="none_before")
    value = now.mean / before.mean - 1
    if not (before.is_enough and now.is_enough):
        return Change(value, reason="too_few")
    errors = before.error, now.error
    error = sum(errors)
    if error == 0:
        return around(value, 0.0)
    parts = zip(errors, (before.number, now.number), strict=True)
    degrees = error**2 / sum(one**2 / (number - 1) for one, number in parts)
    return around(value, student(degrees) * sqrt(error))


def around(value: float, reach: float) -> Change:
    """The change with an interval that reaches so far to either side of the logarithm."""
    middle = log(1 + value)
    return Change(value, exp(middle - reach) - 1, exp(middle + reach) - 1)


def student(degrees: float) -> float:
    """How many standard errors the interval reaches to either side, by Student's t."""
    from scipy.special import stdtrit  # large: only what shows a mean needs it

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


def chance_of_mix(before: list[int], now: list[int]) -> float | None:
    """How likely two rows of counts differ as much by chance (Pearson's χ² test); None if unknown.

    The rows hold the same segments in the same order.
    """
    from scipy.special import chdtrc  # large, as above

    pairs = [pair for pair in zip(before, now, strict=True) if sum(pair)]
    totals = sum(before), sum(now)
    if len(pairs) < 2 or not all(totals):
        return None
    whole = sum(totals)
    statistic = 0.0
    for pair in pairs:
        for found, total in zip(pair, totals, strict=True):
            expected = sum(pair) * total / whole
            statistic += (found - expected) ** 2 / expected
    return float(chdtrc(len(pairs) - 1, statistic))
