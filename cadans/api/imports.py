"""/imports: files of leads, stage changes, people or companies on their way in."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Router
from ninja.files import UploadedFile
from pydantic import BaseModel, StringConstraints

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest
from cadans.api.gate import takes
from cadans.api.names import pipeline_called
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.kinds import Key, Ref, ref
from cadans.exchange.actions import start_import
from cadans.exchange.models import ImportRun
from cadans.exchange.queries import refused_file_of, visible_run, visible_runs
from cadans.exchange.tables import LARGEST_UPLOAD
from cadans.ground.errors import Invalid

router = Router(tags=["imports"])

ImportKind = Literal["leads", "stage-changes", "people", "companies"]
ImportState = Literal["new", "waiting", "running", "tried", "done", "failed"]
Text = Annotated[str, StringConstraints(max_length=100_000)]


class ImportQuestion(BaseModel):
    """What the file holds and how it is to be read.

    `mapping` (JSON) gives for each of our columns where its value comes from; without it the
    headers suggest one. `options` (JSON) may hold `dates`, `decimals` and `make`. A `trial` only
    counts what would happen.
    """

    kind: ImportKind
    mapping: Text = ""
    options: Text = ""
    pipeline: Key | None = None
    trial: bool = False


class ImportShown(BaseModel):
    """An import: how far it is and what came of each row."""

    id: uuid.UUID
    kind: ImportKind
    file: str
    state: ImportState
    trial: bool
    percentage: int
    created: int
    updated: int
    skipped: int
    refused: int
    reasons: dict[str, Any]
    findings: dict[str, Any]
    message: str
    pipeline: Ref | None
    made_at: datetime
    ended_at: datetime | None


@router.get("", response=Page[ImportShown])
def list_imports(request: ApiRequest, paging: Part) -> HttpResponse:
    """Imports, the latest first; reps see their own."""
    return page(visible_runs(request.auth.user), paging, each=import_shown, by=("-id",))


@router.post("", response={202: ImportShown})
@takes("multipart/form-data", largest=LARGEST_UPLOAD + 1024 * 1024)
def begin_import(
    request: ApiRequest, file: File[UploadedFile], question: Form[ImportQuestion]
) -> HttpResponse:
    """Send a CSV or XLSX file in. A worker imports it; follow it at the address in `Location`."""
    run = start_import(
        request.auth.user,
        file,  # type: ignore[arg-type]
        kind=question.kind,
        name=file.name or "",
        mapping=_object(question.mapping, "mapping"),
        pipeline=pipeline_called(question.pipeline) if question.pipeline else None,
        options=_object(question.options, "options"),
        trial=question.trial,
        via="api",
    )
    headers = {"Location": f"{request.path}/{run.id}"}
    return answer(import_shown(run), status=202, headers=headers)


@router.get("/{run}", response=ImportShown)
def show_import(request: ApiRequest, run: uuid.UUID) -> HttpResponse:
    """One import."""
    return answer(import_shown(visible_run(request.auth.user, run)))


@router.get("/{run}/refused", response={200: None})
def show_refused(request: ApiRequest, run: uuid.UUID) -> FileResponse:
    """The refused rows with their reasons, as a CSV file. Raises NotFound when there are none."""
    path = refused_file_of(visible_run(request.auth.user, run))
    return FileResponse(
        path.open("rb"), as_attachment=True, filename="refused.csv", content_type="text/csv"
    )


def import_shown(run: ImportRun) -> ImportShown:
    """An import with its pipeline at hand."""
    return ImportShown.model_validate(
        {
            **{name: getattr(run, name) for name in PLAIN},
            "file": run.file_name,
            "trial": run.is_trial,
            "pipeline": ref(run.pipeline),
        }
    )


PLAIN = (
    *("id", "kind", "state", "percentage", "created", "updated", "skipped", "refused"),
    *("reasons", "findings", "message", "made_at", "ended_at"),
)


def _object(text: str, field: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise Invalid(_("This must be a JSON object."), pointer=f"/{field}")
    return read
