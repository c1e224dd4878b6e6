"""Templates of mail over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from cadans.team.models import Organisation
from tests.api.program import Program
from tests.world import World

NEW: dict[str, Any] = {
    "name": "Eerste mail",
    "subject": {"nl": "Voor {{ company.name }}"},
    "body": {"nl": "Dag {{ person.first_name }},"},
}


def test_the_usual_verbs(world: World, manager: Program) -> None:
    added = manager.post("/mail-templates", NEW)
    assert added.status_code == 201, added.content
    thing = f"/mail-templates/{added.json()['id']}"
    assert manager.get(thing).json() == added.json()
    assert manager.get("/mail-templates").json()["items"] == [added.json()]
    anew = NEW | {"name": "Tweede mail", "is_active": False}
    changed = manager.ask("PUT", thing, anew, If_Match=added["ETag"])
    assert changed.status_code == 200, changed.content
    assert (changed.json()["name"], changed.json()["key"]) == ("Tweede mail", "eerste-mail")
    assert manager.ask("PUT", thing, anew, If_Match=added["ETag"]).status_code == 412
    assert manager.delete(thing, If_Match=added["ETag"]).status_code == 412
    assert manager.delete(thing).status_code == 204
    assert manager.get(thing).status_code == 404


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"body": {"nl": "{{ person.age }}"}}, "/body/nl"),
        ({"subject": {"fr": "Bonjour"}}, "/subject/fr"),
        ({"odd": 1}, "/odd"),
    ],
)
def test_what_is_wrong_is_pointed_at(
    world: World, manager: Program, changes: dict[str, Any], pointer: str
) -> None:
    answer = manager.post("/mail-templates", NEW | changes)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


def test_a_preview_shows_the_mail_and_names_what_is_missing(world: World, manager: Program) -> None:
    lead = world.lead("Bakkerij Zon")
    thing = f"/mail-templates/{manager.post('/mail-templates', NEW).json()['id']}"
    shown = manager.post(f"{thing}/preview", {"lead": str(lead.id)})
    assert shown.status_code == 200, shown.content
    told = shown.json()
    assert told["subject"] == "Voor Bakkerij Zon"
    assert told["text"] == "Dag [person.first_name],\n"
    assert told["missing"] == ["person.first_name"]
    assert (told["language"], told["can_go"]) == ("nl", False)
    assert told["to"] == "p1@bedrijf1.example"


def test_a_preview_shows_no_lead_that_its_reader_may_not_see(
    world: World, manager: Program, program: Any
) -> None:
    Organisation.objects.update(leads_seen_by_reps=Organisation.LeadsSeen.OWN)
    lead = world.lead("Van Bram", owner=world.bram)
    thing = f"/mail-templates/{manager.post('/mail-templates', NEW).json()['id']}"
    anna: Program = program(world.anna)
    assert anna.post(f"{thing}/preview", {"lead": str(lead.id)}).status_code == 404
    assert anna.post("/mail-templates", NEW | {"name": "Van Anna"}).status_code == 403
