"""Trying a draft over HTTP."""

from __future__ import annotations

from cadans.playbooks.jobs import try_out
from tests.api.program import ROOT, Program
from tests.world import World


def test_a_draft_is_tried_followed_and_its_leads_are_listed(world: World, manager: Program) -> None:
    leads = [world.lead() for _n in range(3)]
    world.call(leads[0])
    taken = manager.post("/pipelines/new-customers/try", {"months": 36})
    assert taken.status_code == 202, taken.content
    assert (taken.json()["state"], taken.json()["summary"]) == ("waiting", [])
    path = taken["Location"].removeprefix(ROOT)
    assert manager.post("/pipelines/new-customers/try", {}).status_code == 409
    try_out(subject=taken.json()["id"])
    done = manager.get(path).json()
    assert (done["state"], done["leads"], done["percentage"]) == ("done", 3, 100)
    assert done["leads_by_mark"]["would/entered/new"] == 3
    assert done["summary"]
    first = manager.get(f"{path}/leads?limit=2").json()
    rest = manager.get(f"{path}/leads?limit=2&cursor={first['next']}").json()
    found = [one["lead"]["id"] for one in first["items"] + rest["items"]]
    assert sorted(found) == sorted(str(lead.id) for lead in leads)
    assert first["items"][0]["would"][0]["stage"] == "Nieuw"
    assert manager.get(f"{path}/leads?mark=would/entered/nowhere").json()["items"] == []
    assert [one["id"] for one in manager.get("/tries").json()["items"]] == [done["id"]]


def test_what_cannot_be_tried_is_told(world: World, manager: Program, anna: Program) -> None:
    for body, pointer in [
        ({"months": 0}, "/months"),
        ({"stage": "nowhere", "rule": "x"}, "/stage"),
        ({"stage": "new", "rule": "x"}, "/rule"),
        ({"over": "nowhere"}, "/over"),
    ]:
        answer = manager.post("/pipelines/new-customers/try", body)
        assert (answer.status_code, answer.json()["pointer"]) == (422, pointer), answer.content
    assert manager.post("/pipelines/nowhere/try", {}).status_code == 404
    assert anna.post("/pipelines/new-customers/try", {}).status_code == 403


def test_reps_see_no_tries(world: World, manager: Program, anna: Program) -> None:
    id = manager.post("/pipelines/new-customers/try", {}).json()["id"]
    assert anna.get(f"/tries/{id}").status_code in {403, 404}
