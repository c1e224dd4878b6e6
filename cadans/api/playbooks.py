"""Playbooks as files: /playbooks takes them in, /pipelines/{pipeline}/playbook gives them out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from cadans.api.answers import answer, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import revision_seen
from cadans.api.gate import takes
from cadans.api.schemas.pipeline import PipelineShown, pipeline_shown
from cadans.playbooks import lines
from cadans.playbooks.actions import DESIGNERS
from cadans.playbooks.files import complaints, draft_file, file_name, version_file, version_numbered
from cadans.playbooks.importing import import_playbook
from cadans.process.queries import pipeline_named
from cadans.team.queries import require_role

router = Router(tags=["playbooks"], auth=SET_UP)
of_pipelines = Router(tags=["playbooks"], auth=SET_UP)

YAML = "application/yaml"
TEXT: dict[str, Any] = {YAML: {"schema": {"type": "string"}}}
# What a program reads out of the file; what it sends is checked by line, so it stays a text.
DOCUMENT: dict[str, Any] = {YAML: {"schema": {"type": "object"}}}
A_FILE = {"requestBody": {"required": True, "content": TEXT}}


class ComplaintShown(BaseModel):
    """One thing to know of a file; an error keeps it from being published."""

    level: Literal["error", "warning"]
    message: str
    line: int
    column: int
    pointer: str


class Complaints(BaseModel):
    """All that is wrong or unwise in a file, in the order of its lines."""

    items: list[ComplaintShown]


class Which(BaseModel):
    """Which state of the pipeline; the draft when left out."""

    version: int | None = Field(default=None, ge=1, le=1_000_000, description="a published version")


@router.post("", response={201: PipelineShown}, openapi_extra=A_FILE)
@takes(YAML)
def make_pipeline_of_playbook(request: ApiRequest) -> HttpResponse:
    """A new pipeline, only a draft, of a playbook's file (YAML). Its key is the file's own."""
    text = lines.decoded(request.body)
    made = import_playbook(request.auth.user, text, under_own_key=True, via="api")
    return small(pipeline_shown(made), status=201)


@router.post("/check", response=Complaints, openapi_extra=A_FILE)
@takes(YAML)
def check_playbook(request: ApiRequest) -> HttpResponse:
    """What is wrong or unwise in a playbook's file, by line. Nothing is kept."""
    require_role(request.auth.user, *DESIGNERS)
    try:
        found = complaints(lines.decoded(request.body))
    except lines.WrongFile as error:
        found = error.complaints
    return answer(
        Complaints(
            items=[
                ComplaintShown(
                    level=one.level,
                    message=one.message,
                    line=one.line,
                    column=one.column,
                    pointer=one.pointer,
                )
                for one in found
            ]
        )
    )


@of_pipelines.get("/{pipeline}/playbook", openapi_extra={"responses": {200: {"content": DOCUMENT}}})
def show_playbook(
    request: ApiRequest, pipeline: str, which: Annotated[Which, Query()]
) -> HttpResponse:
    """The draft of a pipeline, or a published version, as a playbook's file (YAML)."""
    require_role(request.auth.user, *DESIGNERS)
    found = pipeline_named(pipeline)
    version = version_numbered(found, which.version) if which.version else None
    text = version_file(found, version) if version else draft_file(found)
    response = HttpResponse(text.encode(), content_type=YAML)
    response["Content-Disposition"] = f'attachment; filename="{file_name(found, version)}"'
    if version is None:
        response["ETag"] = f'"{found.draft_revision}"'
    return response


@of_pipelines.put("/{pipeline}/playbook", response=PipelineShown, openapi_extra=A_FILE)
@takes(YAML)
def replace_draft_by_playbook(request: ApiRequest, pipeline: str) -> HttpResponse:
    """Put a playbook's file (YAML) in the place of the draft. What is live does not change."""
    taken = import_playbook(
        request.auth.user,
        lines.decoded(request.body),
        pipeline=pipeline_named(pipeline),
        revision=revision_seen(request),
        via="api",
    )
    shown = pipeline_shown(pipeline_named(str(taken.id)))
    return answer(shown, revision=taken.draft_revision)
