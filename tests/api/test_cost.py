"""How many statements the two busiest requests take, so that they cannot creep up unseen."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.program import Program
from tests.world import World


def statements(asked: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, without the transaction's own words."""
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in asked if not query["sql"].startswith(words)]


def test_creating_a_lead(world: World, manager: Program) -> None:
    lead = {
        "title": "x",
        "pipeline": "new-customers",
        "value": {"amount": "10"},
        "company": {"name": "Zon", "domain": "zon.example"},
        "people": [{"email": "els@zon.example"}],
    }
    manager.post("/leads", lead)
    lead["company"], lead["people"] = {"name": "Maan"}, [{"email": "piet@maan.example"}]
    with CaptureQueriesContext(connection) as asked:
        assert manager.post("/leads", lead).status_code == 201
    told = statements(asked)
    assert len(told) <= 18, told


def test_logging_an_activity(world: World, manager: Program) -> None:
    lead = world.lead()
    manager.post(f"/leads/{lead.id}/activities", {"kind": "note"})
    with CaptureQueriesContext(connection) as asked:
        assert manager.post(f"/leads/{lead.id}/activities", {"kind": "note"}).status_code == 201
    told = statements(asked)
    assert len(told) <= 8, told
