"""Files on their way in over HTTP."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cadans.exchange.actions import run_import
from cadans.exchange.models import ImportRun
from cadans.leads.models import Lead
from tests.api.program import ROOT, Program
from tests.world import World

CSV = b"external_id;title;stage;status\nz1;Bakkerij Zon;new;open\nz2;;nergens;half\n"


def upload(program: Program, content: bytes = CSV, name: str = "leads.csv", **fields: Any) -> Any:
    """Send a file as a form does."""
    form = {"file": SimpleUploadedFile(name, content), "kind": "leads", **fields}
    headers = {"Authorization": f"Bearer {program.token}"}
    return program.client.post(f"{ROOT}/imports", form, headers=headers)


def test_a_file_is_taken_in_carried_out_and_followed(world: World, manager: Program) -> None:
    taken = upload(manager, pipeline="new-customers")
    assert taken.status_code == 202, taken.content
    assert taken.json()["state"] == "waiting"
    path = taken["Location"].removeprefix(ROOT)
    run_import(ImportRun.objects.get())
    done = manager.get(path).json()
    assert (done["state"], done["created"], done["refused"]) == ("done", 1, 1)
    assert Lead.objects.get().title == "Bakkerij Zon"
    refused = manager.get(f"{path}/refused")
    assert refused["Content-Type"].startswith("text/csv")
    assert b"z2" in b"".join(refused.streaming_content)  # type: ignore[attr-defined]
    assert [one["id"] for one in manager.get("/imports").json()["items"]] == [done["id"]]


def test_what_cannot_be_taken_in_is_told(world: World, manager: Program, anna: Program) -> None:
    for problem, answer in {
        "/kind": upload(manager, kind="dreams"),
        "/file": upload(manager, name="leads.exe"),
        "/mapping": upload(manager, mapping="not json"),
        "/options": upload(manager, options="[]"),
        "/pipeline": upload(manager, pipeline="nowhere"),
    }.items():
        assert (answer.status_code, answer.json()["pointer"]) == (422, problem), answer.content
    assert upload(anna).status_code == 403
    nothing = manager.client.post(
        f"{ROOT}/imports", {"kind": "leads"}, headers={"Authorization": f"Bearer {manager.token}"}
    )
    assert nothing.status_code == 422
    assert manager.post("/imports", {"kind": "leads"}).status_code == 415
    broken = manager.post("/imports", b"x", Content_Type="multipart/form-data; boundary=")
    assert broken.status_code == 400


def test_reps_see_only_their_own_imports(world: World, manager: Program, anna: Program) -> None:
    run = upload(manager).json()["id"]
    assert anna.get("/imports").json()["items"] == []
    assert anna.get(f"/imports/{run}").status_code == 404
    assert anna.get(f"/imports/{run}/refused").status_code == 404
    assert manager.get(f"/imports/{run}/refused").status_code == 404, "none were refused yet"
