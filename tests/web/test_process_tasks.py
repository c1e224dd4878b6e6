"""Stage tasks in the designer: for whom, and when they are due."""

import pytest

from tests.web.designer import post, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


def test_a_task_for_somebody_needs_somebody(manager, world):
    filled = {
        "name_nl": "Bel na",
        "kind": "call",
        "after": "2",
        "unit": "working_days",
        "since": "entered",
        "to": "user",
    }
    assert post(manager, "stages/new/tasks/add/", **filled).status_code == 422
    answer = post(manager, "stages/new/tasks/add/", **filled, user=str(world.bram.id))
    assert answer.status_code == 200
    task = stage().tasks[-1]
    assert (task.user, task.due.after, task.due.unit) == (world.bram.id, 2, "working_days")
    assert "Bram Mulder" in answer.content.decode() or answer.context["tasks"][-1].told


def test_a_task_is_due_after_another_one(manager, world):
    filled = {
        "name_nl": "Bel na",
        "kind": "call",
        "after": "4",
        "unit": "working_hours",
        "since": "task",
        "to": "team",
        "team": str(world.team.id),
    }
    answer = post(manager, "stages/demo/tasks/add/", **filled)
    assert answer.status_code == 422
    assert "Kies de taak die eerst komt" in answer.content.decode()
    answer = post(manager, "stages/demo/tasks/add/", **filled, after_task="prepare")
    assert answer.status_code == 200
    due = stage("demo").tasks[-1].due
    assert (due.after, due.unit, due.since, due.task) == (4, "working_hours", "task", "prepare")
    told = answer.context["tasks"][-1].told
    assert (
        told == "Gesprek · binnen 4 werkuren na “Demo voorbereiden” · voor iemand van Binnendienst"
    )
    round_and_round = filled | {"after_task": "bel-na", "name_nl": "Demo voorbereiden"}
    answer = post(manager, "stages/demo/tasks/prepare/", **round_and_round)
    assert answer.status_code == 422
    assert "op zichzelf" in answer.content.decode()
    post(manager, "stages/demo/tasks/prepare/remove/")
    due = stage("demo").tasks[-1].due
    assert (due.since, due.task) == ("entered", None)
