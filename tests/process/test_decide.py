"""What the process does next: tables of examples and properties, without a database."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cadans.process import decide
from cadans.process.design import Design
from cadans.process.facts import Facts, Ticked

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def design(*stages: dict[str, Any]) -> Design:
    return Design.model_validate({"stages": list(stages)})


def stage(key: str, *goals: str, **more: Any) -> dict[str, Any]:
    boxes = [{"key": goal, "kind": "box"} for goal in goals]
    return {"key": key, "name": {"nl": key}, "goals": boxes, **more}


def facts(at: str, *ticks: str, **more: Any) -> Facts:
    ticked = tuple(Ticked(at, tick, NOON) for tick in ticks)
    return Facts(**{"status": "open", "stage": at, "entered_at": NOON, "ticks": ticked} | more)


TWO = design(stage("one", "a", "b"), stage("two"), stage("won", ends_in="won"))


def names(steps: list[decide.Step]) -> list[str]:
    return [type(step).__name__ for step in steps]


def test_nothing_while_a_goal_is_unmet() -> None:
    assert decide.next_steps(TWO, facts("one", "a")) == []


def test_all_goals_met_leads_out_and_into_the_next() -> None:
    steps = decide.next_steps(TWO, facts("one", "a", "b"))
    assert names(steps) == ["CloseVisit", "SkipTasks", "EnterStage"]
    assert steps[-1].stage == "two"


def test_any_of_the_goals_will_do_when_the_design_says_so() -> None:
    one = design(stage("one", "a", "b", goals_needed="any"), stage("two"))
    assert names(decide.next_steps(one, facts("one", "b")))[-1] == "EnterStage"


def test_a_stage_without_goals_is_never_left_by_itself() -> None:
    assert decide.next_steps(TWO, facts("two")) == []


def test_the_last_stage_is_not_left_by_itself() -> None:
    assert decide.next_steps(design(stage("one", "a")), facts("one", "a")) == []


def test_a_stage_that_ends_in_lost_is_passed_by() -> None:
    ends = design(stage("one", "a"), stage("lost", ends_in="lost"), stage("won", ends_in="won"))
    steps = decide.next_steps(ends, facts("one", "a"))
    assert names(steps) == ["CloseVisit", "SkipTasks", "EnterStage", "CloseLead"]
    assert steps[-1] == decide.CloseLead("won", "won", steps[-1].because)


def test_a_closed_lead_stays_closed() -> None:
    assert decide.next_steps(TWO, facts("one", "a", "b", status="lost")) == []


def test_a_held_lead_waits_and_is_released_once_a_goal_is_unmet() -> None:
    assert decide.next_steps(TWO, facts("one", "a", "b", held=True)) == []
    assert decide.next_steps(TWO, facts("one", "a", held=True)) == [decide.Release("one")]


def test_the_owner_is_chosen_before_the_stay_begins() -> None:
    rule = {"key": "r", "name": "r", "to": {"users": ["0192f0c1-0000-7000-8000-000000000000"]}}
    task = {"key": "t", "name": {"nl": "t"}}
    entered = design(stage("one"), stage("two", rules=[rule], tasks=[task])).stage("two")
    assert names(decide.enter(entered, {})) == ["Assign", "EnterStage", "LayTask"]
    assert names(decide.enter(entered, {}, assign=False)) == ["EnterStage", "LayTask"]


def test_the_reason_names_the_goals_and_the_values_seen() -> None:
    because = decide.next_steps(TWO, facts("one", "a", "b"), version=7)[0].because
    assert because == {
        "rule": "goals_met",
        "stage": "one",
        "version": 7,
        "needed": "all",
        "goals": ["a", "b"],
        "seen": {"a": True, "b": True},
    }


@given(
    goals=st.lists(st.booleans(), min_size=1, max_size=8),
    ended=st.booleans(),
)
def test_asking_again_always_ends(goals: list[bool], ended: bool) -> None:
    """Each answer leads to a later stage, so at most as many answers as stages are non-empty."""
    rows = [stage(f"s{n}", "g") for n in range(len(goals))]
    row = design(*rows, *([stage("won", ends_in="won")] if ended else []))
    ticks = tuple(Ticked(f"s{n}", "g", NOON) for n, met in enumerate(goals) if met)
    here = Facts(status="open", stage="s0", entered_at=NOON, ticks=ticks)
    for _round in range(len(row.stages)):
        steps = decide.next_steps(row, here)
        if not steps:
            break
        entered = next(step for step in steps if isinstance(step, decide.EnterStage))
        assert row.position(entered.stage) > row.position(here.stage)
        closed = any(isinstance(step, decide.CloseLead) for step in steps)
        here = here.in_stage(entered.stage, since=NOON, status="won" if closed else "open")
    else:
        steps = decide.next_steps(row, here)
    assert not steps
    stopped = next((n for n, met in enumerate(goals) if not met), None)
    expected = f"s{stopped}" if stopped is not None else ("won" if ended else f"s{len(goals) - 1}")
    assert here.stage == expected
