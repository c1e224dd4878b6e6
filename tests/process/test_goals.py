"""Each kind of goal: what meets it and what does not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import TypeAdapter, ValidationError

from cadans.process.facts import Facts, Held, Laid, Received, Ticked
from cadans.process.goals import KINDS, AnyGoal

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOAL: TypeAdapter[AnyGoal] = TypeAdapter(AnyGoal)


def met(goal: dict[str, Any], **facts: Any) -> bool:
    base: dict[str, Any] = {"status": "open", "stage": "demo", "entered_at": NOON}
    return GOAL.validate_python({"key": "g", **goal}).weigh(Facts(**base | facts)).met


AT_LEAST_TEN = {"where": {"all": [{"field": "sum", "is": "at_least", "than": 10}]}}
BEFORE, AFTER = NOON - timedelta(days=1), NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("goal", "fields", "is_met"),
    [
        ({"field": "value"}, {}, False),
        ({"field": "value"}, {"value": None}, False),
        ({"field": "value"}, {"value": Decimal(0)}, True),
        ({"field": "value", "at_least": 1000}, {"value": Decimal("999.99")}, False),
        ({"field": "value", "at_least": 1000}, {"value": Decimal("1000.00")}, True),
        ({"field": "value", "at_least": 1, "at_most": 5}, {"value": Decimal(6)}, False),
        ({"field": "expected_close"}, {"expected_close": date(2026, 4, 1)}, True),
        (
            {"field": "expected_close", "at_most": "2026-03-31"},
            {"expected_close": date(2026, 4, 1)},
            False,
        ),
        ({"field": "people.champion"}, {"people.champion": "Piet"}, True),
        ({"field": "people.champion"}, {"people.user": "Piet"}, False),
        ({"field": "custom.roof"}, {"custom.roof": ""}, False),
        ({"field": "tags"}, {"tags": []}, False),
    ],
)
def test_field(goal: dict[str, Any], fields: dict[str, Any], is_met: bool) -> None:
    assert met({"kind": "field", **goal}, fields=fields) is is_met


@pytest.mark.parametrize(
    ("goal", "activities", "is_met"),
    [
        ({}, [], False),
        ({}, [Held("call", AFTER)], True),
        ({}, [Held("call", NOON)], True),
        ({}, [Held("call", BEFORE)], False),
        ({"since": "ever"}, [Held("call", BEFORE)], True),
        ({}, [Held("demo", AFTER)], False),
        ({}, [Held("call", AFTER, held=False)], False),
        ({"planned": True}, [Held("call", AFTER, held=False)], True),
        ({"outcome": "reached"}, [Held("call", AFTER, "no_answer")], False),
        ({"outcome": "reached"}, [Held("call", AFTER, "reached")], True),
        ({"times": 2}, [Held("call", AFTER)], False),
        ({"times": 2}, [Held("call", AFTER), Held("call", AFTER)], True),
    ],
)
def test_activity(goal: dict[str, Any], activities: list[Held], is_met: bool) -> None:
    goal = {"kind": "activity", "activity": "call", **goal}
    assert met(goal, activities=tuple(activities)) is is_met


@pytest.mark.parametrize(
    ("task", "is_met"),
    [
        (Laid(uuid4(), "send", "demo", "done", AFTER), True),
        (Laid(uuid4(), "send", "demo", "open"), False),
        (Laid(uuid4(), "send", "demo", "skipped", AFTER), False),
        (Laid(uuid4(), "send", "demo", "done", BEFORE), False),
        (Laid(uuid4(), "send", "new", "done", AFTER), False),
        (Laid(uuid4(), "other", "demo", "done", AFTER), False),
    ],
)
def test_task(task: Laid, is_met: bool) -> None:
    assert met({"kind": "task", "task": "send"}, tasks=(task,)) is is_met


@pytest.mark.parametrize(
    ("goal", "signal", "is_met"),
    [
        ({}, Received("paid", AFTER), True),
        ({}, Received("paid", BEFORE), False),
        ({}, Received("seen", AFTER), False),
        (AT_LEAST_TEN, Received("paid", AFTER, {"sum": 9}), False),
        (AT_LEAST_TEN, Received("paid", AFTER, {"sum": "10"}), True),
        (AT_LEAST_TEN, Received("paid", AFTER, {}), False),
    ],
)
def test_signal(goal: dict[str, Any], signal: Received, is_met: bool) -> None:
    assert met({"kind": "signal", "signal": "paid", **goal}, signals=(signal,)) is is_met


@pytest.mark.parametrize(
    ("tick", "is_met"),
    [
        (Ticked("demo", "g", BEFORE), True),
        (Ticked("new", "g", AFTER), False),
        (Ticked("demo", "other", AFTER), False),
    ],
)
def test_box(tick: Ticked, is_met: bool) -> None:
    assert met({"kind": "box"}, ticks=(tick,)) is is_met


def test_a_goal_says_since_when_it_is_met() -> None:
    goal = GOAL.validate_python({"key": "g", "kind": "activity", "activity": "call", "times": 2})
    calls = tuple(Held("call", NOON + timedelta(hours=n)) for n in (3, 1, 2))
    facts = Facts(status="open", stage="demo", entered_at=NOON, activities=calls)
    assert goal.weigh(facts).at == NOON + timedelta(hours=2)


def test_every_kind_in_the_table_can_be_written_in_a_playbook() -> None:
    shapes = GOAL.json_schema()["$defs"].values()
    properties = [shape.get("properties", {}) for shape in shapes]
    kinds = {one["kind"]["const"] for one in properties if "kind" in one}
    assert kinds == set(KINDS)


@pytest.mark.parametrize(
    "goal",
    [
        {"key": "g", "kind": "wish"},
        {"key": "Not A Key", "kind": "box"},
        {"key": "g", "kind": "field"},
        {"key": "g", "kind": "activity", "activity": "call", "times": 0},
        {"key": "g", "kind": "box", "surprise": 1},
    ],
)
def test_a_goal_that_is_not_one_is_refused(goal: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GOAL.validate_python(goal)
