"""Choose the rep who gets a lead. Pure: rules, facts and candidates in, a choice out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cadans.assignment.candidates import Candidate, Rota
from cadans.assignment.rules import AssignmentRule
from cadans.assignment.strategies import STRATEGIES
from cadans.ground.conditions import weigh


@dataclass(frozen=True)
class Choice:
    """Who gets the lead, and because of what."""

    user: uuid.UUID
    rule: str
    because: dict[str, Any] = field(default_factory=dict)


def first_rule(rules: Sequence[AssignmentRule], facts: Mapping[str, Any]) -> AssignmentRule | None:
    """The first rule whose condition holds; None when no rule does (the lead keeps its owner)."""
    return next((rule for rule in rules if weigh(rule.when, facts).holds), None)


def choose(
    rules: Sequence[AssignmentRule],
    facts: Mapping[str, Any],
    candidates_of: Callable[[AssignmentRule], tuple[Sequence[Candidate], Rota]],
) -> Choice | None:
    """The rep whom the rules give the lead to, or None when they give it to nobody.

    `candidates_of` tells who a rule's target is at this moment. Rules are tried in order: one
    whose condition holds but whose people are all absent or full is passed over for the next.
    """
    for rule in rules:
        weighed = weigh(rule.when, facts)
        if not weighed.holds:
            continue
        candidates, rota = candidates_of(rule)
        able = [one for one in candidates if one.has_room and not one.absent]
        if not able:
            continue
        picked = STRATEGIES[rule.to.strategy](able, rota)
        return Choice(
            user=picked.id,
            rule=rule.key,
            because={
                "rule": rule.name,
                "strategy": rule.to.strategy,
                "seen": weighed.seen,
                "chosen": picked.name,
                "among": len(able),
                "open_leads": picked.open_leads,
            },
        )
    return None
