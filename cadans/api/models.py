"""What the API remembers of its own: answers to requests that carried an idempotency key."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone

from cadans.ground.ids import Row
from cadans.team.models import User

KEPT_FOR = timedelta(hours=24)


class IdempotencyKey(Row):
    """A request that was carried out, and its answer, so that a repeat does nothing twice.

    Written in the same transaction as the deed: there is no answer without the deed and no deed
    without the answer.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="a hash of method, address and body")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key"),
        ]
        indexes = [models.Index(fields=["made_at"], name="idempotency_key_by_age")]

    def __str__(self) -> str:
        return self.key
