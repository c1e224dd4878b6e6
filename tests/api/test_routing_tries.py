"""Routing rules tried over the API."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cadans.leads import actions
from cadans.leads.drafts import LeadDraft
from cadans.playbooks.jobs import try_routing_out
from cadans.process.actions import add_routing_rule
from cadans.process.models import Pipeline, RoutingRule
from tests.api.program import Program
from tests.world import World

LARGE = {"all": [{"field": "value", "is": "at_least", "than": 1000}]}


@pytest.fixture
def large(world: World) -> Pipeline:
    pipeline = Pipeline.objects.create(
        key="large", name="Large ones", version=world.pipeline.version, position=1
    )
    add_routing_rule(None, name="Large", pipeline=pipeline, when=LARGE)
    for value in (5, 400, 5000):
        at = timezone.now() - timedelta(days=3)
        draft = LeadDraft(title=f"Of {value}", value=Decimal(value), opened_at=at)
        actions.create_lead(world.manager, draft)
    return pipeline


def carried_out(manager: Program, wish: dict[str, Any]) -> dict[str, Any]:
    asked = manager.post("/routing-tries", wish)
    assert asked.status_code == 202, asked.content
    address = asked["Location"].removeprefix("/api/v1")
    assert manager.get(address).json()["state"] == "waiting"
    try_routing_out(subject=asked.json()["id"])
    told: dict[str, Any] = manager.get(address).json()
    assert told["state"] == "done"
    return told


def test_rules_are_tried_and_their_leads_listed(manager: Program, large: Pipeline) -> None:
    told = carried_out(manager, {})
    assert told["summary"] == ["Elke lead zou naar dezelfde pijplijn zijn gegaan."]
    lower = {"all": [{"field": "value", "is": "at_least", "than": 100}]}
    changed = {
        "rule": str(RoutingRule.objects.get().id),
        "name": "Larger",
        "pipeline": "large",
        "when": lower,
    }
    told = carried_out(manager, {"changed": changed, "months": 2})
    assert told["leads_by_mark"]["would/pipeline/large"] == 2
    assert next((one["name"], one["takes"], one["elsewhere"]) for one in told["rules"]) == (
        "Larger",
        2,
        1,
    )
    leads = manager.get(f"/routing-tries/{told['id']}/leads?mark=differs").json()["items"]
    assert [(one["lead"]["name"], one["would"]["key"], one["rule"]) for one in leads] == [
        ("Of 400", "large", "Larger")
    ]
    ids = [one["id"] for one in manager.get("/routing-tries").json()["items"]]
    assert ids[0] == told["id"]


def test_a_whole_row_of_rules_is_tried(manager: Program, large: Pipeline) -> None:
    rules = [
        {"name": "All", "pipeline": "new-customers"},
        {"name": "Never", "pipeline": "large", "when": LARGE},
    ]
    told = carried_out(manager, {"rules": rules})
    assert [one["code"] for one in told["findings"]] == ["always_before"]
    assert told["leads_by_mark"]["shift/large/new-customers"] == 1


def test_what_is_wrong_is_pointed_at(manager: Program, anna: Program, large: Pipeline) -> None:
    wrong = [{"name": "All", "pipeline": "nowhere"}]
    refused = manager.post("/routing-tries", {"rules": wrong})
    assert (refused.status_code, refused.json()["pointer"]) == (422, "/rules/0/pipeline")
    assert manager.post("/routing-tries", {"months": 99}).status_code == 422
    assert anna.post("/routing-tries", {}).status_code == 403
