"""What fell due without anybody doing anything: leads that lie idle, tasks that are overdue.

A row is written when it is noticed, so that each is noticed once, however often one looks.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from cadans.ground.ids import Row
from cadans.leads.lead import Lead
from cadans.leads.task import Task


class IdleSpell(Row):
    """A lead that nobody touched since `since` for longer than its stage allows."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="idle_spells")
    since = models.DateTimeField(help_text="the last touch before it")
    days = models.PositiveSmallIntegerField(help_text="the limit of its stage")
    noticed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "since"], name="idle_spell_noticed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} since {self.since:%Y-%m-%d}"


class MissedDue(Row):
    """A task that was still open when it was due, at `due_at`."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="missed")
    due_at = models.DateTimeField()
    noticed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "missed dues"
        constraints = [
            models.UniqueConstraint(fields=["task", "due_at"], name="missed_due_noticed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} due {self.due_at:%Y-%m-%d}"
