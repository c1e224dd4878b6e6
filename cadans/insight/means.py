"""How sure one can be of a mean of skewed amounts, from exact sums. Pure.

Deal sizes are skewed: a few are many times the usual. The interval of a mean is Hall's (1992),
which takes the skewness out by a cubic transformation; it supposes no shape, needs no drawing of
lots, and so gives the same answer each time. Sums are exact decimals; only what is irrational
anyway (roots, quantiles) becomes a float.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import copysign, sqrt

from cadans.insight.intervals import CONFIDENCE

LEAST = 8
"""Below so many deals there is no interval: neither of a mean nor (by its ranks) of a median."""

LEAST_MONTHS = 3
"""Two months make a line, but no trend."""


@dataclass(frozen=True)
class Moments:
    """How many amounts, and the sums of their first, second and third powers."""

    number: int
    total: Decimal
    squares: Decimal
    cubes: Decimal

    @property
    def mean(self) -> Fraction:
        """The mean; there must be one."""
        return Fraction(self.total) / self.number

    @property
    def variance(self) -> Fraction:
        """The mean squared distance from the mean (of these amounts, not of a population)."""
        return Fraction(self.squares) / self.number - self.mean**2

    @property
    def third(self) -> Fraction:
        """The mean cubed distance from the mean."""
        mean = self.mean
        return Fraction(self.cubes) / self.number - 3 * mean * self.variance - mean**3


NOTHING = Moments(0, Decimal(0), Decimal(0), Decimal(0))

Interval = tuple[float | None, float | None]


@dataclass(frozen=True)
class Slope:
    """A change a month, with its interval."""

    value: Fraction
    low: float
    high: float


def student(degrees: float) -> float:
    """How many standard errors the interval reaches to either side, by Student's t."""
    from scipy.special import stdtrit  # large: only what shows a mean needs it

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


def mean_interval(moments: Moments) -> Interval:
    """The interval of the mean; none below LEAST amounts."""
    number = moments.number
    if number < LEAST:
        return None, None
    mean, spread = float(moments.mean), sqrt(moments.variance)
    if spread == 0:
        return mean, mean
    skew = float(moments.third) / spread**3
    reach = student(number - 1) / sqrt(number)
    return (
        mean - spread * unskewed(reach, skew, number),
        mean - spread * unskewed(-reach, skew, number),
    )


def unskewed(reach: float, skew: float, number: int) -> float:
    """Hall's transformation backwards: where a symmetric distance lies on the skewed scale.

    g(u) = u + γu²/3 + γ²u³/27 + γ/(6n), so g⁻¹(t) = 3/γ · ((1 + γ(t − γ/(6n)))^⅓ − 1).
    """
    if abs(skew) < 1e-9:
        return reach
    inner = 1 + skew * (reach - skew / (6 * number))
    return 3 / skew * (copysign(abs(inner) ** (1 / 3), inner) - 1)


def change_interval(before: Moments, now: Moments) -> Interval:
    """The interval of the difference of two means, by Welch; none below LEAST on either side."""
    if min(before.number, now.number) < LEAST:
        return None, None
    change = float(now.mean - before.mean)
    errors = [float(one.variance) / (one.number - 1) for one in (before, now)]
    error = sum(errors)
    if error == 0:
        return change, change
    degrees = error**2 / sum(
        one**2 / (moments.number - 1) for one, moments in zip(errors, (before, now), strict=True)
    )
    reach = student(degrees) * sqrt(error)
    return change - reach, change + reach


def slope_of(months: Mapping[int, Moments]) -> Slope | None:
    """The straight line of least squares through all single deals by their month.

    Its error is the one that holds whatever the spread of each month is (HC3, MacKinnon and White
    1985). None below LEAST_MONTHS months with deals or LEAST deals.
    """
    number = sum(one.number for one in months.values())
    if len(months) < LEAST_MONTHS or number < LEAST:
        return None
    middle = Fraction(sum(month * one.number for month, one in months.items()), number)
    width = sum((one.number * (month - middle) ** 2 for month, one in months.items()), Fraction(0))
    mean = sum((Fraction(one.total) for one in months.values()), Fraction(0)) / number
    slope = (
        sum(((month - middle) * Fraction(one.total) for month, one in months.items()), Fraction(0))
        / width
    )
    error = Fraction(0)
    for month, one in months.items():
        line = mean + slope * (month - middle)
        missed = Fraction(one.squares) - 2 * line * Fraction(one.total) + one.number * line**2
        leverage = Fraction(1, number) + (month - middle) ** 2 / width
        error += (month - middle) ** 2 * missed / (1 - leverage) ** 2
    reach = student(number - 2) * sqrt(error) / float(width)
    return Slope(slope, float(slope) - reach, float(slope) + reach)
