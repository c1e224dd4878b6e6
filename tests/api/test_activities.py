"""Planned activities over HTTP; and goals on e-mails, forms and people, met by programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cadans.leads.actions import settle_lead
from cadans.leads.models import Lead
from cadans.playbooks.actions import publish_pipeline
from cadans.process.models import Pipeline
from tests.api.program import Program
from tests.world import World


@pytest.fixture
def lead(world: World) -> Lead:
    return world.put_in(world.lead(owner=world.anna), "demo")


def soon(days: int = 2) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def test_a_planned_activity_is_moved_held_and_meets_its_goal(
    world: World, manager: Program, lead: Lead
) -> None:
    made = manager.post(f"/leads/{lead.id}/activities", {"kind": "demo", "at": soon()}).json()
    assert (made["held"], made["called_off"]) == (False, None)
    path = f"/activities/{made['id']}"
    moved = manager.patch(path, {"at": soon(5)})
    assert (moved.status_code, moved.json()["at"] > made["at"]) == (200, True)
    refused = manager.patch(path, {"at": "2020-01-01T10:00:00Z"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/at")
    held = manager.post(f"{path}/held", {"outcome": "positive", "note": "Ja"})
    assert (held.status_code, held.json()["held"], held.json()["outcome"]) == (
        200,
        True,
        "positive",
    )
    assert world.stage_of(lead) == "proposal"
    assert manager.post(f"{path}/held", None).status_code == 200
    off = manager.post(f"{path}/call-off", None)
    assert (off.status_code, off.json()["code"]) == (409, "activity_held")


def test_an_own_kind_is_logged_by_its_key(world: World, manager: Program, lead: Lead) -> None:
    path = f"/leads/{lead.id}/activities"
    unknown = manager.post(path, {"kind": "site_visit"})
    assert unknown.status_code == 422
    (fault,) = unknown.json()["errors"]
    assert fault["pointer"] == "/kind"
    assert "call, meeting" in fault["detail"]
    added = Program(world.admin).post("/activity-kinds", {"name_en": "Site visit"})
    assert added.json()["key"] == "site_visit"
    assert manager.post(path, {"kind": "site_visit"}).json()["kind"] == "site_visit"
    assert manager.post(path, {"kind": "Site visit"}).status_code == 422
    kind = f"/activity-kinds/{added.json()['id']}"
    used = Program(world.admin).delete(kind)
    assert (used.status_code, used.json()["code"]) == (409, "in_use")
    assert manager.get("/activity-kinds").json()["items"] == [added.json()]


def test_a_planned_activity_is_called_off(world: World, manager: Program, lead: Lead) -> None:
    made = manager.post(f"/leads/{lead.id}/activities", {"kind": "demo", "at": soon()}).json()
    off = manager.post(f"/activities/{made['id']}/call-off", {"reason": "Ziek"})
    assert off.json()["called_off"] is not None
    events = manager.get(f"/leads/{lead.id}/events").json()["items"]
    assert any("Ziek" in event["explanation"] for event in events)
    assert world.stage_of(lead) == "demo"


def test_an_activity_that_is_not_there_is_not_found(world: World, manager: Program) -> None:
    answer = manager.post("/activities/01a20d0f-b927-7760-8e30-f13220396a85/held", None)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("goal", "signal"),
    [
        ({"kind": "email"}, {"name": "email_answered", "payload": {"subject": "Re: Offerte"}}),
        (
            {"kind": "email", "what": "clicked", "link": "/prijzen"},
            {"name": "email_clicked", "payload": {"link": "https://ons.example/prijzen?x"}},
        ),
        (
            {
                "kind": "form",
                "form": "demo",
                "where": {"all": [{"field": "staff", "is": "at_least", "than": 50}]},
            },
            {"name": "form_sent", "payload": {"form": "demo", "staff": "80"}},
        ),
    ],
)
def test_signals_of_agreed_names_meet_goals_on_emails_and_forms(
    world: World, manager: Program, lead: Lead, goal: dict[str, Any], signal: dict[str, Any]
) -> None:
    pipeline = world.pipeline
    draft = manager.get(f"/pipelines/{pipeline.key}/draft").json()
    draft["stages"][1]["goals"] = [{"key": "seen", **goal}]
    put = manager.put(f"/pipelines/{pipeline.key}/draft", draft)
    assert put.status_code == 200, put.content
    publish_pipeline(world.manager, Pipeline.objects.get(id=pipeline.id))
    person = lead.parts.get().person
    other = {**signal, "payload": {}, "name": "page_seen"}
    assert manager.post("/signals", other | {"email": person.email}).status_code == 202
    assert world.stage_of(lead) == "demo"
    answer = manager.post("/signals", signal | {"email": person.email})
    assert answer.status_code == 202
    assert [one["kind"] for one in answer.json()["events"]][:2] == ["signal_received", "stage_left"]
    assert world.stage_of(lead) == "proposal"


def test_goals_on_people_are_met_over_http(world: World, manager: Program, lead: Lead) -> None:
    pipeline = world.pipeline
    draft = manager.get(f"/pipelines/{pipeline.key}/draft").json()
    draft["stages"][1]["goals"] = [
        {"key": "boss", "kind": "person", "role": "decision_maker"},
        {
            "key": "reach",
            "kind": "contact",
            "details": ["email", "phone"],
            "role": "decision_maker",
        },
    ]
    assert manager.put(f"/pipelines/{pipeline.key}/draft", draft).status_code == 200
    publish_pipeline(world.manager, Pipeline.objects.get(id=pipeline.id))
    els = {"email": "els@zon.example", "name": "Els", "role": "decision_maker"}
    part = manager.post(f"/leads/{lead.id}/people", els).json()
    goals = manager.get(f"/leads/{lead.id}/progress").json()["goals"]
    assert [(goal["kind"], goal["met"]) for goal in goals] == [("person", True), ("contact", False)]
    person = part["person"]["id"] if "person" in part else part["id"]
    changed = manager.patch(f"/people/{person}", {"phone": "+31 6 12345678"})
    assert changed.status_code == 200, changed.content
    settle_lead(lead.id)  # the job that follows from person_changed
    assert world.stage_of(lead) == "proposal"
