"""How far chances lie apart, and what each one's own results then say. Pure.

A rep who won 3 of 4 leads is hardly a rep who wins 75 %. Rates are drawn towards the rate of all
together: the more so the fewer leads there are, and the less the rates of all differ. How far they
differ is learned from the same figures (beta-binomial, empirical Bayes), and "not at all" is one of
the answers: then nobody stands above or below the rest, however the figures fell.

Source: B. Efron and C. Morris, Data Analysis Using Stein's Estimator and Its Generalizations, JASA
70 (1975), and J. Kleinman, Proportions with Extraneous Variance, JASA 68 (1973).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from typing import Any

STRENGTHS = (3.0, 6.0, 12.0, 25.0, 50.0, 100.0, 200.0, 400.0)
"""Values of K that are considered: with a win rate of 1 in 3 a spread of 24 to 2 per cent."""

NO_DIFFERENCES = 0.25
"""How likely it is that chances do not differ at all, before anything is seen."""

TAILS = (0.025, 0.975)
"""Between these shares of a distribution lies its interval of 95 %."""

SURE_THEY_DIFFER = 0.8
"""Below this likelihood that chances differ at all, nobody is said to stand below or above. In
simulations with 20 reps of 200 leads each this names one of them in 1 of 200 teams of equals."""


@dataclass(frozen=True)
class Spread:
    """How far chances lie apart: the log of the Bayes factor of "they do" against "they do not",
    and the strength K of the Betas if they do (the harmonic mean of what is likely)."""

    evidence: float
    strength: float


@dataclass(frozen=True)
class Standing:
    """Where one of many stands: the rate drawn towards that of all, its 95 % interval, and
    `below` or `above` when the whole interval lies on one side of the rate of all."""

    value: float
    low: float
    high: float
    side: str = ""

    def as_json(self) -> dict[str, Any]:
        """The shape of the API."""
        return {"value": self.value, "low": self.low, "high": self.high, "side": self.side}


def beta_binomial(won: int, n: int, rate: float, strength: float) -> float:
    """The log likelihood of a row of `n` leads of which `won` were won, in a given order."""
    a, b = strength * rate, strength * (1 - rate)
    return (
        lgamma(a + won)
        - lgamma(a)
        + lgamma(b + n - won)
        - lgamma(b)
        - lgamma(strength + n)
        + lgamma(strength)
    )


def spread_of(rows: Iterable[tuple[int, int, float]]) -> Spread:
    """How far the chances behind rows of (won, of how many, the rate expected) lie apart."""
    rows = list(rows)
    none = sum(won * log(rate) + (n - won) * log(1 - rate) for won, n, rate in rows)
    logs = [
        sum(beta_binomial(won, n, rate, strength) for won, n, rate in rows) - none
        for strength in STRENGTHS
    ]
    highest = max(logs)
    parts = [exp(one - highest) for one in logs]
    inverse = sum(part / strength for part, strength in zip(parts, STRENGTHS, strict=True))
    return Spread(highest + log(sum(parts) / len(parts)), sum(parts) / inverse)


def differ(spread: Spread) -> float:
    """How likely it is that chances differ at all, from 0 to 1 (Bayes' rule)."""
    odds = (1 - NO_DIFFERENCES) / NO_DIFFERENCES * exp(min(spread.evidence, 600.0))
    return odds / (1 + odds)


def standings(counts: Mapping[Any, tuple[int, int]]) -> tuple[float, dict[Any, Standing]]:
    """Where each of many stands among all: (how likely they differ at all, key → Standing).

    `counts` holds (won, of how many). Empty when there are not two with leads, or when all or
    none of the leads were won: then there is nothing to stand above or below.

    What is believed of one is Beta(K·rate + won, K·(1 - rate) + lost). Nobody has a side while it
    may well be that all are alike (SURE_THEY_DIFFER).
    """
    counts = {key: (won, n) for key, (won, n) in counts.items() if n}
    won, closed = sum(w for w, _n in counts.values()), sum(n for _w, n in counts.values())
    if len(counts) < 2 or won in (0, closed):
        return 0.0, {}
    rate = won / closed
    spread = spread_of((w, n, rate) for w, n in counts.values())
    real = differ(spread)
    sure = real >= SURE_THEY_DIFFER
    k = spread.strength
    return real, {
        key: _standing(k * rate + w, k * (1 - rate) + n - w, rate if sure else None)
        for key, (w, n) in counts.items()
    }


def _standing(alpha: float, beta: float, rate: float | None) -> Standing:
    """A Beta as where one stands beside a rate, if there is one to stand beside."""
    from scipy.special import betaincinv  # large: only what asks for standings needs it

    low, high = (float(betaincinv(alpha, beta, tail)) for tail in TAILS)
    side = "" if rate is None else "below" if high < rate else "above" if low > rate else ""
    return Standing(alpha / (alpha + beta), low, high, side)


def points_lost(
    counts: Mapping[Any, tuple[int, int]], found: Mapping[Any, Standing]
) -> dict[str, float | None]:
    """What those below the rest cost: by how much the rate of all would be higher if they won at
    the rate of the others, from 0 to 1, with its interval; null when nobody is below."""
    named = {key for key, one in found.items() if one.side == "below"}
    others = [counts[key] for key in found if key not in named]
    closed = sum(n for _won, n in counts.values())
    n_others = sum(n for _won, n in others)
    if not named or not n_others:
        return {"value": None, "low": None, "high": None}
    rate = sum(won for won, _n in others) / n_others
    parts = [(counts[key][1] / closed, found[key]) for key in named]
    value = sum(part * (rate - one.value) for part, one in parts)
    down = sqrt(sum((part * (one.high - one.value)) ** 2 for part, one in parts))
    up = sqrt(sum((part * (one.value - one.low)) ** 2 for part, one in parts))
    return {"value": value, "low": value - down, "high": value + up}
