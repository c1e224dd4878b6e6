"""What was learned of the reps' chances to win, as choosing a rep reads it. Pure.

The table is computed in `insight/win_model.py`, where the formulae are, and kept as a document.
"""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Traits = Mapping[str, str]
"""What makes leads alike: trait → value as text; `""` when the lead has none."""

SEPARATOR = "|"
SIZES = (10, 50, 250)
"""Employees from which a company is small, medium-sized, large (EU Recommendation 2003/361)."""

EVERYWHERE = "*"
"""The segment of leads of no known kind: what is known of all leads together."""


@dataclass(frozen=True)
class Chance:
    """A rep's chance to win such a lead: a Beta distribution, and the interval that holds 95 %.

    `wins` and `closed` are the leads of this kind that the rep closed.
    """

    alpha: float
    beta: float
    low: float = 0.0
    high: float = 1.0
    wins: int = 0
    closed: int = 0

    @property
    def mean(self) -> float:
        """The expected chance, between 0 and 1."""
        return self.alpha / (self.alpha + self.beta)


@dataclass(frozen=True)
class Chances:
    """What is known about the chances of such a lead as the one at hand.

    `differ` is how likely it is that the reps' results differ by more than chance (0 to 1).
    `others` is the chance of a rep of whom nothing is known; `alike` says in words what such
    leads have in common (trait → name); `closed` is how many closed leads were learned from.
    """

    differ: float
    reps: Mapping[str, Chance]
    others: Chance
    wins: int
    closed: int
    alike: Mapping[str, str] = field(default_factory=dict)
    learned_from: int = 0
    known: Mapping[str, int] = field(default_factory=dict)
    """How many closed leads each rep has in all (id → number)."""

    def of(self, rep: uuid.UUID) -> Chance:
        """A rep's chance."""
        return self.reps.get(str(rep), self.others)


def segment_of(traits: Traits, alike: Sequence[str]) -> str:
    """The key of the kind of leads that have the same traits of those in `alike`."""
    return SEPARATOR.join(traits.get(trait, "") for trait in alike)


def size_of(employees: int | None) -> str:
    """The size class of a company: `0` for micro to `3` for large; `""` when it is not known."""
    return "" if employees is None else str(bisect_right(SIZES, employees))


def chances_in(document: Mapping[str, Any], traits: Traits) -> Chances | None:
    """What a learned document says of leads with these traits; None when it says nothing."""
    if not document:
        return None
    segments = document["segments"]
    found = segments.get(segment_of(traits, document["alike"])) or segments[EVERYWHERE]
    return Chances(
        differ=document["differ"],
        reps={rep: Chance(*numbers) for rep, numbers in found["reps"].items()},
        others=Chance(*found["others"]),
        wins=found["wins"],
        closed=found["closed"],
        alike=found.get("names", {}),
        learned_from=document["closed"],
        known=document["known"],
    )
