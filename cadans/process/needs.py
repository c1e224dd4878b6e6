"""What a design looks at, so that only that is fetched for a lead. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cadans.ground.conditions import Compare, Condition
from cadans.process.design import StageDesign


@dataclass(frozen=True)
class Needs:
    """Names of the fields that goals and rules look at, and what else goals look at."""

    fields: frozenset[str]
    kinds: frozenset[str]

    def about(self, *starts: str) -> bool:
        """Whether a field is looked at whose name begins with one of these words."""
        return any(
            name == start or name.startswith(f"{start}.")
            for name in self.fields
            for start in starts
        )


def needs_of_goals(stage: StageDesign) -> Needs:
    """What the goals of a stage look at."""
    fields = {name for goal in stage.goals for name in goal.fields_seen()}
    return Needs(frozenset(fields), frozenset(goal.looks_at for goal in stage.goals))


def needs_of_rules(stage: StageDesign) -> Needs:
    """What the assignment rules of a stage look at."""
    fields = {name for rule in stage.rules for name in fields_in(rule.when)}
    return Needs(frozenset(fields), frozenset())


def needs_of_automations(stage: StageDesign) -> Needs:
    """What the conditions of a stage's automations look at."""
    fields = {name for one in stage.automations for name in fields_in(one.when)}
    return Needs(frozenset(fields), frozenset())


def fields_in(condition: Compare | Condition) -> Iterator[str]:
    """The names of the fields that a condition looks at."""
    if isinstance(condition, Compare):
        yield condition.field
        return
    for part in (*condition.all, *condition.any):
        yield from fields_in(part)
