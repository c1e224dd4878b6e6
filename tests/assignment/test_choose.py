"""Who gets the lead."""

from collections import Counter
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from cadans.assignment.candidates import Candidate, Rota
from cadans.assignment.choose import Choice, choose
from cadans.assignment.rules import AssignmentRule

ANNA, BRAM, CHRIS = (UUID(int=n) for n in (1, 2, 3))
NAMES = {ANNA: "Anna", BRAM: "Bram", CHRIS: "Chris"}


def rule(key: str = "r", strategy: str = "round_robin", **when: Any) -> AssignmentRule:
    return AssignmentRule.model_validate(
        {"key": key, "name": key, "when": when, "to": {"users": list(NAMES), "strategy": strategy}}
    )


def pick(
    *rules: AssignmentRule,
    facts: dict[str, Any] | None = None,
    last: UUID | None = None,
    **people: Any,
) -> Choice | None:
    row = [Candidate(id, name, **people.get(name, {})) for id, name in NAMES.items()]
    return choose(rules, facts or {}, lambda _rule: (row, Rota(last)))


def test_everybody_in_turn() -> None:
    assert [pick(rule(), last=last).user for last in (None, ANNA, BRAM, CHRIS)] == [  # type: ignore[union-attr]
        ANNA,
        BRAM,
        CHRIS,
        ANNA,
    ]


def test_who_is_away_or_full_loses_the_turn() -> None:
    chosen = pick(rule(), last=ANNA, Bram={"absent": True}, Chris={"capacity": 2, "open_leads": 2})
    assert chosen is not None
    assert chosen.user == ANNA


def test_the_one_with_the_fewest_open_leads() -> None:
    people = {"Anna": {"open_leads": 3}, "Bram": {"open_leads": 1}, "Chris": {"open_leads": 2}}
    chosen = pick(rule(strategy="fewest_open"), **people)
    assert chosen is not None
    assert (chosen.user, chosen.because["open_leads"]) == (BRAM, 1)


def test_the_first_rule_that_holds() -> None:
    big = rule("big", all=[{"field": "value", "is": "at_least", "than": 1000}])
    rest = rule("rest")
    assert pick(big, rest, facts={"value": 10}).rule == "rest"  # type: ignore[union-attr]
    assert pick(big, rest, facts={"value": 1000}).rule == "big"  # type: ignore[union-attr]


def test_no_rule_no_choice() -> None:
    assert pick() is None
    assert pick(rule(all=[{"field": "value", "is": "set"}])) is None


def test_when_nobody_can_the_choice_is_of_nobody_and_says_who_stood_in_the_way() -> None:
    people = {"Anna": {"absent": True}, "Bram": {"absent": True}}
    chosen = pick(rule(), Chris={"capacity": 3, "open_leads": 3}, **people)
    assert chosen is not None
    assert chosen.user is None
    assert chosen.because == {"rule": "r", "nobody": [{"rule": "r", "absent": 2, "full": 1}]}


def test_the_choice_says_why() -> None:
    chosen = pick(rule("inside", all=[{"field": "source", "is": "set"}]), facts={"source": "Beurs"})
    assert chosen is not None
    assert chosen.because == {
        "rule": "inside",
        "strategy": "round_robin",
        "seen": {"source": "Beurs"},
        "chosen": "Anna",
        "among": 3,
        "open_leads": 0,
    }


@settings(deadline=None)
@given(n=st.integers(0, 200))
def test_round_robin_differs_by_at_most_one(n: int) -> None:
    dealt: Counter[UUID] = Counter(dict.fromkeys(NAMES, 0))
    last = None
    for _n in range(n):
        chosen = pick(rule(), last=last)
        assert chosen is not None
        last = chosen.user
        dealt[last] += 1
    assert max(dealt.values()) - min(dealt.values()) <= 1
