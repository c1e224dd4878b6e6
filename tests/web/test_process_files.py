"""Playbooks in the browser: download, take in, and what is wrong by line."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline
from tests.playbooks.test_files import FILE

pytestmark = pytest.mark.django_db

OURS = FILE.replace("Binnendienst", "{team}")


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


@pytest.fixture
def text(world):
    return OURS.replace("{team}", world.team.name)


def send(client, path, text, **more):
    file = SimpleUploadedFile("schools.yaml", text.encode())
    return client.post(path, {"file": file, **more})


def test_a_file_becomes_a_pipeline(manager, text):
    assert "new/from-file/" in manager.get("/process/").content.decode()
    assert manager.get("/process/new/from-file/").status_code == 200
    answer = send(manager, "/process/new/from-file/", text)
    assert answer.status_code == 302
    assert answer["Location"] == "/process/scholen/"
    got = manager.get("/process/scholen/playbook.yaml")
    assert got.content.decode() == text
    assert got["Content-Type"] == "application/yaml; charset=utf-8"
    assert got["Content-Disposition"] == 'attachment; filename="scholen.yaml"'


def test_a_file_takes_the_place_of_a_draft(manager, world, text):
    page = manager.get("/process/new-customers/file/").content.decode()
    assert "playbook.yaml?version=1" in page
    revision = Pipeline.objects.get(key="new-customers").draft_revision
    answer = send(manager, "/process/new-customers/file/", text, revision=revision)
    assert answer["Location"] == "/process/new-customers/"
    told = manager.get("/process/new-customers/").content.decode()
    assert "Het concept is nu zoals in het bestand" in told
    assert [one.key for one in draft_of(Pipeline.objects.get(key="new-customers")).stages] == [
        "first",
        "won",
    ]
    live = manager.get("/process/new-customers/playbook.yaml?version=1").content.decode()
    assert "key: first_call" in live


def test_each_fault_is_told_with_its_line(manager, text):
    wrong = text.replace("kind: box", "kind: luck").replace("ends_in: won", "ends_in: glory")
    answer = send(manager, "/process/new/from-file/", wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "schools.yaml is niet overgenomen: 2 fouten" in page
    assert "Regel 9, kolom" in page
    assert "Regel 15, kolom" in page
    assert "<mark>luck</mark>" in page
    assert not Pipeline.objects.filter(key="scholen").exists()


def test_what_is_no_yaml_is_told_too(manager):
    page = send(manager, "/process/new/from-file/", "a:\n\t- <b>").content.decode()
    assert "Hier staat een tab" in page
    answer = manager.post("/process/new/from-file/", {})
    assert answer.status_code == 422
    raw = SimpleUploadedFile("x.yaml", "é".encode("utf-16"))
    assert "UTF-8" in manager.post("/process/new/from-file/", {"file": raw}).content.decode()


def test_somebody_elses_edit_in_between_is_not_overwritten(manager, text):
    answer = send(manager, "/process/new-customers/file/", text, revision=99)
    assert answer.status_code == 422
    assert "intussen" in answer.content.decode()


def test_reps_have_no_files(client, world):
    client.force_login(world.anna)
    for path in ("new/from-file/", "new-customers/file/", "new-customers/playbook.yaml"):
        assert client.get(f"/process/{path}").status_code == 403
    assert "playbook.yaml" not in client.get("/process/new-customers/versions/").content.decode()


def test_the_versions_can_be_downloaded(manager):
    page = manager.get("/process/new-customers/versions/").content.decode()
    assert "/process/new-customers/playbook.yaml?version=1" in page
    assert manager.get("/process/new-customers/playbook.yaml?version=7").status_code == 404
    assert manager.get("/process/new-customers/playbook.yaml?version=x").status_code == 404


def test_the_schema_is_there_for_editors_that_do_not_log_in(client, world):
    answer = client.get("/playbook.schema.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/schema+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "stages" in answer.json()["properties"]
