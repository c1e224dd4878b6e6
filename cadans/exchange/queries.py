"""Reads of imports for the faces."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cadans.exchange.models import ImportRun
from cadans.exchange.tables import open_table
from cadans.ground.errors import NotFound
from cadans.team.models import User

ROWS_SHOWN = 5


@dataclass(frozen=True)
class Glimpse:
    """The head of a file: its headers and first rows, as text."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]

    def examples(self, header: str) -> str:
        """The first values of a column."""
        place = self.headers.index(header)
        return ", ".join([row[place][:40] for row in self.rows if row[place]][:3])


def visible_run(user: User, id: uuid.UUID) -> ImportRun:
    """An import that this user may see. Raises NotFound."""
    run = ImportRun.objects.visible_to(user).select_related("pipeline").filter(id=id).first()
    if run is None:
        raise NotFound(_("There is no such import."))
    return run


def visible_runs(user: User) -> QuerySet[ImportRun]:
    """All imports that this user may see, with their pipelines."""
    return ImportRun.objects.visible_to(user).select_related("pipeline")


def recent_runs(user: User, most: int = 50) -> list[ImportRun]:
    """The latest imports that this user may see."""
    return list(ImportRun.objects.visible_to(user).select_related("started_by")[:most])


def glimpse(run: ImportRun) -> Glimpse:
    """The head of the run's file. Raises Invalid when it can no longer be read."""
    table = open_table(file_of(run), run.file_name)
    rows = [
        [str(cell) for cell in line.cells[: len(table.headers)]]
        for line in islice(table.lines(), ROWS_SHOWN)
    ]
    return Glimpse(table.headers, rows)


def file_of(run: ImportRun) -> Path:
    """Where the run's file lies: below the data folder, or where the command line named it."""
    return Path(settings.DATA_DIR) / "files" / run.file


def refused_file_of(run: ImportRun) -> Path:
    """The refused rows of an uploaded file. Raises NotFound when there are none to download."""
    path = Path(run.refused_file or "/")
    uploaded = Path(settings.DATA_DIR) / "files" / "imports"
    if not run.refused or not path.is_file() or uploaded not in path.parents:
        raise NotFound(_("There are no refused rows to download."))
    return path
