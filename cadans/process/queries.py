"""Reads of pipelines that several rooms share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cadans.ground.conditions import Condition
from cadans.ground.errors import Invalid, NotFound
from cadans.ground.remembered import remembered
from cadans.process.models import (
    Pipeline,
    PipelineQuerySet,
    ProcessVersion,
    RoutingRule,
    Stage,
)
from cadans.process.routing import first_that_holds


def pipeline_named(word: str, *, with_documents: bool = True) -> Pipeline:
    """A pipeline by its id, key or name. Raises NotFound.

    Its draft and its live version come along, unless nobody is going to look at the documents.
    """
    found = Pipeline.objects.present().filter(_id_or(word, Q(key=word) | Q(name__iexact=word)))
    found = found.select_related("version") if with_documents else found.defer("draft")
    pipeline = found.first()
    if pipeline is None:
        raise NotFound(_("There is no pipeline “%(name)s”.") % {"name": word}, pointer="/pipeline")
    return pipeline


def stage_named(pipeline: Pipeline, word: str) -> Stage:
    """A stage of a pipeline by its id, key or name in either language. Raises Invalid.

    The message tells a stage of another pipeline apart from one that does not exist.
    """
    named = Q(key=word) | Q(name__nl__iexact=word) | Q(name__en__iexact=word)
    found = Stage.objects.filter(_id_or(word, named), retired_at=None)
    stage = found.filter(pipeline=pipeline).order_by("position").first()
    if stage is not None:
        return stage
    elsewhere = found.select_related("pipeline").first()
    if elsewhere is not None:
        raise Invalid(
            _("Stage “%(stage)s” belongs to pipeline “%(other)s”, not to “%(pipeline)s”.")
            % {"stage": elsewhere.label, "other": elsewhere.pipeline, "pipeline": pipeline},
            pointer="/stage",
            code="stage_of_another_pipeline",
        )
    known = ", ".join(one.label for one in Stage.objects.filter(pipeline=pipeline, retired_at=None))
    raise Invalid(
        _("Pipeline “%(pipeline)s” has no stage “%(stage)s”. It has: %(known)s.")
        % {"pipeline": pipeline, "stage": word, "known": known},
        pointer="/stage",
        code="unknown_stage",
    )


def route(facts: Callable[[], Mapping[str, Any]]) -> tuple[Pipeline, dict[str, Any]]:
    """The pipeline of a new lead, and why. Raises Invalid when there is none.

    The first routing rule that holds for the facts (asked for only when there are rules) wins;
    then the default pipeline; then the first live one.
    """
    rules = live_rules()
    known = facts() if rules else {}
    found = first_that_holds(rules, known)
    if found is not None:
        rule, weighed = found
        return rule.pipeline, {"rule": rule.name, "seen": weighed.seen}
    pipeline = default_pipeline()
    if pipeline is None:
        raise Invalid(
            _("There is no published pipeline yet. Design and publish one first."),
            pointer="/pipeline",
            code="no_pipeline",
        )
    return pipeline, {"rule": "default"}


def live_version(pipeline: uuid.UUID) -> ProcessVersion | None:
    """What is live of a pipeline, with its mapping and without its document."""
    live = Pipeline.objects.filter(id=pipeline).values("version")
    return ProcessVersion.objects.filter(id__in=live).defer("document").first()


@remembered
def live_rules() -> list[tuple[RoutingRule, Condition]]:
    """The routing rules to pipelines that take leads, in order, with what they ask."""
    live = RoutingRule.objects.filter(
        pipeline__archived_at=None, pipeline__version__isnull=False
    ).select_related("pipeline")
    live = live.defer("pipeline__draft").order_by("position", "id")
    return [(rule, Condition.model_validate(rule.when)) for rule in live]


@remembered
def default_pipeline() -> Pipeline | None:
    """Where new leads go that no rule is for: the pipeline chosen for them, else the first."""
    live = Pipeline.objects.present().filter(version__isnull=False).defer("draft")
    return live.order_by("-is_default", "position", "name").first()


def pipelines() -> PipelineQuerySet:
    """Pipelines that are not archived, with what is live."""
    return Pipeline.objects.present().select_related("version")


def routing_rules() -> QuerySet[RoutingRule]:
    """Routing rules in the order in which they are tried."""
    return RoutingRule.objects.select_related("pipeline")


def activities_waited_for() -> set[str]:
    """The kinds of activities for which a goal of a draft, or of what is live, waits."""
    rows = Pipeline.objects.values_list("draft", "version__document")
    return {
        str(goal.get("activity"))
        for documents in rows
        for document in documents
        for stage in (document or {}).get("stages", [])
        for goal in stage.get("goals", [])
        if goal.get("kind") == "activity"
    }


def _id_or(word: str, otherwise: Q) -> Q:
    try:
        return Q(id=uuid.UUID(word))
    except ValueError:
        return otherwise
