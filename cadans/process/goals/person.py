"""Goal: somebody with a buying role is known, or enough people are."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cadans.process.facts import Facts
from cadans.process.goals.shape import Goal, Role, Weighing


class PersonGoal(Goal):
    """At least `times` people are on the lead; with `role`, people with that buying role."""

    looks_at: ClassVar[str] = "people"

    kind: Literal["person"] = "person"
    role: Role = ""
    """The buying role that they must have; whichever, when left out."""
    times: int = Field(default=1, ge=1, le=50)
    """How many people."""

    def weigh(self, facts: Facts) -> Weighing:
        known = [one for one in facts.people if self.role in {"", one.role}]
        names = [one.name or one.email for one in known]
        return Weighing(len(known) >= self.times, seen={self.role or "people": names})
