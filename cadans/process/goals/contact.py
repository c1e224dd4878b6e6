"""Goal: one knows how to reach somebody."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from cadans.process.facts import Facts, Involved
from cadans.process.goals.shape import Goal, Role, Weighing

Detail = Literal["name", "email", "phone"]


class ContactGoal(Goal):
    """One person on the lead of whom every detail in `details` is known; with `role`, of that
    buying role."""

    looks_at: ClassVar[str] = "people"

    kind: Literal["contact"] = "contact"
    details: list[Detail] = Field(default=["email"], min_length=1, max_length=3)
    """What must be known, all of the same person."""
    role: Role = ""
    """The buying role that they must have; whichever, when left out."""

    def lacking(self, facts: Facts) -> list[Detail]:
        """The details that are still to be found of the person of whom most is known."""
        row = [self._lacking(one) for one in facts.people if self.role in {"", one.role}]
        return min(row, key=len, default=list(self.details))

    def weigh(self, facts: Facts) -> Weighing:
        lacking = self.lacking(facts)
        return Weighing(not lacking, seen={str(one): one not in lacking for one in self.details})

    def _lacking(self, one: Involved) -> list[Detail]:
        return [detail for detail in self.details if not getattr(one, detail)]
