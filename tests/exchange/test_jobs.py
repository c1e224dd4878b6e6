"""Imports in the background: one at a time, taken up again when a worker was stopped."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from cadans.events.models import Event
from cadans.exchange import jobs
from cadans.exchange.actions import start_import
from cadans.exchange.models import ImportRun
from cadans.ground.errors import Conflict, Invalid, NotAllowed
from cadans.leads.models import Lead
from cadans.reactions import react
from tests.world import World


@pytest.fixture
def run(world: World, tmp_path: Path, settings: Any) -> ImportRun:
    settings.DATA_DIR = tmp_path
    file = io.BytesIO(b"external_id,title\nA,One\nB,Two\n")
    return start_import(world.manager, file, kind="leads", name="deals.csv", via="api")


def test_a_started_import_is_carried_out_by_a_job(world: World, run: ImportRun) -> None:
    assert run.state == "waiting"
    act = Event.objects.get(kind="import_asked").act
    react(act=str(act))
    job = ProcrastinateJob.objects.get(task_name="cadans.exchange.jobs.carry_out_import")
    assert job.args["subject"] == str(run.id)
    jobs.carry_out_import(**job.args)
    run.refresh_from_db()
    assert (run.state, run.percentage, run.created) == ("done", 100, 2)
    jobs.carry_out_import(**job.args)  # again does no harm
    assert Lead.objects.count() == 2


def test_an_import_that_went_silent_is_taken_up_again(world: World, run: ImportRun) -> None:
    jobs.resume_imports(timestamp=0)
    assert not ProcrastinateJob.objects.filter(lock=f"import:{run.id}").exists()
    long_ago = timezone.now() - timedelta(minutes=5)
    ImportRun.objects.update(state="running", alive_at=long_ago)
    jobs.resume_imports(timestamp=0)
    job = ProcrastinateJob.objects.get(lock=f"import:{run.id}")
    jobs.carry_out_import(**job.args)
    run.refresh_from_db()
    assert run.state == "done"


def test_a_fault_of_ours_is_marked_and_not_hidden(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(jobs, "run_import", broken)
    with pytest.raises(RuntimeError):
        jobs.carry_out_import(subject=str(run.id))
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.message


def test_what_is_under_way_or_done_is_not_started_again(world: World, run: ImportRun) -> None:
    from cadans.exchange.actions import carry_on

    for state in ("waiting", "running", "done"):
        ImportRun.objects.update(state=state)
        with pytest.raises(Conflict):
            carry_on(world.manager, run, mapping={"columns": {"title": "title"}}, trial=False)


def test_reps_may_not_start_imports(world: World, run: ImportRun) -> None:
    with pytest.raises(NotAllowed):
        start_import(world.anna, io.BytesIO(b"title\nOne\n"), kind="leads", name="x.csv")


@pytest.mark.parametrize(
    ("kind", "name", "options", "mapping"),
    [
        ("leads", "x.pdf", {}, None),
        ("nonsense", "x.csv", {}, None),
        ("leads", "x.csv", {"dates": "ydm"}, None),
        ("leads", "x.csv", {"make": ["money"]}, None),
        ("leads", "x.csv", {"colour": "red"}, None),
        ("leads", "x.csv", {}, {"columns": {"title": "zzz"}}),
        (
            "leads",
            "x.csv",
            {},
            {
                "columns": {
                    "title": {
                        "from": "title",
                        "look_up": {"file": "passwd", "match": "a", "take": "b"},
                    }
                }
            },
        ),
    ],
)
def test_what_cannot_be_started_is_refused(
    world: World,
    run: ImportRun,
    tmp_path: Path,
    kind: str,
    name: str,
    options: dict[str, Any],
    mapping: Any,
) -> None:
    with pytest.raises(Invalid):
        start_import(
            world.manager,
            io.BytesIO(b"title\nOne\n"),
            kind=kind,
            name=name,
            options=options,
            mapping=mapping,
        )
    assert list(ImportRun.objects.all()) == [run]
    assert len(list((tmp_path / "files" / "imports").iterdir())) == 1
