"""Pipelines as the API reads and shows them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from cadans.api.schemas.kinds import Key, Wish
from cadans.process.models import Pipeline, ProcessVersion, Stage

Name80 = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class NewPipeline(Wish):
    """A pipeline that is only a draft: of a template (its key), or nearly empty."""

    name: Name80
    key: Annotated[str, StringConstraints(max_length=60)] | None = None
    template: Key | None = None


class PipelineChanges(Wish):
    """What is to change; `is_default: true` lets new leads go here when no rule says else."""

    name: Name80 | None = None
    is_default: bool | None = None


class Publication(Wish):
    """`mapping` gives each stage that holds open leads but is gone from the draft (its key) the
    key of the stage where they go on."""

    note: Annotated[str, StringConstraints(max_length=2000)] = ""
    mapping: dict[Key, Key] = Field(default_factory=dict, max_length=100)


class VersionShown(BaseModel):
    """A published state of a pipeline."""

    id: uuid.UUID
    number: int
    note: str
    published_at: datetime


class StageShown(BaseModel):
    """A stage of a live pipeline."""

    id: uuid.UUID
    key: str
    name: str
    position: int
    ends_in: str | None
    idle_days: int | None


class PipelineShown(BaseModel):
    """A pipeline; `version` is null while it is only a draft."""

    id: uuid.UUID
    key: str
    name: str
    is_default: bool
    version: VersionShown | None
    stages: list[StageShown]
    draft_revision: int
    draft_changed_at: datetime


class PipelineWhole(PipelineShown):
    """A pipeline with the document that is live."""

    document: dict[str, Any] | None


def version_shown(version: ProcessVersion) -> VersionShown:
    """A published version without its document."""
    return VersionShown(
        id=version.id,
        number=version.number,
        note=version.note,
        published_at=version.published_at,
    )


def pipeline_shown(pipeline: Pipeline) -> PipelineShown:
    """A pipeline with its version and stages at hand."""
    return PipelineShown(**_parts(pipeline))


def pipeline_whole(pipeline: Pipeline) -> PipelineWhole:
    """The same with what is live."""
    document = pipeline.version.document if pipeline.version else None
    return PipelineWhole(**_parts(pipeline), document=document)


def _parts(pipeline: Pipeline) -> dict[str, Any]:
    present = [stage for stage in pipeline.stages.all() if stage.retired_at is None]
    return {
        "id": pipeline.id,
        "key": pipeline.key,
        "name": pipeline.name,
        "is_default": pipeline.is_default,
        "version": version_shown(pipeline.version) if pipeline.version else None,
        "stages": [_stage(stage) for stage in sorted(present, key=lambda one: one.position)],
        "draft_revision": pipeline.draft_revision,
        "draft_changed_at": pipeline.draft_changed_at,
    }


def _stage(stage: Stage) -> StageShown:
    return StageShown(
        id=stage.id,
        key=stage.key,
        name=stage.label,
        position=stage.position,
        ends_in=stage.ends_in or None,
        idle_days=stage.idle_days,
    )
