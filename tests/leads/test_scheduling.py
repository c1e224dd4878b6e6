"""Due dates that follow: another task, the expected close; and what somebody chose by hand."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cadans.events.models import Event
from cadans.leads import actions
from cadans.leads.models import Lead
from cadans.process.models import published
from cadans.team.actions import add_absence
from cadans.team.models import Team
from tests.world import MONDAY, World

HERE = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.fixture
def lead(world: World) -> Lead:
    """In the stage "proposal": prepare, then send two working days later, then call; and a check
    a day before the close."""
    document = world.pipeline.version.document  # type: ignore[union-attr]
    stage = document["stages"][2]
    stage["tasks"] = [
        {"key": "prepare", "name": {"nl": "Voorbereiden", "en": "Prepare"}},
        {
            "key": "send",
            "name": {"nl": "Versturen", "en": "Send"},
            "due": {"after": 2, "unit": "working_days", "since": "task", "task": "prepare"},
        },
        {
            "key": "call",
            "name": {"nl": "Nabellen", "en": "Call"},
            "due": {"after": 4, "unit": "working_hours", "since": "task", "task": "send"},
        },
        {
            "key": "check",
            "name": {"nl": "Nalopen", "en": "Check"},
            "due": {"after": 1, "unit": "working_days", "since": "before_expected_close"},
        },
    ]
    world.pipeline.version.save()  # type: ignore[union-attr]
    published.cache_clear()
    made = world.lead("Zon", owner=world.anna, expected_close=date(2026, 3, 23))
    return world.put_in(made, "proposal")


def due(world: World, lead: Lead, key: str) -> Any:
    return world.task(lead, key).due_at


def test_a_task_has_no_due_date_until_the_one_before_it_is_done(world: World, lead: Lead) -> None:
    assert due(world, lead, "send") is None
    actions.do_task(world.anna, world.task(lead, "prepare"), at=at("2026-03-05 11:00"))
    assert due(world, lead, "send") == at("2026-03-09 17:30")
    assert due(world, lead, "call") is None
    actions.do_task(world.anna, world.task(lead, "send"), at=at("2026-03-06 16:00"))
    assert due(world, lead, "call") == at("2026-03-09 11:30")


def test_skipping_counts_as_the_end_too(world: World, lead: Lead) -> None:
    actions.skip_task(world.anna, world.task(lead, "prepare"), at=at("2026-03-05 11:00"))
    assert due(world, lead, "send") == at("2026-03-09 17:30")


def test_the_log_says_why_the_due_date_came(world: World, lead: Lead) -> None:
    actions.do_task(world.anna, world.task(lead, "prepare"), at=at("2026-03-05 11:00"))
    event = Event.objects.get(lead=lead.id, kind="task_rescheduled")
    done = Event.objects.get(lead=lead.id, kind="task_done")
    assert event.cause == done.id
    assert event.because["rule"] == "after_task"
    assert event.because["task"] == {"nl": "Voorbereiden", "en": "Prepare"}
    assert event.data["before"] is None


def test_the_assignees_days_off_are_passed_over(world: World, lead: Lead) -> None:
    add_absence(world.admin, world.anna, first=date(2026, 3, 6), last=date(2026, 3, 9))
    actions.do_task(world.bram, world.task(lead, "prepare"), at=at("2026-03-05 11:00"))
    assert due(world, lead, "send") == at("2026-03-11 17:30")


def test_it_moves_along_with_the_expected_close(world: World, lead: Lead) -> None:
    assert due(world, lead, "check") == at("2026-03-20 17:30")
    actions.change_lead(world.anna, lead, changes={"expected_close": date(2026, 4, 7)})
    assert due(world, lead, "check") == at("2026-04-02 17:30")
    event = Event.objects.get(lead=lead.id, kind="task_rescheduled")
    assert event.because["rule"] == "expected_close"
    actions.change_lead(world.anna, lead, changes={"expected_close": None})
    entered = lead.visits.get(left_at=None).entered_at
    assert due(world, lead, "check") > entered


def test_a_due_date_chosen_by_hand_stays(world: World, lead: Lead) -> None:
    chosen = at("2026-03-12 12:00")
    actions.change_task(world.anna, world.task(lead, "check"), changes={"due_at": chosen})
    actions.change_task(world.anna, world.task(lead, "send"), changes={"due_at": chosen})
    actions.change_lead(world.anna, lead, changes={"expected_close": date(2026, 4, 7)})
    actions.do_task(world.anna, world.task(lead, "prepare"), at=at("2026-03-05 11:00"))
    assert due(world, lead, "check") == due(world, lead, "send") == chosen
    assert "task_rescheduled" not in world.kinds(lead)


def for_the_team(world: World, **more: Any) -> None:
    document = world.pipeline.version.document  # type: ignore[union-attr]
    task = {"key": "check", "name": {"nl": "Nalopen"}, "to": "team", "team": str(world.team.id)}
    document["stages"][0]["tasks"] = [task | more]
    world.pipeline.version.save()  # type: ignore[union-attr]
    published.cache_clear()


def test_a_teams_tasks_are_dealt_in_turn_to_those_who_are_there(world: World) -> None:
    for_the_team(world, strategy="round_robin")
    dealt = [world.task(world.lead(owner=world.anna), "check").assignee for _ in range(6)]
    assert sorted(one.name for one in dealt if one) == [
        *(["Anna Smit"] * 2),
        *(["Bram Mulder"] * 2),
        *(["Chris de Wit"] * 2),
    ]
    today = timezone.localdate()
    add_absence(world.admin, world.bram, first=today, last=today)
    later = [world.task(world.lead(owner=world.anna), "check").assignee for _ in range(4)]
    assert world.bram not in later


def test_a_teams_task_goes_to_whoever_has_the_fewest_open_leads(world: World) -> None:
    for_the_team(world)
    for owner in (world.anna, world.anna, world.bram):
        world.lead(owner=owner)
    assert world.task(world.lead(owner=world.anna), "check").assignee == world.chris


def test_a_task_may_be_the_owners_managers(world: World) -> None:
    document = world.pipeline.version.document  # type: ignore[union-attr]
    document["stages"][0]["tasks"] = [{"key": "ok", "name": {"nl": "Akkoord"}, "to": "manager"}]
    world.pipeline.version.save()  # type: ignore[union-attr]
    published.cache_clear()
    assert world.task(world.lead(owner=world.anna), "ok").assignee == world.manager
    Team.objects.update(manager=None)
    assert world.task(world.lead(owner=world.anna), "ok").assignee == world.anna


def test_nothing_is_asked_where_nothing_follows(
    world: World, django_assert_max_num_queries: Any
) -> None:
    lead = world.lead(owner=world.anna)
    task = world.task(lead, "look_up")
    with django_assert_max_num_queries(12):
        actions.do_task(world.anna, task, at=MONDAY + timedelta(hours=2))
