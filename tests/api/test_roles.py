"""A rep who sees only their own leads sees no others, through any address."""

from __future__ import annotations

import pytest

from cadans.api.v1 import api
from cadans.leads.models import Lead, Task
from cadans.team.models import Organisation
from tests.api.program import Program
from tests.world import World

BODIES = {
    "write_mail": {"to": ["x@example.com"], "subject": "x", "text": "x"},
    "log_activity": {"kind": "note"},
    "add_task": {"name": "x"},
    "move_lead": {"stage": "demo"},
    "lose_lead": {"reason": "Te duur"},
    "undo_move": {"event": "01890000-0000-7000-8000-000000000000"},
    "change_lead": {"title": "x"},
    "change_task": {"name": "x"},
    "put_person": {"email": "x@example.com"},
    "put_goal": {"ticked": True},
    "change_role": {"role": "user"},
}


@pytest.fixture
def own_only(world: World) -> None:
    """Reps see only their own leads."""
    Organisation.objects.update(leads_seen_by_reps=Organisation.LeadsSeen.OWN)


@pytest.mark.usefixtures("own_only")
def test_no_address_shows_or_changes_a_lead_of_somebody_else(world: World, anna: Program) -> None:
    lead = world.lead("Van Bram", owner=world.bram)
    task = Task.objects.filter(lead=lead).first()
    assert task is not None
    person = lead.parts.get().person_id
    before = Lead.objects.get(id=lead.id).revision
    walked = set()
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            whole = "/" + "/".join(part.strip("/") for part in (router.prefix, path) if part)
            if "{lead}" not in whole and "{task}" not in whole:
                continue
            where = whole.format(lead=lead.id, task=task.id, person=person, goal="reached")
            for operation in view.operations:
                name = operation.view_func.__name__
                for method in operation.methods:
                    answer = anna.ask(method, where, BODIES.get(name))
                    assert answer.status_code == 404, (method, where, answer.content)
                    walked.add(name)
    assert {"show_lead", "move_lead", "log_activity", "do_task", "list_events"} <= walked
    assert Lead.objects.get(id=lead.id).revision == before


@pytest.mark.usefixtures("own_only")
def test_lists_boards_and_signals_leave_them_out(world: World, anna: Program) -> None:
    lead = world.lead("Van Bram", owner=world.bram, external_id="b1")
    own = world.lead("Van Anna", owner=world.anna)
    assert [one["id"] for one in anna.get("/leads").json()["items"]] == [str(own.id)]
    assert {one["lead"] for one in anna.get("/tasks").json()["items"]} == {str(own.id)}
    assert anna.get("/leads?external_id=b1").json()["items"] == []
    board = anna.get("/board/new-customers").json()
    assert [card["id"] for column in board["stages"] for card in column["cards"]] == [str(own.id)]
    assert sum(column["count"] for column in board["stages"]) == 1
    for about in ({"lead": str(lead.id)}, {"external_id": "b1"}):
        assert anna.post("/signals", {"name": "x", **about}).status_code == 404
    email = lead.parts.get().person.email
    assert anna.post("/signals", {"name": "x", "email": email}).json()["events"] == []


@pytest.mark.usefixtures("own_only")
def test_managers_see_all(world: World, manager: Program) -> None:
    lead = world.lead("Van Bram", owner=world.bram)
    assert manager.get(f"/leads/{lead.id}").status_code == 200


def test_a_rep_sets_nothing_up(world: World, program: object, anna: Program) -> None:
    for path, body in {
        "/sources": {"name": "x"},
        "/users": {"email": "x@example.com"},
        "/pipelines": {"name": "x"},
        "/territories": {"name": "x"},
        "/custom-fields": {"subject": "lead", "name_nl": "x"},
    }.items():
        assert anna.get(path).status_code == 200
        assert anna.post(path, body).status_code == 403
