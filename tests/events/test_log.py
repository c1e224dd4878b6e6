"""The log: append-only, whole or not at all, and enough to rebuild from."""

import random
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from cadans.events.act import Act, Subject
from cadans.events.models import Event
from cadans.events.replay import replay
from cadans.leads import actions
from cadans.leads.models import StageVisit
from cadans.team.models import User
from tests.world import MONDAY, World

SUBJECT = Subject("lead", uuid4())


def test_events_are_never_changed(world: World) -> None:
    world.lead()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Event.objects.update(kind="something_else")


def test_events_are_never_removed(world: World) -> None:
    world.lead()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Event.objects.all().delete()


def test_an_act_that_fails_keeps_nothing(world: World) -> None:
    def fail_half_way() -> None:
        with Act(world.anna) as act:
            act.record("something", SUBJECT)
            User.objects.filter(id=world.anna.id).update(name="Niemand")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    world.anna.refresh_from_db()
    assert world.anna.name == "Anna Smit"
    assert not Event.objects.filter(kind="something").exists()


def test_an_act_is_one_chain_of_causes_and_one_job(world: World) -> None:
    before = ProcrastinateJob.objects.count()
    with Act(world.anna) as act:
        first = act.record("first", SUBJECT)
        second = act.record("second", SUBJECT)
        act.caused_from_now_on_by(second)
        third = act.record("third", SUBJECT)
    assert (first.cause, second.cause, third.cause) == (None, first.id, second.id)
    assert {event.act for event in Event.objects.filter(subject=SUBJECT.id)} == {act.id}
    jobs = ProcrastinateJob.objects.order_by("id")[before:]
    assert [(job.task_name, job.args) for job in jobs] == [
        ("cadans.reactions.react", {"act": str(act.id)})
    ]


def test_an_act_in_which_nothing_happened_defers_no_job(world: World) -> None:
    before = ProcrastinateJob.objects.count()
    with Act(world.anna):
        pass
    assert ProcrastinateJob.objects.count() == before


def test_replay_gives_the_same_in_whichever_order_events_arrive(world: World) -> None:
    lead = world.lead(value=Decimal(50))
    world.call(lead)
    world.put_in(lead, "new", hours=5)
    actions.lose_lead(world.anna, lead, at=MONDAY + timedelta(hours=9))
    actions.reopen_lead(world.anna, lead, at=MONDAY + timedelta(hours=12))
    events = list(Event.objects.filter(lead=lead.id).values())
    straight = replay(events)
    for seed in range(20):
        shuffled = events.copy()
        random.Random(seed).shuffle(shuffled)
        assert replay(shuffled) == straight
    told = straight[str(lead.id)]
    assert [visit.left_how for visit in told.visits.values()] == ["advanced", "moved", "lost", ""]
    assert len(told.visits) == StageVisit.objects.filter(lead=lead).count()
