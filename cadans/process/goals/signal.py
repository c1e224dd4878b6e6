"""Goal: a signal arrived, optionally with a condition on its payload."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cadans.ground.conditions import Condition, weigh
from cadans.process.facts import Facts
from cadans.process.goals.shape import Goal, Since, Weighing, nth


class SignalGoal(Goal, Since):
    """A signal named `signal` whose payload meets `where` (its keys are the condition's fields)."""

    looks_at: ClassVar[str] = "signal"

    kind: Literal["signal"] = "signal"
    signal: str = Field(min_length=1, max_length=60)
    """The signal’s name."""
    where: Condition = Field(default_factory=Condition)
    """What its payload must say; the payload’s keys are the fields."""
    times: int = Field(default=1, ge=1, le=100)
    """How many must arrive."""

    def weigh(self, facts: Facts) -> Weighing:
        moments = [
            one.at
            for one in facts.signals
            if one.name == self.signal
            and self.counts(one.at, facts)
            and weigh(self.where, one.payload).holds
        ]
        at = nth(moments, self.times)
        return Weighing(at is not None, at, {self.signal: len(moments)})
