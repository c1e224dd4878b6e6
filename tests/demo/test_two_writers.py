"""The engine and the writer in bulk tell the same history, and the log tells it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction

from cadans.assignment.models import Turn
from cadans.demo.load import load_demo
from cadans.events.models import Event
from cadans.events.replay import replay
from cadans.leads.models import (
    Activity,
    Closing,
    GoalTick,
    Lead,
    LeadPerson,
    LeadProduct,
    Signal,
    StageVisit,
    Task,
)
from cadans.team.models import User

pytestmark = pytest.mark.django_db

LEADS, MONTHS, SEED = 110, 6, 11

# Every table of a lead, as rows of what makes two of them the same in two databases.
TOLD: dict[str, Callable[[], Any]] = {
    "leads": lambda: Lead.objects.values_list(
        "external_id", "title", "pipeline__key", "version__number", "stage__key", "status",
        "value", "currency", "owner__email", "company__domain", "source__name",
        "territory__name", "competitor", "loss_reason__name", "opened_at", "closed_at",
        "expected_close", "stage_entered_at", "touched_at", "custom",
    ),
    "visits": lambda: StageVisit.objects.order_by("id").values_list(
        "lead__external_id", "stage__key", "version__number", "owner__email", "entered_at",
        "left_at", "how", "goals_met", "jumped", "reason", "held",
    ),
    "tasks": lambda: Task.objects.exclude(key="").order_by("id").values_list(
        "lead__external_id", "key", "name", "name_in", "stage__key", "visit__entered_at", "kind",
        "state", "required", "assignee__email", "due_at", "made_at", "ended_at",
        "ended_by__email",
    ),
    "own tasks": lambda: Task.objects.filter(key="").order_by("id").values_list(
        "lead__external_id", "name", "kind", "state", "assignee__email", "due_at"
    ),
    "closings": lambda: Closing.objects.values_list(
        "lead__external_id", "status", "stage__key", "version__number", "owner__email",
        "reason__name", "opened_at", "at", "value", "currency", "worth",
    ),
    "activities": lambda: Activity.objects.values_list(
        "lead__external_id", "kind", "at", "held", "outcome", "note", "by__email"
    ),
    "signals": lambda: Signal.objects.values_list("lead__external_id", "name", "at", "payload"),
    "ticks": lambda: GoalTick.objects.values_list(
        "lead__external_id", "stage__key", "goal", "by__email", "at"
    ),
    "people": lambda: LeadPerson.objects.values_list(
        "lead__external_id", "person__name", "person__email", "person__job_title",
        "person__company__domain", "role", "is_first",
    ),
    "products": lambda: LeadProduct.objects.values_list(
        "lead__external_id", "product__name", "quantity", "price"
    ),
    "turns": lambda: Turn.objects.order_by("pool").values_list("dealt"),
}  # fmt: skip


def tables() -> dict[str, list[Any]]:
    return {name: sorted(map(repr, ask())) for name, ask in TOLD.items()}


def events() -> dict[str, list[Any]]:
    """Each lead's events in order: kind, when, by whom, why."""
    names = dict(Lead.objects.values_list("id", "external_id"))
    users = dict(User.objects.values_list("id", "email"))
    told = defaultdict(list)
    planned = {str(id) for id in Activity.objects.filter(held=False).values_list("id", flat=True)}
    for event in Event.objects.filter(lead__isnull=False).order_by("id"):
        # What is put in the diary when the history ends is noted at the moment of loading.
        at = None if event.data.get("activity") in planned else event.at
        by = users[event.actor] if event.actor else None
        told[names[event.lead]].append((event.kind, at, event.via, by, event.because))
    return dict(told)


def visits_by_log() -> dict[str, Any]:
    """Every stay that replaying the log gives: by its id."""
    leads = replay(
        Event.objects.filter(lead__isnull=False).values("id", "kind", "lead", "at", "data")
    )
    return {
        visit.id: (
            visit.lead,
            visit.stage,
            visit.owner,
            datetime.fromisoformat(visit.entered_at),
            datetime.fromisoformat(visit.left_at) if visit.left_at else None,
            visit.left_how,
        )
        for told in leads.values()
        for visit in told.visits.values()
    }


def visits_by_table() -> dict[str, Any]:
    return {
        str(visit.id): (
            str(visit.lead_id),
            str(visit.stage_id),
            str(visit.owner_id) if visit.owner_id else None,
            visit.entered_at,
            visit.left_at,
            visit.how,
        )
        for visit in StageVisit.objects.all()
    }


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: Any) -> tuple[Any, Any]:
    """The same history written both ways: the tables, the events, the log's and the tables' stays.

    Told once for the whole module, and taken back at once.
    """
    told = []
    with django_db_blocker.unblock():
        for in_bulk in (False, True):
            with transaction.atomic():
                load_demo(leads=LEADS, months=MONTHS, seed=SEED, in_bulk=in_bulk)
                told.append((tables(), events(), visits_by_log(), visits_by_table()))
                transaction.set_rollback(True)
    return told[0], told[1]


def test_both_writers_tell_the_same_history(both: tuple[Any, Any]) -> None:
    (sold, sold_events, sold_log, sold_visits), (bulk, bulk_events, bulk_log, bulk_visits) = both
    for name in TOLD:
        assert sold[name] == bulk[name], name
    for lead, row in sold_events.items():
        assert row == bulk_events[lead], lead
    assert sold_log == sold_visits
    assert bulk_log == bulk_visits
    assert len(sold["leads"]) == LEADS
    assert len(sold_visits) > LEADS * 2


def test_no_lead_is_told_of_twice_at_once(both: tuple[Any, Any]) -> None:
    """Stays follow each other without a gap or an overlap."""
    _sold, (_tables, _events, _log, visits) = both
    stays = defaultdict(list)
    for lead, _stage, _owner, entered_at, left_at, _how in visits.values():
        stays[lead].append((entered_at, left_at))
    for row in stays.values():
        row.sort(key=lambda stay: (stay[0], stay[1] is None, stay[1]))
        for (_entered, left), (entered, _left) in pairwise(row):
            assert left == entered


def test_versions_change_while_leads_are_open(both: tuple[Any, Any]) -> None:
    sold, _bulk = both
    assert any(", 1, " in row for row in sold[0]["closings"])
    assert any(", 2, " in row for row in sold[0]["closings"])


def test_a_seed_tells_one_history() -> None:
    def history(seed: int) -> list[Any]:
        with transaction.atomic():
            load_demo(leads=60, months=3, seed=seed, in_bulk=True)
            told = list(
                StageVisit.objects.order_by(
                    "lead__external_id", "entered_at", "left_at"
                ).values_list("lead__title", "stage__key", "owner__email", "entered_at", "left_at")
            )
            transaction.set_rollback(True)
        return told

    assert history(3) == history(3)
    assert history(3) != history(4)
