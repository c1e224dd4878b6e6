"""What a design looks at, so that only that is fetched for a lead. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cadans.ground.conditions import Compare, Condition
from cadans.process.design import StageDesign
from cadans.process.goals.field import FieldGoal


@dataclass(frozen=True)
class Needs:
    """Names of the fields that goals and rules look at, and the kinds of goals there are."""

    fields: frozenset[str]
    kinds: frozenset[str]

    def about(self, *starts: str) -> bool:
        """Whether a field is looked at whose name begins with one of these words."""
        return any(
            name == start or name.startswith(f"{start}.")
            for name in self.fields
            for start in starts
        )


def needs_of(*stages: StageDesign) -> Needs:
    """What the goals and assignment rules of these stages look at."""
    fields: set[str] = set()
    kinds: set[str] = set()
    for stage in stages:
        for goal in stage.goals:
            kinds.add(goal.kind)
            if isinstance(goal, FieldGoal):
                fields.add(goal.field)
        for rule in stage.rules:
            fields.update(fields_in(rule.when))
    return Needs(frozenset(fields), frozenset(kinds))


def fields_in(condition: Compare | Condition) -> Iterator[str]:
    """The names of the fields that a condition looks at."""
    if isinstance(condition, Compare):
        yield condition.field
        return
    for part in (*condition.all, *condition.any):
        yield from fields_in(part)
