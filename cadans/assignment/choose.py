"""Choose the rep who gets a lead. Pure: rules, facts and candidates in, a choice out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cadans.assignment.candidates import Candidate, Context, Picked, Rota
from cadans.assignment.rules import AssignmentRule, Target, in_band
from cadans.assignment.strategies import STRATEGIES
from cadans.ground.conditions import weigh

CandidatesOf = Callable[[AssignmentRule], tuple[Sequence[Candidate], Rota]]
"""Who a rule's (only) target is at this moment, and whose turn it was in the pool of its key."""

NOTHING_ELSE = Context()


@dataclass(frozen=True)
class Choice:
    """Who gets the lead, and because of what. `user` is None when nobody could take it.

    `rule` is the key of the pool it was dealt from, `tally` what that pool keeps from now on.
    """

    user: uuid.UUID | None
    rule: str
    because: dict[str, Any] = field(default_factory=dict)
    tally: Mapping[str, float] = field(default_factory=dict)


def first_rule(rules: Sequence[AssignmentRule], facts: Mapping[str, Any]) -> AssignmentRule | None:
    """The first rule whose condition holds; None when no rule does (the lead keeps its owner)."""
    return next((rule for rule in rules if weigh(rule.when, facts).holds), None)


def choose(
    rules: Sequence[AssignmentRule],
    facts: Mapping[str, Any],
    candidates_of: CandidatesOf,
    context: Context = NOTHING_ELSE,
    fallback: Target | None = None,
) -> Choice | None:
    """The rep whom the rules give the lead to; None when no rule's condition holds.

    Rules are tried in order, and of each its targets in order: one whose people are all absent,
    full or off work is passed over. When all are, the `fallback` gets it, however full; and when
    even that is away, the choice is of nobody, and says who stood in the way.
    """
    passed: list[dict[str, Any]] = []
    held: AssignmentRule | None = None
    for rule in rules:
        weighed = weigh(rule.when, facts)
        if not weighed.holds:
            continue
        held = held or rule
        for aim in rule.aims():
            choice = _try(aim, facts, weighed.seen, candidates_of, context, passed)
            if choice is not None:
                return choice
    if held is None:
        return None
    if fallback is not None:
        last = AssignmentRule.model_construct(
            key="fallback", name=held.name, when=held.when, to=fallback, otherwise=[]
        )
        choice = _try(last, facts, {}, candidates_of, context, passed, however_full=True)
        if choice is not None:
            return replace(choice, because={**choice.because, "fallback": True})
    return Choice(None, held.key, {"rule": held.name, "nobody": passed})


def _try(
    rule: AssignmentRule,
    facts: Mapping[str, Any],
    seen: Mapping[str, Any],
    candidates_of: CandidatesOf,
    context: Context,
    passed: list[dict[str, Any]],
    *,
    however_full: bool = False,
) -> Choice | None:
    """The choice among a rule's only target, or None; then why is added to what was `passed`."""
    target = rule.to
    rule, band = in_band(rule, facts.get("worth", facts.get("value")))
    if not however_full and context.at and not target.works_at(context.at, context.office):
        passed.append({"rule": rule.name, "off": True})
        return None
    candidates, rota = candidates_of(rule)
    here = [one for one in candidates if not one.absent]
    able = [one for one in here if however_full or one.has_room_under(target.most_open)]
    if not able:
        away = len(candidates) - len(here)
        passed.append({"rule": rule.name, "absent": away, "full": len(here)})
        return None
    looking = replace(context, most_share=target.most_share)
    picked: Picked = STRATEGIES[target.strategy](able, rota, looking)
    because = {
        "rule": rule.name,
        "strategy": target.strategy,
        "seen": dict(seen),
        "chosen": picked.who.name,
        "among": len(able),
        "open_leads": picked.who.open_leads,
        **picked.why,
    }
    if band is not None:
        because["at_least"] = str(band.at_least)
    if passed:
        because["passed"] = list(passed)
    return Choice(picked.id, rule.key, because, picked.tally)
