"""Which of the routing rules a new lead follows. Pure: rules and facts in, the rule out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from cadans.ground.conditions import Condition, Weighed, weigh

Rule = TypeVar("Rule")


def first_that_holds(
    rules: Iterable[tuple[Rule, Condition]], facts: Mapping[str, Any]
) -> tuple[Rule, Weighed] | None:
    """The first rule whose condition holds for the facts, with what it saw; None when none does.

    The same for a lead that comes in (`process.queries.route`) and for one on which rules are
    tried (`playbooks.trying.routing`).
    """
    for rule, when in rules:
        weighed = weigh(when, facts)
        if weighed.holds:
            return rule, weighed
    return None
