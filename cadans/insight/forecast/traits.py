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
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KNOWN = 0.95
"""The part of closed leads that must have a trait: one filled in only when a lead goes well would
tell the outcome."""

SWEEPS = 3
"""Rounds in which the effects of the traits are fitted to each other."""


@dataclass(frozen=True)
class Effects:
    """The shift of each value of each trait, on the log of the odds to be won, and of each stage
    what keeps its chance on the whole as it is."""

    shifts: dict[str, dict[str, float]] = field(default_factory=dict)
    levels: list[float] = field(default_factory=list)

    def odds(
        self, chance: Floats, stage: NDArray[np.int64], traits: Mapping[str, Sequence[str]]
    ) -> Floats:
        """The odds of leads in these stages, whose chance is so much on the whole."""
        shift = np.zeros(len(chance))
        if self.levels:
            shift += np.array(self.levels)[stage]
        for name, values in self.shifts.items():
            shift += np.array([values.get(value, 0.0) for value in traits[name]])
        odds: Floats = chance / (1 - chance) * np.exp(shift)
        return odds


def effects_of(
    won: Floats,
    chance: Floats,
    stage: NDArray[np.int64],
    weight: Floats,
    traits: Mapping[str, Sequence[str]],
) -> Effects:
    """What traits say, from closed leads in the stages in which they were.

    `chance` is what the stage says, `weight` what a row counts for (a lead's stays share one).
    """
    telling = {}
    for name, values in traits.items():
        row = np.array(values, dtype=object)
        known = float(weight[row != ""].sum())
        if known >= KNOWN * weight.sum() and len(set(values)) > 1:
            telling[name] = np.unique(row.astype(str), return_inverse=True)
    if not telling:
        return Effects()
    odds = np.log(chance / (1 - chance))
    shifts = {name: np.zeros(len(names)) for name, (names, _place) in telling.items()}

    def shifted(leaving_out: str = "") -> Floats:
        others = [shifts[name][at] for name, (_n, at) in telling.items() if name != leaving_out]
        return np.asarray(sum(others, odds), dtype=np.float64)

    for _sweep in range(SWEEPS):
        for name, (names, place) in telling.items():
            # Each stage's own level is no trait of the leads in it.
            score = shifted(name) + _levels(won, shifted(), stage, weight)[stage]
            shifts[name] = _apart(won, 1 / (1 + np.exp(-score)), weight, place, len(names))
    return Effects(
        {
            name: {str(value): round(float(shifts[name][n]), 5) for n, value in enumerate(names)}
            for name, (names, _place) in telling.items()
        },
        [round(float(one), 5) for one in _levels(chance, shifted(), stage, weight)],
    )


def _levels(share: Floats, odds: Floats, stage: NDArray[np.int64], weight: Floats) -> Floats:
    """What the odds of each stage must be shifted by for such a share of it to be won."""
    many = int(stage.max()) + 1
    level = np.zeros(many)
    for _step in range(SWEEPS * 2):
        chance = 1 / (1 + np.exp(-(odds + level[stage])))
        size = np.bincount(stage, weight * chance * (1 - chance), minlength=many)
        left = np.bincount(stage, weight * (share - chance), minlength=many)
        level += np.clip(left / np.maximum(size, 1e-9), -1, 1)
    return level


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
