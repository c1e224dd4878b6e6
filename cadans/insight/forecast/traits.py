"""What a lead's traits say of its chance to be won, drawn towards nothing. Pure.

Of each value of a trait (an owner, a source, a product, a size) it is known how many leads were
won and how many anybody would have won from the same stages. How far such values truly lie apart
is estimated from all of them together; as far as they look like chance, none is believed to differ
(random effects on the log of the odds).

Source: DerSimonian and Laird, Meta-analysis in Clinical Trials, Controlled Clinical Trials 7
(1986), for the variance between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KNOWN = 0.95
"""The part of closed leads that must have a trait: one filled in only when a lead goes well would
tell the outcome."""

SWEEPS = 3
"""Rounds in which the effects of the traits are fitted to each other."""

Effects = dict[str, dict[str, float]]


def effects_of(
    won: Floats, chance: Floats, weight: Floats, traits: Mapping[str, Sequence[str]]
) -> Effects:
    """The effect of each value of each trait, on the log of the odds to be won.

    `chance` is what the stage says, `weight` what a row counts for (a lead's stays share one).
    """
    telling = {}
    for name, values in traits.items():
        row = np.array(values, dtype=object)
        known = float(weight[row != ""].sum())
        if known >= KNOWN * weight.sum() and len(set(values)) > 1:
            telling[name] = np.unique(row.astype(str), return_inverse=True)
    odds = np.log(chance / (1 - chance))
    shifts = {name: np.zeros(len(names)) for name, (names, _place) in telling.items()}
    for _sweep in range(SWEEPS if telling else 0):
        for name, (names, place) in telling.items():
            score = odds + sum(
                shifts[other][where] for other, (_n, where) in telling.items() if other != name
            )
            shifts[name] = _apart(won, 1 / (1 + np.exp(-score)), weight, place, len(names))
    return {
        name: {str(value): round(float(shifts[name][n]), 5) for n, value in enumerate(names)}
        for name, (names, _place) in telling.items()
    }


def _apart(
    won: Floats, chance: Floats, weight: Floats, place: NDArray[np.int64], many: int
) -> Floats:
    over = np.bincount(place, weight * (won - chance), minlength=many)
    size = np.bincount(place, weight * chance * (1 - chance), minlength=many)
    there = size > 1e-9
    total = size[there].sum()
    spread = (over[there] ** 2 / size[there]).sum()
    room = total - (size[there] ** 2).sum() / total
    between = max(0.0, (spread - (there.sum() - 1)) / room) if room > 0 else 0.0
    if between <= 0:
        return np.zeros(many)
    shifts: Floats = over / (size + 1 / between)
    return shifts
