"""Rates, and how sure one can be of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import Any

CONFIDENCE = 0.95
"""Every interval in the product is a 95 % interval."""

Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)

FEW = 20
"""Below this many leads a figure is shown as resting on few."""


@dataclass(frozen=True)
class Rate:
    """A share of leads (or of money) with what it rests on.

    `value`, `low` and `high` lie between 0 and 1; they are None when nothing can be computed,
    and `reason` then holds a fixed word that says why (`no_leads`, `last_stage`, …).
    Amounts of money in `numerator` and `denominator` are exact decimals.
    """

    value: float | None
    numerator: int | Decimal
    denominator: int | Decimal
    low: float | None
    high: float | None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape of the API: amounts as text, the reason only when there is one."""
        shape = asdict(self)
        for part in ("numerator", "denominator"):
            if isinstance(shape[part], Decimal):
                shape[part] = str(shape[part])
        if not self.reason:
            del shape["reason"]
        return shape


def rate(numerator: int, denominator: int, *, reason: str = "") -> Rate:
    """A share of leads with its Wilson interval; null without leads, or for the reason given."""
    if denominator == 0 or reason:
        return Rate(None, numerator, denominator, None, None, reason or "no_leads")
    value = numerator / denominator
    low, high = wilson(value, denominator)
    return Rate(value, numerator, denominator, low, high)


def rate_by_value(part: Decimal, whole: Decimal, *, squares: Decimal, reason: str = "") -> Rate:
    """A share of money with a Wilson interval at the effective number of leads.

    `squares` is the sum of the squared amounts of all leads in `whole`. A few large leads say
    less than many small ones: Kish's effective number, whole² / squares, says how much less.
    """
    if whole == 0 or reason:
        return Rate(None, part, whole, None, None, reason or "no_values")
    value = float(part / whole)
    low, high = wilson(value, float(whole * whole / squares))
    return Rate(value, part, whole, low, high)


def wilson(share: float, number: float) -> tuple[float, float]:
    """Wilson's score interval for a share seen in `number` (> 0) independent cases."""
    spread = Z * sqrt(share * (1 - share) / number + Z * Z / (4 * number * number))
    middle = share + Z * Z / (2 * number)
    scale = 1 + Z * Z / number
    # At shares of exactly 0 and 1 rounding would leave the interval just beside its own share.
    low = 0.0 if share == 0 else max(0.0, (middle - spread) / scale)
    high = 1.0 if share == 1 else min(1.0, (middle + spread) / scale)
    return low, high
