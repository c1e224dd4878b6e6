"""The pages of imports."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cadans.exchange.jobs import carry_out_import
from cadans.exchange.models import ImportRun
from cadans.leads.models import Lead
from tests.world import World

FILE = """id;onderwerp;fase;waarde;eigenaar;geopend;gesloten;status
A1;Warmtepomp;Nieuw;1.250,50;Sanne Bakker;13-02-2026;;open
A2;Ketel;Nieuw;900;Sanne Bakker;14-02-2026;20-02-2026;verloren
A3;Boiler;Onbekend;;Iemand Anders;15-02-2026;;open
A4;;Nieuw;;;15-02-2026;;open
"""


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def manager(client: Client, world: World, files: Path) -> Iterator[Client]:
    client.force_login(world.manager)
    return client


def upload(client: Client, text: str | bytes = FILE, name: str = "deals.csv", kind: str = "leads"):
    data = text.encode() if isinstance(text, str) else text
    file = io.BytesIO(data)
    file.name = name
    return client.post("/settings/imports/new/", {"file": file, "kind": kind})


def mapped(run: ImportRun, **more: object) -> dict[str, object]:
    return {
        "column:external_id": "id",
        "column:title": "onderwerp",
        "column:stage": "fase",
        "column:status": "status",
        "column:value": "waarde",
        "column:owner": "eigenaar",
        "column:opened_at": "geopend",
        "column:closed_at": "gesloten",
        "make": ["owners"],
        **more,
    }


def test_a_file_is_mapped_tried_and_imported(manager: Client, world: World) -> None:
    before = Lead.objects.count()
    answer = upload(manager)
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/settings/imports/{run.id}/"

    page = manager.get(answer["Location"]).content.decode()
    assert '<option value="onderwerp" selected>' in page
    assert "Warmtepomp" in page

    manager.post(answer["Location"], mapped(run, then="try"))
    run.refresh_from_db()
    assert (run.state, run.is_trial) == ("waiting", True)
    assert "progress" in manager.get(answer["Location"]).content.decode()
    carry_out_import(subject=str(run.id))
    run.refresh_from_db()
    assert run.state == "tried"
    assert run.counts == {"created": 2, "updated": 0, "skipped": 0, "refused": 2}
    assert Lead.objects.count() == before

    page = manager.get(answer["Location"]).content.decode()
    assert 'name="stage:0"' in page
    manager.post(answer["Location"], mapped(run, then="run", **{"stage:0": "new"}))
    carry_out_import(subject=str(run.id))
    run.refresh_from_db()
    assert run.state == "done"
    assert run.counts == {"created": 3, "updated": 0, "skipped": 0, "refused": 1}
    assert Lead.objects.count() == before + 3
    lead = Lead.objects.get(external_id="A1")
    assert (str(lead.value), lead.stage.key) == ("1250.50", "new")
    assert lead.opened_at.isoformat() == "2026-02-12T23:00:00+00:00"

    page = manager.get(answer["Location"])
    assert page.status_code == 200
    refused = manager.get(f"{answer['Location']}refused/")
    text = b"".join(refused.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("id;onderwerp;fase")
    assert text.splitlines()[1].startswith("A4;;Nieuw")
    assert refused["Content-Disposition"].startswith("attachment")


def test_an_ambiguous_file_is_asked_about(manager: Client) -> None:
    upload(manager, "title,opened_at\nOne,03/04/2025\nTwo,05/06/2025\n")
    run = ImportRun.objects.get()
    url = f"/settings/imports/{run.id}/"
    choice = {"column:title": "title", "column:opened_at": "opened_at", "then": "run"}
    manager.post(url, choice)
    carry_out_import(subject=str(run.id))
    run.refresh_from_db()
    assert run.state == "failed"
    page = manager.get(url).content.decode()
    assert "03/04/2025" in page
    manager.post(url, {**choice, "dates": "mdy"})
    carry_out_import(subject=str(run.id))
    run.refresh_from_db()
    assert run.state == "done"
    assert Lead.objects.get(title="One").opened_at.month == 3


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "empty.csv"),
        ("   \n\n", "blank.csv"),
        (b"\x00\x01\x02" * 50, "bytes.csv"),
        ("a,b\n1,2\n", "deals.exe"),
        (b"PK\x03\x04nonsense", "deals.xlsx"),
    ],
)
def test_a_wrong_file_is_refused_with_a_reason(
    manager: Client, files: Path, text: str | bytes, name: str
) -> None:
    answer = upload(manager, text, name)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not list((files / "files" / "imports").glob("*"))


def test_progress_sends_the_page_on_when_it_is_over(manager: Client, world: World) -> None:
    run = ImportRun.objects.create(
        kind="leads",
        file_name="x.csv",
        file="imports/x/file.csv",
        state="running",
        percentage=40,
        started_by=world.manager,
    )
    url = f"/settings/imports/{run.id}/progress/"
    going = manager.get(url)
    assert "40%" in going.content.decode()
    assert "HX-Redirect" not in going
    ImportRun.objects.update(state="done")
    assert manager.get(url)["HX-Redirect"] == f"/settings/imports/{run.id}/"


def test_reps_do_not_import(client: Client, world: World) -> None:
    client.force_login(world.anna)
    assert client.get("/settings/imports/").status_code == 403
    assert client.get("/settings/imports/new/").status_code == 403


def test_the_list_shows_what_was_imported(manager: Client) -> None:
    assert "/settings/imports/new/" in manager.get("/settings/imports/").content.decode()
    upload(manager)
    assert "deals.csv" in manager.get("/settings/imports/").content.decode()
