"""Goal: an activity (call, meeting, demo, …) was held, or planned."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cadans.process.facts import Facts
from cadans.process.goals.shape import Goal, Since, Weighing, nth


class ActivityGoal(Goal, Since):
    """At least `times` activities of a kind, with a given outcome when `outcome` is set."""

    looks_at: ClassVar[str] = "activity"

    kind: Literal["activity"] = "activity"
    activity: str = Field(min_length=1, max_length=40)
    """The kind of activity: `call`, `meeting`, `demo`, `email`, `ask`, or the key of a kind of
    your own (Settings, Kinds of activity)."""
    outcome: str = Field(default="", max_length=40)
    """The outcome that it must have had; any, when left out."""
    times: int = Field(default=1, ge=1, le=100)
    """How many there must be."""
    planned: bool = False
    """Whether planned ones count too."""

    def weigh(self, facts: Facts) -> Weighing:
        moments = [
            one.at
            for one in facts.activities
            if one.kind == self.activity
            and (one.held or self.planned)
            and (not self.outcome or one.outcome == self.outcome)
            and self.counts(one.at, facts)
        ]
        at = nth(moments, self.times)
        return Weighing(at is not None, at, {self.activity: len(moments)})
