"""Playbooks for programs: YAML in, YAML out, and faults with line and pointer."""

from __future__ import annotations

import pytest

from cadans.process.models import Pipeline
from tests.api.program import Program
from tests.playbooks.test_files import FILE
from tests.world import World

pytestmark = pytest.mark.django_db

YAML = {"Content_Type": "application/yaml"}


@pytest.fixture
def text(world: World) -> str:
    return FILE.replace("Binnendienst", world.team.name)


def test_a_file_makes_a_pipeline_and_comes_back(manager: Program, text: str) -> None:
    made = manager.post("/playbooks", text, **YAML)
    assert made.status_code == 201, made.content
    assert made.json()["key"] == "schools"
    got = manager.get("/pipelines/schools/playbook")
    assert got.content.decode() == text
    assert got["Content-Type"] == "application/yaml"
    assert got["ETag"] == '"1"'
    again = manager.post("/playbooks", text, **YAML)
    assert again.status_code == 422
    assert again.json()["pointer"] == "/key"


def test_a_file_replaces_a_draft_that_nobody_changed_meanwhile(manager: Program, text: str) -> None:
    tag = manager.get("/pipelines/new-customers/playbook")["ETag"]
    done = manager.put("/pipelines/new-customers/playbook", text, If_Match=tag, **YAML)
    assert done.status_code == 200, done.content
    late = manager.put("/pipelines/new-customers/playbook", text, If_Match=tag, **YAML)
    assert late.status_code == 412
    assert done["ETag"] != tag
    live = manager.get("/pipelines/new-customers/playbook?version=1").content.decode()
    assert "key: first_call" in live
    assert manager.get("/pipelines/new-customers/playbook?version=9").status_code == 404


def test_faults_have_a_line_and_a_pointer(manager: Program, text: str) -> None:
    wrong = text.replace("kind: box", "kind: luck").replace("ends_in: won", "ends_in: glory")
    answer = manager.post("/playbooks", wrong, Accept_Language="en", **YAML)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "invalid_playbook"
    assert problem["detail"].startswith("Line 9: There are no goals of the kind “luck”.")
    assert [one["line"] for one in problem["errors"]] == [9, 15]
    assert problem["errors"][1]["pointer"] == "/stages/1/ends_in"
    assert not Pipeline.objects.filter(key="schools").exists()


def test_a_check_keeps_nothing(manager: Program, text: str) -> None:
    answer = manager.post("/playbooks/check", text, **YAML)
    assert answer.json() == {"items": []}
    answer = manager.post("/playbooks/check", text.replace(", ends_in: won", ""), **YAML)
    assert {one["level"] for one in answer.json()["items"]} == {"warning"}
    answer = manager.post("/playbooks/check", "a: [", Accept_Language="en", **YAML)
    assert answer.json()["items"][0]["line"] == 1
    assert not Pipeline.objects.filter(key="schools").exists()


def test_json_is_not_taken_for_a_file_and_reps_are_refused(
    manager: Program, anna: Program, text: str
) -> None:
    assert manager.post("/playbooks", {"key": "x"}).status_code == 415
    assert anna.get("/pipelines/new-customers/playbook").status_code == 403
    assert anna.post("/playbooks/check", text, **YAML).status_code == 403
