"""Imports: what was asked, how far it is, what came of it, and which row made what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.process.models import Pipeline
from cadans.team.models import User


class Kind(models.TextChoices):
    """What a file holds, one a row."""

    LEADS = "leads", _("Leads")
    STAGE_CHANGES = "stage-changes", _("Stage changes")
    PEOPLE = "people", _("People")
    COMPANIES = "companies", _("Companies")


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """The vocabulary of imports."""

    def visible_to(self, user: User) -> ImportRunQuerySet:
        """Administrators and managers see all imports, reps those they started."""
        return self.filter(started_by=user) if user.role == User.Role.REP else self.all()

    def under_way(self) -> ImportRunQuerySet:
        """Imports that wait for a worker or are being carried out."""
        return self.filter(state__in=[ImportRun.State.WAITING, ImportRun.State.RUNNING])


class ImportRun(Row):
    """One file on its way in.

    `mapping` is the map (see `cadans.exchange.mapping.Mapping`), `options` what was chosen
    besides (dates, decimals, make, pipeline). `findings` holds what the file would need: counts
    of unknown names by kind. `lines_done` and `refused_bytes` say from where to go on after an
    interruption; they are saved in the same transaction as the rows they count.
    """

    class State(models.TextChoices):
        NEW = "new", _("To be mapped")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Under way")
        TRIED = "tried", _("Tried out")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    file_name = models.CharField(_("file"), max_length=255)
    file = models.CharField(max_length=300, blank=True, help_text="where it is kept")
    file_size = models.BigIntegerField(default=0)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    pipeline = models.ForeignKey(Pipeline, models.SET_NULL, null=True, blank=True, related_name="+")
    is_trial = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    message = models.TextField(blank=True)
    percentage = models.PositiveSmallIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict, help_text="reason → how many rows")
    refused_file = models.CharField(max_length=300, blank=True)
    refused_bytes = models.BigIntegerField(default=0)
    lines_done = models.BigIntegerField(default=0)
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True, help_text="the last sign of whoever carries it out")

    objects: ClassVar[models.Manager[ImportRun]] = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percentage__lte=100), name="percentage_up_to_100"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.kind})"

    @property
    def counts(self) -> dict[str, int]:
        """How many rows had which fate."""
        return {
            "created": self.created,
            "updated": self.updated,
            "skipped": self.skipped,
            "refused": self.refused,
        }

    @property
    def is_under_way(self) -> bool:
        """Whether somebody should look again in a moment."""
        return self.state in {self.State.WAITING, self.State.RUNNING}


class ImportedRow(models.Model):
    """What a row said the last time it was imported.

    A row that says the same again is skipped, whatever became of the lead since: running a file
    twice changes nothing and undoes nobody's work.
    """

    kind = models.CharField(max_length=15, choices=Kind)
    key = models.CharField(max_length=120, help_text="the row's external id")
    digest = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="imported_row_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
