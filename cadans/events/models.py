"""The log: an immutable row for each thing that happened, with who, when and why."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from cadans.ground.ids import Row


class Event(Row):
    """What happened to what, when, by whom, and why.

    Rows are only ever added (a trigger in the database refuses changes). The log stands on
    the lowest floor, so it names its subjects by id and kind, without foreign keys.

    `data` holds what changed, enough to rebuild it. `because` holds the reason of an automatic
    step: `{"rule", "version", "seen", …}`; it is empty for what a person did.
    """

    kind = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="when it happened in the world")
    recorded_at = models.DateTimeField(default=timezone.now, help_text="when it was written down")
    act = models.UUIDField(help_text="the deed, one transaction, that this event is part of")
    actor = models.UUIDField(null=True, help_text="the user; empty for the software itself")
    via = models.CharField(max_length=10, default="web", help_text="web, api, import, clock, demo")
    cause = models.UUIDField(null=True, help_text="the event that led to this one")
    subject_kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    lead = models.UUIDField(null=True)
    pipeline = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    because = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["Event"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["lead", "id"], name="event_of_lead"),
            models.Index(fields=["pipeline", "-id"], name="event_of_pipeline"),
            models.Index(fields=["subject", "id"], name="event_of_subject"),
            models.Index(fields=["act"], name="event_of_act"),
            # Who was handed a lead by a person: reports ask who owned it when.
            models.Index(
                fields=["lead", "at"],
                condition=models.Q(kind="lead_assigned", because={}),
                name="handover_of_lead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
