"""The shape of what the model learns from: stays and closings as plain arrays. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cadans.insight.forecast.hazards import Floats, Ints, Stays


@dataclass(frozen=True)
class Closed:
    """Closed leads, one row each: when, whether won, and what they were.

    `worth` is what was won, `guess` what one would have said of it before (the lead's value, or
    the list price of its products), both in the organisation's currency; nan when unknown.
    """

    lead: Ints
    day: Ints
    won: Floats
    worth: Floats
    guess: Floats
    traits: dict[str, list[str]]


@dataclass(frozen=True)
class History:
    """All that is learned from of one pipeline. `stages` are the ids of those in `stays`; each
    lead stands for `scale` leads."""

    stages: list[str]
    stays: Stays
    closed: Closed
    scale: float
