"""Drops of a conversion or of the win rate that are no chance, and who was told by mail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cadans.ground.ids import Row
from cadans.insight.drops import Share
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User


class AlertQuerySet(models.QuerySet["Alert"]):
    """The vocabulary of alerts."""

    def standing(self) -> AlertQuerySet:
        """Drops that last."""
        return self.filter(over_on=None)

    def with_names(self) -> AlertQuerySet:
        """With the pipeline and stage, newest first."""
        return self.select_related("pipeline", "stage").order_by("-found_at", "-id")


class Alert(Row):
    """A drop, kept once for as long as it lasts: of what, from what to what, since when, where.

    `week` is the Monday of the last complete week when it was found, `since` of the week in which
    it seems to have begun, `window` how long was looked at (see `insight/drops.py`). `stage` is
    the one from which fewer go on; there is none when the win rate dropped. `most_in` names the
    part in which it is worse than in the rest: `{"by", "key", "label", "before", "now"}`, or {}.
    """

    class Of(models.TextChoices):
        CONVERSION = "conversion"
        WIN_RATE = "win_rate"

    of = models.CharField(max_length=10, choices=Of)
    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+")
    stage = models.ForeignKey(Stage, models.CASCADE, null=True, related_name="+")
    window = models.CharField(max_length=5)
    week = models.DateField()
    since = models.DateField()
    before_part = models.PositiveIntegerField()
    before_of = models.PositiveIntegerField()
    now_part = models.PositiveIntegerField()
    now_of = models.PositiveIntegerField()
    chance = models.FloatField(help_text="how likely so low a share was, had nothing changed")
    most_in = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=timezone.now)
    over_on = models.DateField(null=True)

    objects: ClassVar[models.Manager[Alert]] = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "of", "stage"],
                condition=Q(over_on=None),
                nulls_distinct=False,
                name="one_standing_alert",
            ),
        ]
        indexes = [models.Index(fields=["-found_at"], name="alert_by_time")]

    def __str__(self) -> str:
        return f"{self.of} of {self.stage_id or self.pipeline_id} since {self.since}"

    @property
    def before(self) -> Share:
        """What was usual."""
        return Share(self.before_part, self.before_of)

    @property
    def now(self) -> Share:
        """What it had become when it was found."""
        return Share(self.now_part, self.now_of)

    def told(self) -> dict[str, Any]:
        """What its event tells."""
        names = ("of", "pipeline_id", "stage_id", "window", "week", "since", "most_in")
        counts = ("before_part", "before_of", "now_part", "now_of", "chance")
        return {name.removesuffix("_id"): getattr(self, name) for name in (*names, *counts)}


class AlertMail(Row):
    """Somebody is told of an alert by mail, once."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="mails")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "user"], name="told_once_of_an_alert"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} to {self.user_id}"
