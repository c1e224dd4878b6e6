"""/pipelines: ways of selling, their drafts, and publishing them."""

from __future__ import annotations

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpResponse
from ninja import Body, Router
from pydantic import BaseModel

from cadans.api.answers import answer, nothing, small
from cadans.api.auth import SET_UP, ApiRequest
from cadans.api.etags import require_same, revision_seen
from cadans.api.paging import Page, Part, page
from cadans.api.schemas.pipeline import (
    NewPipeline,
    PipelineChanges,
    PipelineShown,
    PipelineWhole,
    Publication,
    VersionShown,
    pipeline_shown,
    pipeline_whole,
    version_shown,
)
from cadans.playbooks import actions
from cadans.process.models import Pipeline
from cadans.process.queries import pipeline_named, pipelines

router = Router(tags=["pipelines"], auth=SET_UP)


class Document(BaseModel):
    """A pipeline's design as in a playbook file; `stages` is its ordered row of stages."""

    format: int = 1
    stages: list[dict[str, Any]]


@router.get("", response=Page[PipelineShown])
def list_pipelines(request: ApiRequest, paging: Part) -> HttpResponse:
    """All pipelines in their order, drafts included, archived ones not."""
    rows = pipelines().prefetch_related("stages")
    return page(rows, paging, each=pipeline_shown, by=("position", "name", "id"))


@router.post("", response={201: PipelineShown})
def make_pipeline(request: ApiRequest, body: NewPipeline) -> HttpResponse:
    """A new pipeline, only a draft: of a template, or nearly empty."""
    pipeline = actions.make_pipeline(
        request.auth.user, name=body.name, key=body.key, template=body.template, via="api"
    )
    return small(pipeline_shown(pipeline), status=201)


@router.get("/{pipeline}", response=PipelineWhole)
def show_pipeline(request: ApiRequest, pipeline: str) -> HttpResponse:
    """One pipeline (its key, id or name) with the document that is live."""
    return small(pipeline_whole(pipeline_named(pipeline)))


@router.patch("/{pipeline}", response=PipelineWhole)
def change_pipeline(request: ApiRequest, pipeline: str, body: PipelineChanges) -> HttpResponse:
    """Rename a pipeline, or make it the one for new leads."""
    user = request.auth.user
    with transaction.atomic():
        found = _seen(request, pipeline)
        if body.name is not None:
            found = actions.rename_pipeline(user, found, name=body.name, via="api")
        if body.is_default:
            found = actions.set_default(user, found, via="api")
    return small(pipeline_whole(found))


@router.delete("/{pipeline}", response={204: None})
def archive_pipeline(request: ApiRequest, pipeline: str) -> HttpResponse:
    """Put a pipeline away; its history stays. Refused while it holds open leads."""
    with transaction.atomic():
        actions.archive_pipeline(request.auth.user, _seen(request, pipeline), via="api")
    return nothing()


@router.get("/{pipeline}/draft", response=Document)
def show_draft(request: ApiRequest, pipeline: str) -> HttpResponse:
    """The draft of a pipeline, as a playbook document."""
    found = pipeline_named(pipeline)
    return _draft(found)


@router.put("/{pipeline}/draft", response=Document)
def save_draft(
    request: ApiRequest, pipeline: str, body: Annotated[dict[str, Any], Body()]
) -> HttpResponse:
    """Put a document in the place of the draft. What is live does not change."""
    found = pipeline_named(pipeline)
    seen = revision_seen(request)
    saved = actions.save_draft(
        request.auth.user,
        found,
        document=body,
        revision=found.draft_revision if seen is None else seen,
        via="api",
    )
    return _draft(saved)


@router.post("/{pipeline}/publish", response={201: VersionShown})
def publish_pipeline(
    request: ApiRequest, pipeline: str, body: Publication | None = None
) -> HttpResponse:
    """Make the draft live as a new version and take the open leads along. `If-Match` names the
    draft's ETag."""
    wish = body or Publication()
    version = actions.publish_pipeline(
        request.auth.user,
        pipeline_named(pipeline),
        note=wish.note,
        mapping=wish.mapping,
        revision=revision_seen(request),
        via="api",
    )
    return answer(version_shown(version), status=201)


def _seen(request: ApiRequest, word: str) -> Pipeline:
    found = pipeline_named(word)
    require_same(request, pipeline_whole(found))
    return found


def _draft(pipeline: Pipeline) -> HttpResponse:
    return answer(Document.model_construct(**pipeline.draft), revision=pipeline.draft_revision)
