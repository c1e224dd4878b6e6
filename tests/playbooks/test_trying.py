"""A try says what would happen; publishing the draft and doing everything again agrees with it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from cadans.demo.load import load_demo
from cadans.events.act import history
from cadans.events.models import Event
from cadans.ground.errors import CadansError
from cadans.leads import actions
from cadans.leads.models import Lead, StageVisit, Task
from cadans.playbooks.actions import make_pipeline, publish_pipeline, save_draft
from cadans.playbooks.models import TriedLead, Try
from cadans.playbooks.trying.actions import carry_out_try, try_draft
from cadans.playbooks.trying.queries import outcome_of
from cadans.process.design import Design
from cadans.process.models import Pipeline
from cadans.team.models import Absence
from tests.playbooks.again import Again
from tests.world import MONDAY, World, build

pytestmark = pytest.mark.django_db

Course = tuple[list[tuple[str, int, str]], Any, str]
"""How a lead went: its stays (stage, second of entering, how each ended), owner, status."""


def tried(pipeline: Pipeline, document: Mapping[str, Any]) -> tuple[Try, dict[uuid.UUID, Course]]:
    """A try of a document on all leads of a pipeline, and how each would go."""
    pipeline = Pipeline.objects.get(id=pipeline.id)
    save_draft(None, pipeline, document=document, revision=pipeline.draft_revision)
    trial = carry_out_try(try_draft(None, pipeline, months=36))
    return trial, {
        one.lead_id: ([tuple(stay) for stay in one.path], one.owner_id, one.status)
        for one in TriedLead.objects.filter(trial=trial)
    }


def done_again(pipeline: Pipeline, document: Mapping[str, Any]) -> dict[uuid.UUID, Course]:
    """The document published as another pipeline, and the deeds on the leads done again there."""
    events = list(Event.objects.filter(pipeline=pipeline.id, lead__isnull=False).order_by("id"))
    copy = make_pipeline(None, name="Copy", design=Design.model_validate(document))
    publish_pipeline(None, copy)
    Lead.objects.update(deleted_at=timezone.now())
    leads = Again(copy).do(events)
    courses: dict[uuid.UUID, Course] = {}
    for old, new in leads.items():
        lead = Lead.objects.get(id=new)
        visits = StageVisit.objects.filter(lead=lead).order_by("entered_at", "id")
        stays = [
            (stage, int(at.timestamp()), how)
            for stage, at, how in visits.values_list("stage__key", "entered_at", "how")
        ]
        closing = lead.closings.filter(reopened_at=None).first()
        owner = closing.owner_id if closing else lead.owner_id
        courses[old] = (stays, owner, lead.status)
    return courses


def laid(leads: Any) -> dict[tuple[Any, str], int]:
    """How many stage tasks were laid: assignee and kind → number."""
    found: dict[tuple[Any, str], int] = {}
    tasks = Task.objects.filter(lead__in=leads).exclude(key="")
    for assignee, kind in tasks.values_list("assignee", "kind"):
        found[assignee, kind] = found.get((assignee, kind), 0) + 1
    return found


def laid_by_stage(leads: Any) -> dict[str, int]:
    """How many of each stage task were laid: `stage/key` → number."""
    found: dict[str, int] = {}
    rows = Task.objects.filter(lead__in=leads).exclude(key="").values_list("stage__key", "key")
    for stage, key in rows:
        found[f"{stage}/{key}"] = found.get(f"{stage}/{key}", 0) + 1
    return found


def nothing_differs(pipeline: Pipeline, document: Mapping[str, Any]) -> None:
    """What was done there, played through the design under which it was done, is what happened.

    To the day on which each task was due, holidays and absences and all.
    """
    trial, _would = tried(pipeline, document)
    counts = trial.result["counts"]
    differing = {mark: n for mark, n in counts.items() if mark.startswith(("differs/", "due/"))}
    assert not {mark for mark in differing if not mark.startswith("due/both/")}, differing
    assert counts.get("same", 0) == counts.get("all", 0)


@pytest.mark.parametrize(
    ("key", "seed"), [("b2b-classic", 5), ("inbound-trial", 5), ("b2b-classic", 12)]
)
def test_what_a_try_says_is_what_publishing_and_doing_it_again_gives(key: str, seed: int) -> None:
    load_demo(leads=70, months=5, seed=seed, in_bulk=False)
    pipeline = Pipeline.objects.get(key=key)
    Lead.objects.exclude(pipeline=pipeline).update(deleted_at=timezone.now())
    document = changed(pipeline)
    trial, would = tried(pipeline, document)
    again = done_again(pipeline, document)
    assert would.keys() == again.keys()
    for lead, course in again.items():
        assert would[lead] == course
    assert trial.result["counts"]["differs/path"] > 5
    there = Lead.objects.filter(deleted_at=None)
    kinds: dict[str, int] = {}
    whose: dict[str, int] = {}
    for (who, kind), number in laid(there).items():
        kinds[kind] = kinds.get(kind, 0) + number
        whose[str(who)] = whose.get(str(who), 0) + number
    assert kinds == amounts(trial, "would/kind/")
    assert sum(whose.values()) == sum(amounts(trial, "would/tasks_of/").values())
    assert laid_by_stage(there) == amounts(trial, "would/task/")
    nothing_differs(Pipeline.objects.get(name="Copy"), document)


def amounts(trial: Try, start: str) -> dict[str, int]:
    """What the try counted beside leads, by what follows `start` in its marks."""
    return {
        mark.removeprefix(start): n
        for mark, n in trial.result["amounts"].items()
        if mark.startswith(start)
    }


def changed(pipeline: Pipeline) -> dict[str, Any]:
    """What is live, with goals taken away, rules added and a stage taken out."""
    assert pipeline.version is not None
    document = Design.model_validate(pipeline.version.document).model_dump(
        mode="json", by_alias=True
    )
    stages = document["stages"]
    team = next(rule["to"]["team"] for one in stages for rule in one["rules"] if rule["to"]["team"])
    stages[1]["goals"] = [
        goal for goal in stages[1]["goals"] if goal["kind"] not in {"person", "field"}
    ] or stages[1]["goals"][:1]
    del stages[2]
    stages[2]["rules"] = [
        {
            "key": "worthwhile",
            "name": "Worth while",
            "when": {"all": [{"field": "value", "is": "at_least", "than": 5000}]},
            "to": {"team": team, "strategy": "fewest_open"},
        },
        {
            "key": "near",
            "name": "Near by",
            "when": {"all": [{"field": "territory", "is": "equal", "than": "Nederland"}]},
            "to": {"team": team, "strategy": "weighted"},
        },
        {"key": "rest", "name": "The rest", "to": {"team": team, "strategy": "round_robin"}},
    ]
    return document


def test_the_live_design_played_again_changes_nothing() -> None:
    """What is live since the first lead, played over its leads: nothing differs."""
    load_demo(leads=60, months=3, seed=3, in_bulk=False)
    for pipeline in Pipeline.objects.all():
        # The leads that came in after the second version went live followed no other.
        second = pipeline.versions.order_by("number").last()
        assert second is not None
        Lead.objects.filter(pipeline=pipeline, opened_at__lt=second.published_at).update(
            deleted_at=timezone.now()
        )
        assert pipeline.version is not None
        trial, would = tried(pipeline, pipeline.version.document)
        counts = trial.result["counts"]
        assert counts["all"] == len(would) > 3
        assert counts.get("differs/path", 0) == 0
        assert counts.get("differs/end", 0) == 0
        # A rep whose turn it was then may have been away, where the one of the try is not.
        assert counts.get("differs/due", 0) <= counts.get("differs/owner", 0)
        assert any(mark.startswith("due/both/") for mark in counts)


def test_a_move_that_was_taken_back_is_taken_back_in_the_try_too(world: World) -> None:
    """The live design played again agrees with reality, also around what was undone."""
    back, on = world.lead(value=900), world.lead(value=900)
    for lead in (back, on):
        world.call(lead)
        assert world.stage_of(lead) == "demo"
    moved = Event.objects.get(lead=back.id, kind="stage_left")
    actions.undo_move(world.manager, back, event=moved.id)
    world.put_in(on, "proposal", hours=2)
    assert world.pipeline.version is not None
    trial, would = tried(world.pipeline, world.pipeline.version.document)
    assert [stay[0] for stay in would[back.id][0]] == ["new"]
    assert trial.result["counts"]["same"] == 2


# ── Small histories, any deeds in any order ──────────────────────────────────────────────────────

LEADS = 3
DEEDS = st.one_of(
    st.tuples(st.just("call"), st.sampled_from(["", "reached"])),
    st.tuples(st.just("demo"), st.just("")),
    st.tuples(st.just("value"), st.sampled_from([None, 0, 900, 5000])),
    st.tuples(st.just("task"), st.booleans()),
    st.tuples(st.just("expect"), st.sampled_from([None, 3, 10, 40])),
    st.tuples(st.just("tick"), st.booleans()),
    st.tuples(st.just("signal"), st.sampled_from(["customer", "us"])),
    st.tuples(st.just("move"), st.sampled_from(["new", "demo", "proposal", "contract", "won"])),
    st.tuples(st.just("give"), st.sampled_from(["anna", "bram", "chris"])),
    st.tuples(st.just("role"), st.sampled_from(["", "champion", "decision_maker"])),
    st.tuples(st.sampled_from(["win", "lose", "cancel", "reopen"]), st.none()),
)
HISTORIES = st.lists(st.tuples(st.integers(0, LEADS - 1), DEEDS), min_size=4, max_size=25)
CHANGES = st.sets(
    st.sampled_from(
        ["any", "no_value", "no_demo_goal", "without_proposal", "champion", "block", "lenient",
         "rules", "open_first", "team_task", "dues"]
    ),
    max_size=6,
)  # fmt: skip


class History:
    """Deeds on a few leads, each half an hour after the one before."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hours = 1.0
        self.leads = [world.lead(opened_at=MONDAY + timedelta(minutes=n)) for n in range(LEADS)]

    def do(self, n: int, deed: str, what: Any) -> None:
        self.hours += 0.5
        world, lead, at = self.world, self.leads[n], MONDAY + timedelta(hours=self.hours)
        try:
            with transaction.atomic(), history(at):
                self._do(deed, what, world, lead, at)
        except CadansError:
            pass

    def _do(self, deed: str, what: Any, world: World, lead: Lead, at: Any) -> None:
        match deed:
            case "call" | "demo":
                actions.log_activity(world.anna, lead, kind=deed, outcome=what, at=at)
            case "value":
                value = None if what is None else Decimal(what)
                actions.change_lead(world.anna, lead, changes={"value": value})
            case "expect":
                day = None if what is None else (MONDAY + timedelta(days=what)).date()
                actions.change_lead(world.anna, lead, changes={"expected_close": day})
            case "task":
                task = Task.objects.filter(lead=lead, state="open").order_by("id").first()
                if task is not None:
                    (actions.do_task if what else actions.skip_task)(world.anna, task, at=at)
            case "tick":
                actions.tick_goal(world.anna, lead, goal="agreed", on=what, at=at)
            case "signal":
                actions.receive_signal(
                    world.admin, name="contract_signed", lead=lead.id, payload={"by": what}, at=at
                )
            case "move":
                actions.move_lead(world.manager, lead, stage=what, reason="so", at=at)
            case "give":
                actions.assign_lead(world.manager, lead, owner=getattr(world, what))
            case "role":
                person = lead.parts.get().person
                actions.change_role(world.anna, lead, person=person, role=what)
            case "win":
                actions.win_lead(world.anna, lead, at=at)
            case "lose":
                actions.lose_lead(world.anna, lead, at=at)
            case "cancel":
                actions.cancel_lead(world.anna, lead, at=at)
            case "reopen":
                actions.reopen_lead(world.anna, lead, at=at)


def varied(world: World, changes: set[str]) -> dict[str, Any]:
    """The cast's design, changed in these ways."""
    assert world.pipeline.version is not None
    document = Design.model_validate(world.pipeline.version.document).model_dump(
        mode="json", by_alias=True
    )
    new, demo, proposal, contract, _won = document["stages"]
    if "any" in changes:
        new["goals_needed"] = proposal["goals_needed"] = "any"
    if "no_value" in changes:
        new["goals"] = new["goals"][:1]
    if "no_demo_goal" in changes:
        demo["goals"] = []
    if "champion" in changes:
        demo["goals"] = [{"kind": "person", "key": "champion", "role": "champion"}]
    if "block" in changes:
        demo["enforcement"] = new["enforcement"] = "block"
    if "lenient" in changes:
        proposal["enforcement"] = contract["enforcement"] = "advise"
    if "rules" in changes:
        team = {"team": str(world.team.id)}
        proposal["rules"] = [
            {
                "key": "large",
                "name": "Large",
                "when": {"all": [{"field": "value", "is": "at_least", "than": 1000}]},
                "to": {**team, "strategy": "fewest_open"},
            }
        ]
        demo["rules"] = [
            {"key": "inside", "name": "In turn", "to": {**team, "strategy": "round_robin"}}
        ]
    if "open_first" in changes:
        new["goals"] = [{"kind": "field", "key": "title", "field": "title"}]
    if "team_task" in changes:
        contract["tasks"] = [
            {"key": "draw", "name": {"en": "Draw"}, "to": "team", "team": str(world.team.id)}
        ]
    if "dues" in changes:
        new["tasks"] = [
            {"key": "first", "name": {"en": "First"}, "due": {"after": 3, "unit": "days"}},
            {
                "key": "then",
                "name": {"en": "Then"},
                "due": {"after": 5, "unit": "working_hours", "since": "task", "task": "first"},
            },
            {
                "key": "before",
                "name": {"en": "Before"},
                "due": {"after": 4, "unit": "working_days", "since": "before_expected_close"},
            },
            {"key": "call", "name": {"en": "Call"}, "due": {"after": 30, "unit": "hours"}},
        ]
    if "without_proposal" in changes:
        document["stages"].remove(proposal)
    return document


@given(deeds=HISTORIES, changes=CHANGES)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_history_under_any_draft_goes_as_the_try_says(
    deeds: list[tuple[int, tuple[str, Any]]], changes: set[str]
) -> None:
    with transaction.atomic():
        world = build()
        away = DateRange((MONDAY + timedelta(days=1)).date(), (MONDAY + timedelta(days=4)).date())
        Absence.objects.create(user=world.anna, days=away)
        told = History(world)
        for n, (deed, what) in deeds:
            told.do(n, deed, what)
        document = varied(world, changes)
        _trial, would = tried(world.pipeline, document)
        assert would == done_again(world.pipeline, document)
        nothing_differs(Pipeline.objects.get(name="Copy"), document)
        transaction.set_rollback(True)


def test_tasks_that_would_be_due_on_another_day_are_told(world: World) -> None:
    leads = [world.lead() for _n in range(3)]
    document = varied(world, set())
    tasks = document["stages"][0]["tasks"]
    tasks[1]["due"] = {"after": 3, "unit": "working_days"}  # it was one
    actions.change_task(
        world.anna,
        Task.objects.get(lead=leads[0], key="look_up"),
        changes={"due_at": MONDAY + timedelta(days=9)},
    )
    trial, _would = tried(world.pipeline, document)
    first, look_up = outcome_of(trial).tasks()[:2]
    assert (first.earlier.leads, first.later.leads, first.days) == (0, 0, 0.0)
    # Of the first lead somebody chose the day, and would have chosen it again.
    assert (look_up.earlier.leads, look_up.later.leads, look_up.days) == (0, 2, 2.0)
    assert outcome_of(trial).number("differs/due").leads == 2
