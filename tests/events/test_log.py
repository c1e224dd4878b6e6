"""The log: append-only, whole or not at all, and enough to rebuild from."""

import random
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from cadans.contacts.models import Tag
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
        third = act.record("company_changed", SUBJECT)
    assert (first.cause, second.cause, third.cause) == (None, first.id, second.id)
    assert {event.act for event in Event.objects.filter(subject=SUBJECT.id)} == {act.id}
    jobs = ProcrastinateJob.objects.order_by("id")[before:]
    assert [(job.task_name, job.args) for job in jobs] == [
        ("cadans.reactions.react", {"act": str(act.id)})
    ]


def test_an_act_from_which_nothing_follows_defers_no_job(world: World) -> None:
    before = ProcrastinateJob.objects.count()
    with Act(world.anna) as act:
        act.record("something", SUBJECT)
    assert ProcrastinateJob.objects.count() == before


def test_what_an_act_adds_and_watches_is_written_as_it_is_at_the_end(world: World) -> None:
    tag, kept = Tag(name="nieuw"), Tag.objects.create(name="oud")
    with Act(world.anna) as act:
        act.add(tag)
        act.watch(kept)
        tag.name, kept.name = "nieuwer", "ouder"
        assert act.new(Tag) == [tag]
        assert act.watched(Tag) == [kept]
        assert set(Tag.objects.values_list("name", flat=True)) == {"oud"}
    assert set(Tag.objects.values_list("name", flat=True)) == {"nieuwer", "ouder"}
    assert not tag._state.adding


def test_a_place_that_becomes_free_is_taken_in_the_same_act(world: World) -> None:
    leaving = Tag.objects.create(name="heet")
    with Act(world.anna) as act:
        act.add(Tag(name="heet"))
        act.watch(leaving)
        leaving.name = "lauw"
    assert Tag.objects.count() == 2


def test_an_act_writes_whatever_it_holds_in_two_statements_at_most(world: World) -> None:
    lead = world.lead()
    with CaptureQueriesContext(connection) as asked, Act(world.anna) as act:
        act.watch(lead)
        lead.title = "Anders"
        act.add(*(Tag(name=f"tag {n}") for n in range(20)))
        act.record("something", SUBJECT)
    writes = [query for query in asked if "INSERT" in query["sql"] or "UPDATE" in query["sql"]]
    assert len(writes) == 1


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
