"""Pipelines, their drafts and published versions, stages and routing rules.

A published design is one immutable document per version; `Stage` rows only give a stage its
identity and order, for foreign keys and reports.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.ground.text import in_language
from cadans.process.design import Design
from cadans.team.models import User


class PipelineQuerySet(models.QuerySet["Pipeline"]):
    """The vocabulary of pipelines."""

    def live(self) -> PipelineQuerySet:
        """Pipelines that take leads: published and not archived."""
        return self.filter(archived_at=None, version__isnull=False)

    def present(self) -> PipelineQuerySet:
        """Pipelines that are not archived, drafts included."""
        return self.filter(archived_at=None)


class Pipeline(Row):
    """One way of selling."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    version = models.ForeignKey(
        "ProcessVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    draft = models.JSONField(default=dict)
    draft_revision = models.PositiveIntegerField(default=1)
    draft_changed_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Pipeline]] = PipelineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_pipeline",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProcessVersion(Row):
    """A published state of a pipeline's design. Never changed afterwards."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    mapping = models.JSONField(default=dict, help_text="old stage key → new, as confirmed")
    note = models.TextField(blank=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pipeline", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.pipeline_id} v{self.number}"

    @property
    def design(self) -> Design:
        """The document, validated once per process."""
        return published(self.id).design


class Stage(Row):
    """A stage's identity and place. What it holds lies in the version's document."""

    class Ends(models.TextChoices):
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    key = models.CharField(max_length=40)
    name = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField()
    ends_in = models.CharField(max_length=4, choices=Ends, blank=True, default="")
    idle_days = models.PositiveSmallIntegerField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pipeline", "position"]
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "key"], name="stage_key_once"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The stage's name in the reader's language."""
        return in_language(self.name)


class RoutingRule(Row):
    """Which pipeline a new lead goes to when nobody said so. The first that holds wins."""

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    when = models.JSONField(default=dict)
    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="routing_rules")

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Published:
    """A published version as the engine needs it: parsed once per process."""

    version: uuid.UUID
    pipeline: uuid.UUID
    number: int
    design: Design
    stages: Mapping[str, Stage]

    def stage(self, key: str) -> Stage:
        """The row of the stage with that key. Raises KeyError."""
        return self.stages[key]

    def key_of(self, stage: uuid.UUID) -> str:
        """The key of a stage by its row's id. Raises KeyError."""
        for key, row in self.stages.items():
            if row.id == stage:
                return key
        raise KeyError(stage)


@lru_cache(maxsize=256)
def published(version: uuid.UUID) -> Published:
    """A published version by its id. Versions never change, so it is kept in memory."""
    row = ProcessVersion.objects.get(id=version)
    design = Design.model_validate(row.document)
    keys = [stage.key for stage in design.stages]
    stages = Stage.objects.filter(pipeline=row.pipeline_id, key__in=keys)
    return Published(
        version=row.id,
        pipeline=row.pipeline_id,
        number=row.number,
        design=design,
        stages={stage.key: stage for stage in stages},
    )
