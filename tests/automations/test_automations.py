"""Automations on movement: begun when they should be, done once, said on the timeline."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cadans.automations.actions import carry_out_automation
from cadans.automations.jobs import carry_out
from cadans.events.models import Event
from cadans.ground.errors import Invalid
from cadans.leads import actions
from cadans.leads.actions import notice_idle_leads
from cadans.leads.models import Lead, Task
from cadans.notifications.models import Notification
from cadans.playbooks.actions import publish_pipeline, save_draft
from cadans.process.design import Design
from tests.world import MONDAY, World, inbound

pytestmark = pytest.mark.django_db
TELL = {"kind": "notify", "to": "manager", "text": {"nl": "Kijk mee", "en": "Look along"}}
TASK = {"kind": "task", "name": {"nl": "Bellen", "en": "Call"}, "task": "call"}


def publish(world: World, stage: str, **automation: Any) -> None:
    """Publish the cast's pipeline with one automation in a stage."""
    document = inbound(world.team)
    (place,) = [one for one in document["stages"] if one["key"] == stage]
    place["automations"] = [{"key": "it", "name": "Meekijken", "do": TELL, **automation}]
    saved = save_draft(
        world.manager, world.pipeline, document=document, revision=world.pipeline.draft_revision
    )
    publish_pipeline(world.manager, saved, revision=saved.draft_revision)
    world.pipeline.refresh_from_db()


def begun(lead: Lead) -> list[Event]:
    return list(Event.objects.filter(lead=lead.id, kind="automation_begun").order_by("id"))


def done(lead: Lead, kind: str = "automation_done") -> list[Event]:
    return list(Event.objects.filter(lead=lead.id, kind=kind).order_by("id"))


def test_on_entering_the_manager_is_told_once_and_the_timeline_says_why(world: World) -> None:
    publish(world, "demo", on="entered")
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    world.put_in(lead, "demo")
    (event,) = begun(lead)
    entered = Event.objects.get(
        lead=lead.id, kind="stage_entered", data__stage=str(world.stages["demo"].id)
    )
    assert event.cause == entered.id
    for _time in range(3):
        carry_out(event=str(event.id), subject=str(event.subject))
    told = Notification.objects.get()
    assert told.user == world.manager
    (event_done,) = done(lead)
    assert event_done.cause == event.id
    assert event_done.because["rule"] == "automation"
    assert event_done.data["told"] == [str(world.manager.id)]


@pytest.mark.parametrize("hours", [0, 5])
def test_a_task_is_made_for_the_owner(world: World, hours: int) -> None:
    publish(world, "demo", do={**TASK, "due": {"after": hours, "unit": "hours"}})
    lead = world.lead("Bakkerij Zon", owner=world.anna)
    world.put_in(lead, "demo")
    carry_out_automation(begun(lead)[0])
    task = Task.objects.get(name="Bellen")
    assert (task.assignee, task.kind) == (world.anna, "call")
    assert task.due_at >= timezone.now() + timedelta(hours=hours) - timedelta(minutes=1)


def test_on_leaving(world: World) -> None:
    publish(world, "new", on="left")
    lead = world.lead(owner=world.anna)
    assert not begun(lead)
    world.put_in(lead, "demo")
    (event,) = begun(lead)
    assert Event.objects.get(id=event.cause).kind == "stage_left"


def test_when_a_goal_is_met_the_first_time_in_a_stay(world: World) -> None:
    publish(world, "new", on="goal", goal="reached")
    lead = world.lead(owner=world.anna)
    world.call(lead, hours=1)
    world.call(lead, hours=2)
    assert len(begun(lead)) == 1
    assert world.kinds(lead).count("goal_reached") == 1


def test_when_all_goals_are_met(world: World) -> None:
    publish(world, "new", on="goal")
    lead = world.lead(owner=world.anna)
    world.call(lead)
    assert not begun(lead)
    actions.change_lead(world.anna, lead, changes={"value": 1200})
    assert len(begun(lead)) == 1
    assert world.stage_of(lead) == "demo"


def test_when_it_lies_idle(world: World) -> None:
    publish(world, "new", on="idle")
    lead = world.lead(owner=world.anna)
    for _time in range(2):
        notice_idle_leads(on=MONDAY + timedelta(days=8))
    (event,) = begun(lead)
    assert Event.objects.get(id=event.cause).kind == "lead_idle"


def test_when_a_signal_arrives(world: World) -> None:
    publish(world, "new", on="signal", signal="trial_started")
    lead = world.lead(owner=world.anna)
    actions.receive_signal(world.manager, name="page_visited", lead=lead.id)
    assert not begun(lead)
    actions.receive_signal(world.manager, name="trial_started", lead=lead.id)
    assert len(begun(lead)) == 1


@pytest.mark.parametrize("on", ["won", "lost"])
def test_when_it_is_closed_from_there(world: World, on: str) -> None:
    publish(world, "demo", on=on)
    lead = world.lead(owner=world.anna)
    world.put_in(lead, "demo")
    if on == "won":
        actions.win_lead(world.anna, lead)
    else:
        actions.lose_lead(world.anna, lead, reason=world.too_expensive)
    (event,) = begun(lead)
    assert Event.objects.get(id=event.cause).kind == f"lead_{on}"
    carry_out_automation(event)
    assert len(done(lead)) == 1


def test_entering_the_won_stage(world: World) -> None:
    publish(world, "won", on="entered", wait={"after": 1, "unit": "hours"})
    lead = world.lead(owner=world.anna)
    actions.win_lead(world.anna, lead)
    carry_out_automation(begun(lead)[0])
    assert len(done(lead)) == 1


def test_only_when_its_condition_holds(world: World) -> None:
    publish(world, "demo", when={"all": [{"field": "value", "is": "at_least", "than": 10_000}]})
    small, large = world.lead(value=500, owner=world.anna), world.lead(value=20_000)
    for lead in (small, large):
        world.put_in(lead, "demo")
    assert (len(begun(small)), len(begun(large))) == (0, 1)
    assert begun(large)[0].because["seen"]["value"] in {"20000", "20000.00"}


@pytest.mark.parametrize(("once", "times"), [(True, 1), (False, 2)])
def test_once_a_lead_or_each_time(world: World, once: bool, times: int) -> None:
    publish(world, "demo", once=once)
    lead = world.lead(owner=world.anna)
    for n, stage in enumerate(["demo", "new", "demo"]):
        world.put_in(lead, stage, hours=n + 1)
    assert len(begun(lead)) == times


def test_after_a_delay_only_when_the_lead_is_still_there(world: World) -> None:
    publish(world, "demo", wait={"after": 2, "unit": "hours"})
    stays, goes = world.lead(owner=world.anna), world.lead(owner=world.anna)
    for lead in (stays, goes):
        world.put_in(lead, "demo")
    world.put_in(goes, "proposal", hours=2)
    for lead in (stays, goes):
        carry_out_automation(begun(lead)[0])
    assert (len(done(stays)), len(done(goes))) == (1, 0)
    assert done(goes, "automation_dropped")[0].data["why"] == "left"


def test_an_automation_of_the_future_waits(world: World) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    publish(world, "demo", wait={"after": 2, "unit": "days"})
    lead = world.lead(owner=world.anna, opened_at=timezone.now())
    actions.move_lead(world.manager, lead, stage="demo", reason="test")
    (event,) = begun(lead)
    carry_out(event=str(event.id), subject=str(event.subject))
    assert not done(lead)
    (job,) = ProcrastinateJob.objects.filter(task_name="cadans.automations.jobs.carry_out")
    assert job.scheduled_at > timezone.now() + timedelta(days=1)


def test_a_deleted_lead_and_nobody_to_tell(world: World) -> None:
    publish(world, "demo", do={**TELL, "to": "owner"})
    lead = world.lead()
    Lead.objects.filter(id=lead.id).update(owner=None)
    actions.delete_lead(world.manager, Lead.objects.get(id=lead.id))
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": "signal"},
        {"on": "entered", "goal": "reached"},
        {"on": "goal", "goal": "not-there"},
        {"do": {**TELL, "to": "user"}},
        {"do": {**TELL, "to": "role"}},
        {"do": {"kind": "dance"}},
    ],
)
def test_what_is_incomplete_is_refused(world: World, wrong: dict[str, Any]) -> None:
    document = inbound(world.team)
    document["stages"][0]["automations"] = [{"key": "it", "name": "X", "do": TELL, **wrong}]
    with pytest.raises((ValueError, Invalid)):
        Design.model_validate(document)
