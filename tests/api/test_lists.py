"""Lists: whole, in order, steady while rows come and go, and cheap however long they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.program import Program
from tests.world import MONDAY, World


def walk(program: Program, path: str, limit: int = 3) -> list[dict[str, Any]]:
    """All items of a list, part by part."""
    items: list[dict[str, Any]] = []
    cursor = ""
    mark = "&" if "?" in path else "?"
    while True:
        part = program.get(f"{path}{mark}limit={limit}{cursor}").json()
        assert len(part["items"]) <= limit
        items += part["items"]
        if part["next"] is None:
            return items
        cursor = f"&cursor={part['next']}"


def test_a_list_is_walked_whole_and_once(world: World, manager: Program) -> None:
    for n in range(10):
        world.lead(opened_at=MONDAY + timedelta(hours=n // 3))
    walked = [lead["id"] for lead in walk(manager, "/leads")]
    at_once = [lead["id"] for lead in manager.get("/leads?limit=200").json()["items"]]
    assert walked == at_once
    assert len(set(walked)) == 10


def test_rows_that_come_and_go_meanwhile_hide_no_others(world: World, manager: Program) -> None:
    leads = [world.lead(opened_at=MONDAY + timedelta(hours=n)) for n in range(6)]
    first = manager.get("/leads?limit=3").json()
    world.lead("Nieuw", opened_at=MONDAY + timedelta(hours=9))
    manager.delete(f"/leads/{first['items'][0]['id']}")
    rest = manager.get(f"/leads?limit=3&cursor={first['next']}").json()
    assert [one["id"] for one in rest["items"]] == [str(leads[n].id) for n in (2, 1, 0)]
    assert rest["next"] is None


@pytest.mark.parametrize("path", ["/people", "/companies", "/tasks", "/users"])
def test_other_lists_are_walked_alike(world: World, manager: Program, path: str) -> None:
    for _n in range(4):
        world.lead()
    walked = [one["id"] for one in walk(manager, path)]
    assert walked == [one["id"] for one in manager.get(f"{path}?limit=200").json()["items"]]
    assert len(walked) >= 4


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "%00", "bnVsbA", "W3sidCI6IngifV0"])
def test_a_cursor_that_is_none_is_refused(world: World, manager: Program, cursor: str) -> None:
    world.lead()
    for path in ("/leads", "/people", "/tasks", "/users"):
        answer = manager.get(f"{path}?cursor={cursor}")
        assert answer.status_code == 422, (path, answer.content)
        assert answer.json()["errors"][0]["parameter"] == "cursor"


def test_leads_are_filtered(world: World, manager: Program) -> None:
    zon = world.lead("Bakkerij Zon", source=world.website, external_id="z1", owner=world.bram)
    maan = world.lead("Slagerij Maan", owner=world.anna)
    manager.post(f"/leads/{maan.id}/lose", {"reason": "Te duur"})
    expected = {
        "status=open": [zon],
        "status=lost": [maan],
        "owner=bram@brouwer.example": [zon],
        f"owner={world.anna.id}": [maan],
        "owner=none": [],
        "source=WEBSITE": [zon],
        "external_id=z1": [zon],
        "q=bakkerij": [zon],
        "pipeline=new-customers&stage=Nieuw": [maan, zon],
        f"company={zon.company_id}": [zon],
        f"person={zon.parts.get().person_id}": [zon],
        "changed_since=2020-01-01T00:00:00Z": [maan, zon],
        "changed_since=2199-01-01T00:00:00Z": [],
        "opened_from=2026-03-03T00:00:00Z": [],
    }
    for query, leads in expected.items():
        answer = manager.get(f"/leads?{query}")
        assert answer.status_code == 200, answer.content
        found = {one["id"] for one in answer.json()["items"]}
        assert found == {str(lead.id) for lead in leads}, query
    for query, name in {
        "pipeline=nowhere": "pipeline",
        "pipeline=new-customers&stage=nowhere": "stage",
        "stage=new": "stage",
        "owner=nobody": "owner",
        "source=nowhere": "source",
        "status=half": "status",
        "company=x": "company",
        "changed_since=yesterday": "changed_since",
    }.items():
        answer = manager.get(f"/leads?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["errors"][0]["parameter"] == name


READS = {
    "/leads?limit=100": 5,
    "/people?limit=100": 3,
    "/companies?limit=100": 3,
    "/tasks?limit=100": 2,
    "/users?limit=100": 2,
    "/board/new-customers?cards=100": 7,
    "/leads/{lead}/events?limit=100": 10,
}
"""Statements that each may take at most, the token's own included."""


def test_the_cost_of_a_list_does_not_grow(world: World, manager: Program) -> None:
    lead = world.lead()
    manager.get("/me")
    counts: dict[str, list[int]] = {path: [] for path in READS}
    for more in (9, 30):
        for _n in range(more):
            world.lead()
            world.call(lead)
        for path, most in READS.items():
            with CaptureQueriesContext(connection) as asked:
                assert manager.get(path.format(lead=lead.id)).status_code == 200
            assert len(asked) <= most, [path, *(query["sql"] for query in asked)]
            counts[path].append(len(asked))
    assert all(few == many for few, many in counts.values()), counts
