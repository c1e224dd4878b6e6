"""What the forecast's model learned, night after night."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from cadans.ground.ids import Row
from cadans.process.models import Pipeline


class ForecastModel(Row):
    """The model of one pipeline as it was learned on the morning of a day.

    `document` holds its parameters as plain numbers, its version, and how it did when put to the
    test on past days; or the reason why it does not speak.
    """

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+")
    day = models.DateField(help_text="what happened before this day was learned from")
    learned_at = models.DateTimeField(default=timezone.now)
    document = models.JSONField()

    objects: ClassVar[models.Manager[ForecastModel]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "day"], name="one_forecast_model_a_day")
        ]
        indexes = [models.Index(fields=["pipeline", "-day"], name="forecast_model_by_day")]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.day}"
