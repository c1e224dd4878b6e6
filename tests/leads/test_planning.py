"""A planned activity: it is held, moved or called off, and the goals are weighed each time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cadans.events.models import Event
from cadans.ground.errors import Conflict, Invalid, NotFound
from cadans.leads import actions
from cadans.leads.models import Activity, Lead
from cadans.leads.planned import planned_on, visible_activity
from cadans.process.models import published
from tests.world import World


@pytest.fixture
def lead(world: World) -> Lead:
    return world.put_in(world.lead("Bakkerij Zon", owner=world.anna), "demo")


def soon(days: float = 2) -> datetime:
    return timezone.now() + timedelta(days=days)


def plan(world: World, lead: Lead, **fields: Any) -> Activity:
    return actions.log_activity(world.anna, lead, kind="demo", **{"at": soon(), **fields})


def enough_when_planned(world: World) -> None:
    document = world.pipeline.version.document  # type: ignore[union-attr]
    document["stages"][1]["goals"][0]["planned"] = True
    world.pipeline.version.save()  # type: ignore[union-attr]
    published.cache_clear()


def test_a_plan_waits_until_it_is_held(world: World, lead: Lead) -> None:
    activity = plan(world, lead)
    assert activity.is_planned
    assert world.stage_of(lead) == "demo"
    held = actions.hold_activity(world.anna, activity, outcome="positive", note="Enthousiast.")
    assert (held.held, held.outcome, held.note) == (True, "positive", "Enthousiast.")
    assert held.at <= timezone.now()
    assert world.stage_of(lead) == "proposal"
    assert planned_on(lead) == []


def test_it_took_place_when_it_was_planned_unless_said_otherwise(world: World, lead: Lead) -> None:
    activity = plan(world, lead)
    past = timezone.now() - timedelta(hours=3)
    Activity.objects.filter(id=activity.id).update(at=past)
    activity.refresh_from_db()
    assert actions.hold_activity(world.anna, activity).at == past
    event = Event.objects.get(lead=lead.id, kind="activity_held")
    assert event.at == past
    assert event.data["kind"] == "demo"
    assert event.data["planned_for"] == past.isoformat()


def test_a_held_plan_counts_from_when_it_was_held(world: World, lead: Lead) -> None:
    activity = plan(world, lead)
    early = timezone.now() - timedelta(days=3650)
    with pytest.raises(Invalid):
        actions.hold_activity(world.anna, activity, at=soon())
    actions.hold_activity(world.anna, activity, at=early)
    assert world.stage_of(lead) == "demo"  # before the lead entered the stage


def test_a_goal_may_be_met_by_the_plan_alone(world: World, lead: Lead) -> None:
    enough_when_planned(world)
    plan(world, lead)
    assert world.stage_of(lead) == "proposal"


def test_calling_it_off_takes_the_goal_back_but_not_the_lead(world: World, lead: Lead) -> None:
    enough_when_planned(world)
    activity = plan(world, lead)
    actions.call_off_activity(world.anna, activity, reason="Ziek")
    assert world.stage_of(lead) == "proposal"
    back = actions.move_lead(world.manager, lead, stage="demo", reason="Terug")
    assert not back.visits.get(left_at=None).held  # the plan no longer meets the goal
    told = Event.objects.get(lead=lead.id, kind="activity_called_off")
    assert told.data["reason"] == "Ziek"


def test_it_is_moved_to_another_moment_to_come(world: World, lead: Lead) -> None:
    activity = plan(world, lead)
    later = soon(9)
    assert actions.replan_activity(world.anna, activity, at=later).at == later
    event = Event.objects.get(lead=lead.id, kind="activity_replanned")
    assert (event.data["before"], event.data["at"]) == (
        activity.at.isoformat(),
        later.isoformat(),
    )
    with pytest.raises(Invalid):
        actions.replan_activity(world.anna, activity, at=timezone.now())


def test_each_thing_happens_once(world: World, lead: Lead) -> None:
    activity = plan(world, lead)
    actions.hold_activity(world.anna, activity)
    actions.hold_activity(world.anna, activity)
    assert world.kinds(lead).count("activity_held") == 1
    for deed in (
        lambda: actions.call_off_activity(world.anna, activity),
        lambda: actions.replan_activity(world.anna, activity, at=soon()),
    ):
        with pytest.raises(Conflict, match=r"took place|vond al plaats"):
            deed()
    off = plan(world, world.lead())
    actions.call_off_activity(world.anna, off)
    actions.call_off_activity(world.anna, off)
    with pytest.raises(Conflict):
        actions.hold_activity(world.anna, off)


def test_what_is_wrong_changes_nothing(world: World, lead: Lead) -> None:
    activity = plan(world, lead)
    with pytest.raises(Invalid):
        actions.hold_activity(world.anna, activity, outcome="hm")
    with pytest.raises(Invalid):
        actions.call_off_activity(world.anna, activity, reason="x" * 301)
    activity.refresh_from_db()
    assert activity.is_planned


def test_a_plan_is_seen_by_those_who_see_its_lead(world: World, lead: Lead) -> None:
    activity = plan(world, lead)
    world.organisation.leads_seen_by_reps = "own"
    world.organisation.save()
    assert visible_activity(world.anna, activity.id) == activity
    with pytest.raises(NotFound):
        visible_activity(world.bram, activity.id)
    with pytest.raises(NotFound):
        actions.hold_activity(world.bram, activity)
