"""What a manager aims at, a figure each."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from cadans.ground.ids import Row
from cadans.team.models import User


class Target(Row):
    """The target of one of the overview's figures: a share (0 to 1), days, or an amount of money
    in the organisation's currency, as the figure is."""

    figure = models.CharField(max_length=20, unique=True)
    value = models.DecimalField(max_digits=16, decimal_places=4)
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(value__gt=0), name="target_above_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.figure}: {self.value}"
