"""/assignment-rules: who gets a lead on entering a stage, as the live pipelines say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest
from cadans.api.names import pipeline_called
from cadans.api.schemas.kinds import Key, KeyRef
from cadans.process.models import Pipeline
from cadans.process.queries import pipelines

router = Router(tags=["assignment-rules"])


class AssignmentRuleShown(BaseModel):
    """An assignment rule; `when` and `to` are written as in a playbook."""

    pipeline: KeyRef
    stage: str
    key: str
    name: str
    when: dict[str, Any]
    to: dict[str, Any]


class AssignmentRules(BaseModel):
    """All of them; `next` is always null."""

    items: list[AssignmentRuleShown]
    next: None = None


@router.get("", response=AssignmentRules)
def list_assignment_rules(
    request: ApiRequest, pipeline: Annotated[Key | None, Query()] = None
) -> HttpResponse:
    """The rules of every live pipeline, stage by stage, in the order in which they are tried.
    They are changed in a pipeline's draft."""
    rows = pipelines().live()
    if pipeline is not None:
        rows = rows.filter(id=pipeline_called(pipeline, pointer="?pipeline").id)
    return answer(AssignmentRules(items=[rule for one in rows for rule in _rules(one)]))


def _rules(pipeline: Pipeline) -> Iterator[AssignmentRuleShown]:
    if pipeline.version is None:
        return
    at = KeyRef(id=pipeline.id, key=pipeline.key, name=pipeline.name)
    for stage in pipeline.version.design.stages:
        for rule in stage.rules:
            yield AssignmentRuleShown(
                pipeline=at,
                stage=stage.key,
                key=rule.key,
                name=rule.name,
                when=rule.when.model_dump(mode="json", by_alias=True),
                to=rule.to.model_dump(mode="json"),
            )
