"""Assignment rules at work on real leads: targets, limits, hours, and what is told of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cadans.events.models import Event
from cadans.leads.models import Lead
from cadans.process.models import ProcessVersion, published
from cadans.team.models import Membership
from tests.world import MONDAY, World

pytestmark = pytest.mark.django_db


def rules(world: World, *rows: dict[str, Any], **stage: Any) -> None:
    """Give the first stage these rules; users and teams by object."""
    version = ProcessVersion.objects.get(pipeline=world.pipeline)
    document = version.document
    document["stages"][0] |= {"rules": list(rows), **stage}
    ProcessVersion.objects.filter(id=version.id).update(document=document)
    published.cache_clear()


def rule(key: str, *targets: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "to": targets[0], "otherwise": list(targets[1:])}


def owners(*leads: Lead) -> list[str]:
    return [lead.owner.name.split()[0] if lead.owner else "–" for lead in leads]


def test_a_limit_on_open_leads_and_the_next_target(world: World) -> None:
    to = {"users": [str(world.anna.id)], "most_open": 2}
    rules(world, rule("anna", to, {"users": [str(world.bram.id)]}))
    assert owners(*(world.lead() for _n in range(4))) == ["Anna", "Anna", "Bram", "Bram"]


def test_a_members_capacity_counts(world: World) -> None:
    Membership.objects.filter(user=world.anna).update(capacity=1)
    leads = [world.lead() for _n in range(5)]
    assert owners(*leads).count("Anna") == 1


def test_at_night_the_lead_stays_in_sight_without_an_owner_and_says_why(world: World) -> None:
    rules(world, rule("office", {"team": str(world.team.id), "hours": "office"}))
    by_day = world.lead(opened_at=MONDAY + timedelta(hours=3))
    at_night = world.lead(opened_at=datetime(2026, 3, 2, 22, tzinfo=UTC))
    assert by_day.owner is not None
    assert at_night.owner is None
    event = Event.objects.get(lead=at_night.id, kind="assignment_missed")
    assert event.because["nobody"] == [{"rule": "Office", "off": True}]
    assert Lead.objects.visible_to(world.anna).filter(id=at_night.id).exists()


def test_a_value_finds_its_band(world: World) -> None:
    bands = [
        {"users": [str(world.anna.id)]},
        {"at_least": "5000", "users": [str(world.bram.id)]},
    ]
    rules(world, rule("size", {"strategy": "tier", "bands": bands}))
    assert owners(world.lead(value=100), world.lead(value=5000), world.lead()) == [
        "Anna",
        "Bram",
        "Anna",
    ]


def test_the_stages_fallback_gets_what_nobody_could_take(world: World) -> None:
    full = rule("anna", {"users": [str(world.anna.id)], "most_open": 1})
    rules(world, full, fallback={"users": [str(world.manager.id)]})
    assert owners(world.lead(), world.lead()) == ["Anna", "Marit"]
    event = Event.objects.filter(kind="lead_assigned").latest("id")
    assert event.because["fallback"] is True
