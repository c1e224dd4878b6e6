"""The conversions that a manager marked as decisive."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from cadans.ground.ids import Row
from cadans.process.models import Stage
from cadans.team.models import User


class KeyConversion(Row):
    """From this stage to the next is where it is decided, a manager says."""

    stage = models.OneToOneField(Stage, models.CASCADE, related_name="key_conversion")
    marked_at = models.DateTimeField(default=timezone.now)
    marked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"from {self.stage_id}"
