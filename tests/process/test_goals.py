"""Each kind of goal: what meets it and what does not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args
from uuid import uuid4

import pytest
from pydantic import TypeAdapter, ValidationError

from cadans.contacts.models import BuyingRole
from cadans.process.facts import Facts, Held, Involved, Laid, Received, Ticked
from cadans.process.goals import KINDS, AnyGoal
from cadans.process.goals.shape import Role

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
        # Own fields, as they are kept: numbers and dates as text, yes and no as truth.
        ({"field": "custom.roof", "at_least": 40}, {"custom.roof": "39.9"}, False),
        ({"field": "custom.roof", "at_least": 40}, {"custom.roof": "140"}, True),
        (
            {"field": "custom.start", "at_most": "2026-09-30"},
            {"custom.start": "2026-09-30"},
            True,
        ),
        (
            {"field": "custom.start", "at_most": "2026-09-30"},
            {"custom.start": "2026-10-01"},
            False,
        ),
        ({"field": "custom.roof", "at_least": 40}, {"custom.roof": "large"}, False),
        ({"field": "custom.heating", "one_of": ["gas", "oil"]}, {"custom.heating": "Oil"}, True),
        ({"field": "custom.heating", "one_of": ["gas", "oil"]}, {"custom.heating": "wood"}, False),
        ({"field": "custom.owner", "one_of": ["true"]}, {"custom.owner": False}, False),
        ({"field": "custom.owner", "one_of": ["true"]}, {"custom.owner": True}, True),
        ({"field": "custom.owner"}, {"custom.owner": False}, True),
        ({"field": "product", "one_of": ["Pump"]}, {"product": ["Boiler", "Pump"]}, True),
        # Money in another currency is weighed as what it is worth here.
        (
            {"field": "value", "at_least": 1000},
            {"value": Decimal(1100), "currency": "USD", "worth": Decimal(990)},
            False,
        ),
        (
            {"field": "value", "at_least": 1000},
            {"value": Decimal(900), "currency": "GBP", "worth": Decimal(1050)},
            True,
        ),
        ({"field": "value", "at_least": 1000}, {"value": Decimal(9999), "worth": None}, False),
        ({"field": "value"}, {"value": Decimal(9999), "worth": None}, True),
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


PIET = Involved("decision_maker", "Piet", "piet@zon.example", "")
SARA = Involved("user", "Sara", "", "+31 6 1")


@pytest.mark.parametrize(
    ("goal", "people", "is_met"),
    [
        ({}, [], False),
        ({}, [PIET], True),
        ({}, [SARA], False),
        ({"details": ["phone"]}, [PIET, SARA], True),
        # Of one and the same person: two halves make no contact.
        ({"details": ["email", "phone"]}, [PIET, SARA], False),
        ({"details": ["name", "email"]}, [PIET], True),
        ({"details": ["name"]}, [Involved("", "", "info@zon.example", "")], False),
        ({"role": "decision_maker"}, [PIET], True),
        ({"role": "champion"}, [PIET], False),
        ({"role": "user"}, [PIET, SARA], False),
    ],
)
def test_contact(goal: dict[str, Any], people: list[Involved], is_met: bool) -> None:
    assert met({"kind": "contact", **goal}, people=tuple(people)) is is_met


def test_a_contact_lacks_what_the_best_known_person_lacks() -> None:
    goal = GOAL.validate_python({"kind": "contact", "key": "g", "details": ["email", "phone"]})
    facts = Facts(status="open", stage="demo", entered_at=NOON, people=(SARA, Involved()))
    assert goal.lacking(facts) == ["email"]  # type: ignore[union-attr]
    assert goal.weigh(facts).seen == {"email": False, "phone": True}


@pytest.mark.parametrize(
    ("goal", "people", "is_met"),
    [
        ({}, [], False),
        ({}, [SARA], True),
        ({"role": "decision_maker"}, [SARA], False),
        ({"role": "decision_maker"}, [SARA, PIET], True),
        ({"times": 2}, [SARA], False),
        ({"times": 2}, [SARA, PIET], True),
        ({"role": "user", "times": 2}, [SARA, PIET], False),
    ],
)
def test_person(goal: dict[str, Any], people: list[Involved], is_met: bool) -> None:
    assert met({"kind": "person", **goal}, people=tuple(people)) is is_met


@pytest.mark.parametrize(
    ("goal", "signal", "is_met"),
    [
        ({}, Received("email_answered", AFTER), True),
        ({}, Received("email_answered", BEFORE), False),
        ({"since": "ever"}, Received("email_answered", BEFORE), True),
        ({}, Received("email_opened", AFTER), False),
        ({"what": "opened"}, Received("email_opened", AFTER), True),
        ({"what": "opened", "times": 2}, Received("email_opened", AFTER), False),
        ({"what": "clicked"}, Received("email_clicked", AFTER), True),
        (
            {"what": "clicked", "link": "/pricing"},
            Received("email_clicked", AFTER, {"link": "https://ours.example/Pricing?x=1"}),
            True,
        ),
        ({"what": "clicked", "link": "/pricing"}, Received("email_clicked", AFTER), False),
        ({"subject": "offer"}, Received("email_answered", AFTER, {"subject": "Re: Offer"}), True),
        ({"subject": "offer"}, Received("email_answered", AFTER, {"subject": None}), False),
    ],
)
def test_email(goal: dict[str, Any], signal: Received, is_met: bool) -> None:
    assert met({"kind": "email", **goal}, signals=(signal,)) is is_met


FROM_A_BIG_FIRM = {"where": {"all": [{"field": "staff", "is": "at_least", "than": 50}]}}


@pytest.mark.parametrize(
    ("goal", "signal", "is_met"),
    [
        ({}, Received("form_sent", AFTER), True),
        ({}, Received("form_sent", BEFORE), False),
        ({}, Received("contact_form", AFTER), False),
        ({"form": "demo"}, Received("form_sent", AFTER, {"form": "Demo"}), True),
        ({"form": "demo"}, Received("form_sent", AFTER, {"form": "contact"}), False),
        ({"form": "demo"}, Received("form_sent", AFTER), False),
        (FROM_A_BIG_FIRM, Received("form_sent", AFTER, {"staff": "49"}), False),
        (FROM_A_BIG_FIRM, Received("form_sent", AFTER, {"staff": "120"}), True),
        ({"times": 2}, Received("form_sent", AFTER), False),
    ],
)
def test_form(goal: dict[str, Any], signal: Received, is_met: bool) -> None:
    assert met({"kind": "form", **goal}, signals=(signal,)) is is_met


def test_buying_roles_are_those_of_people() -> None:
    assert set(get_args(Role)) == {"", *BuyingRole.values}


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
        {"key": "g", "kind": "contact", "details": []},
        {"key": "g", "kind": "contact", "details": ["shoe size"]},
        {"key": "g", "kind": "person", "role": "chief"},
        {"key": "g", "kind": "person", "times": 0},
        {"key": "g", "kind": "email", "what": "burnt"},
        {"key": "g", "kind": "email", "what": "opened", "link": "/pricing"},
        {"key": "g", "kind": "field", "field": "value", "at_least": 5, "at_most": 4},
        {"key": "g", "kind": "field", "field": "value", "at_least": 5, "at_most": "2026-03-01"},
    ],
)
def test_a_goal_that_is_not_one_is_refused(goal: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GOAL.validate_python(goal)
