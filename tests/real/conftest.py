"""Imports of data that this project did not write: done once a module, undone after it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from cadans.exchange.actions import run_import
from cadans.exchange.mapping import read_map
from cadans.exchange.models import ImportRun
from cadans.playbooks.actions import make_pipeline, publish_pipeline
from cadans.process.design import Design
from cadans.process.models import Pipeline
from cadans.team.models import Organisation

HERE = Path(__file__).resolve().parent
SHARED_DATA = Path(os.environ.get("SHARED_DATA", HERE.parent.parent.parent / "shared" / "data"))


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database for a whole module, in a transaction that is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(kept: None) -> None:
    """Leaves each test's database alone: it is the module's (pytest-django asks for this)."""


def data(folder: str) -> Path:
    """A data set's folder; the test is skipped where it is not."""
    path = SHARED_DATA / folder
    if not path.is_dir():
        pytest.skip(f"no {folder} in {SHARED_DATA}: set SHARED_DATA to the folder of data sets")
    return path


def reference(folder: str) -> dict[str, Any]:
    """The figures that were computed outside the product."""
    figures: dict[str, Any] = json.loads((data(folder) / "reference.json").read_text())
    return figures


def organise(currency: str) -> None:
    """The organisation, with the data set's currency."""
    Organisation.objects.update_or_create(id=1, defaults={"name": "Real", "currency": currency})


def pipeline(name: str, stages: dict[str, str | None]) -> Pipeline:
    """A published pipeline with these stages: name → what it ends in."""
    design = Design.model_validate(
        {
            "stages": [
                {"key": stage.lower(), "name": {"en": stage, "nl": stage}, "ends_in": ends}
                for stage, ends in stages.items()
            ]
        }
    )
    made = make_pipeline(None, name=name, design=design)
    publish_pipeline(None, made)
    made.refresh_from_db()
    return made


def imported(path: Path, kind: str, map_name: str, **options: Any) -> ImportRun:
    """Import a file as the command does."""
    text = (HERE / "maps" / map_name).read_text()
    run = ImportRun(
        kind=kind,
        file=str(path),
        file_name=path.name,
        mapping=read_map(text).model_dump(by_alias=True, exclude_none=True),
        **options,
    )
    return run_import(run)
