"""Undo: the last move and all it brought are taken back, as new events."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from cadans.events.models import Event
from cadans.ground.errors import CadansError, Conflict, NotFound
from cadans.leads import actions
from cadans.leads.models import Closing, Lead, StageVisit, Task
from tests.retold import assert_replay_equals_tables
from tests.world import MONDAY, World


def state(lead: Lead) -> dict[str, Any]:
    """What the process made of the lead."""
    lead = Lead.objects.get(id=lead.id)
    return {
        "stage": lead.stage.key,
        "since": lead.stage_entered_at,
        "status": lead.status,
        "closed_at": lead.closed_at,
        "owner": lead.owner,
        "visits": set(lead.visits.values_list("id", "stage", "entered_at", "left_at", "how")),
        "tasks": set(lead.tasks.values_list("id", "key", "state", "assignee", "ended_at")),
        "closings": set(Closing.objects.filter(lead=lead).values_list("id", "status")),
    }


def last(lead: Lead, kind: str) -> Event:
    found = Event.objects.filter(lead=lead.id, kind=kind).order_by("id").last()
    assert found is not None
    return found


def moves(world: World, lead: Lead) -> dict[str, Callable[[], object]]:
    return {
        "an activity meets the goal": lambda: world.call(lead),
        "somebody drags it": lambda: actions.move_lead(
            world.anna, lead, stage="demo", reason="haast"
        ),
        "somebody wins it": lambda: actions.win_lead(world.anna, lead),
        "somebody loses it": lambda: actions.lose_lead(
            world.anna, lead, reason=world.too_expensive
        ),
    }


@pytest.mark.parametrize(
    "how",
    [
        "an activity meets the goal",
        "somebody drags it",
        "somebody wins it",
        "somebody loses it",
    ],
)
def test_undo_gives_back_the_state_of_the_process(world: World, how: str) -> None:
    lead = world.lead(value=Decimal(50))
    before = state(lead)
    moves(world, lead)[how]()
    assert state(lead) != before
    actions.undo_move(world.anna, lead, event=last(lead, "stage_left").id)
    assert state(lead) == before
    assert_replay_equals_tables()
    undone = last(lead, "move_undone")
    assert undone.actor == world.anna.id
    assert {one.cause for one in Event.objects.filter(act=undone.act)} <= {undone.id, None}


def test_what_led_to_the_move_stays_and_the_lead_waits(world: World) -> None:
    lead = world.lead(value=Decimal(50))
    world.call(lead)
    actions.undo_move(world.anna, lead, event=last(lead, "stage_entered").id)
    assert lead.activities.count() == 1
    visit = StageVisit.objects.get(lead=lead, left_at=None)
    assert visit.held
    actions.log_activity(world.anna, lead, kind="note", note="nog een keer")
    assert state(lead)["stage"] == visit.stage.key


def test_moves_are_taken_back_one_by_one(world: World) -> None:
    lead = world.lead(value=Decimal(50))
    first = state(lead)
    world.call(lead)
    one = last(lead, "stage_entered")
    second = state(lead)
    actions.move_lead(world.anna, lead, stage="proposal", reason="haast")
    two = last(lead, "stage_entered")
    with pytest.raises(Conflict) as refused:
        actions.undo_move(world.anna, lead, event=one.id)
    assert refused.value.code == "moved_since"
    actions.undo_move(world.anna, lead, event=two.id)
    assert state(lead) == second
    with pytest.raises(Conflict) as refused:
        actions.undo_move(world.anna, lead, event=two.id)
    assert refused.value.code == "undone_already"
    actions.undo_move(world.anna, lead, event=one.id)
    assert state(lead) == first
    assert_replay_equals_tables()


def test_a_task_that_was_done_since_stays_done(world: World) -> None:
    lead = world.lead(value=Decimal(50))
    world.call(lead)
    laid = Task.objects.filter(lead=lead, state="open").first()
    assert laid is not None
    actions.do_task(world.anna, laid)
    actions.undo_move(world.anna, lead, event=last(lead, "stage_entered").id)
    laid.refresh_from_db()
    assert (laid.state, laid.visit) == ("done", None)
    assert_replay_equals_tables()


def test_an_owner_chosen_since_stays(world: World) -> None:
    lead = world.lead(value=Decimal(50))
    world.call(lead)
    actions.assign_lead(world.manager, lead, owner=world.bram)
    actions.undo_move(world.anna, lead, event=last(lead, "stage_entered").id)
    assert Lead.objects.get(id=lead.id).owner == world.bram


@pytest.mark.parametrize("kind", ["lead_created", "stage_entered", "activity_logged"])
def test_only_moves_are_taken_back(world: World, kind: str) -> None:
    lead = world.lead()
    actions.log_activity(world.anna, lead, kind="note", note="niets")
    with pytest.raises(Conflict) as refused:
        actions.undo_move(world.anna, lead, event=last(lead, kind).id)
    assert refused.value.code == "no_move"


def test_what_happened_to_another_lead_is_not_found(world: World) -> None:
    lead, other = world.lead(), world.lead(value=Decimal(50))
    world.call(other)
    for event in (last(other, "stage_left").id, uuid4()):
        with pytest.raises(NotFound):
            actions.undo_move(world.anna, lead, event=event)


def test_after_reopening_there_is_nothing_to_take_back(world: World) -> None:
    lead = world.lead()
    actions.lose_lead(world.anna, lead, at=MONDAY + timedelta(days=1))
    actions.reopen_lead(world.anna, lead)
    with pytest.raises(CadansError):
        actions.undo_move(world.anna, lead, event=last(lead, "lead_lost").id)
