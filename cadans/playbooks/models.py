"""Tries on the leads of the past: what was asked, how far it is, what came of it; and files."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.leads.models import Lead
from cadans.process.design import Design
from cadans.process.models import Pipeline
from cadans.team.models import User

Asked = TypeVar("Asked", bound="Trial")


class TryQuerySet(models.QuerySet[Asked]):
    """The vocabulary of tries."""

    def visible_to(self, user: User) -> TryQuerySet[Asked]:
        """Those who design see all tries, reps see none."""
        return self.none() if user.role == User.Role.REP else self.all()

    def under_way(self) -> TryQuerySet[Asked]:
        """Tries that wait for a worker or are being carried out."""
        return self.filter(state__in=[Trial.State.WAITING, Trial.State.RUNNING])


class Trial(Row):
    """What every try has: the leads of which months, how far it is, what came of it.

    `marks` gives each mark its number (see `playbooks.trying.marks`), and `result` what is told
    on the page.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    months = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    percentage = models.PositiveSmallIntegerField(default=0)
    leads = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    marks = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True, help_text="the last sign of whoever carries it out")

    class Meta:
        abstract = True
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percentage__lte=100), name="%(class)s_percentage_up_to_100"
            )
        ]

    @property
    def is_under_way(self) -> bool:
        """Whether somebody should look again in a moment."""
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def seconds(self) -> float:
        """How long the try took."""
        if self.began_at is None or self.ended_at is None:
            return 0.0
        return (self.ended_at - self.began_at).total_seconds()


class Try(Trial):
    """A design played over the leads of the past months, with nothing changed.

    `document` is the design that is tried; with `stage` and `rule` only that assignment rule was
    asked about. What is told is made in `playbooks.trying.outcome`.
    """

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="tries")
    over = models.ForeignKey(
        Pipeline, models.CASCADE, related_name="+", help_text="whose leads are played"
    )
    document = models.JSONField()
    revision = models.PositiveIntegerField(help_text="of the draft that was tried")
    stage = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=40, blank=True)

    objects: ClassVar[models.Manager[Try]] = TryQuerySet.as_manager()

    class Meta(Trial.Meta):
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def design(self) -> Design:
        """The design that was tried."""
        return Design.model_validate(self.document)


class TriedLead(Row):
    """One lead in a try: how it would have gone, and the marks that it bears.

    `path` are its stays under the design: stage, moment of entering (seconds), how each ended.
    """

    trial = models.ForeignKey(Try, models.CASCADE, related_name="tried")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10)
    path: models.JSONField[Any, Any] = models.JSONField(default=list)
    marks: ArrayField[Any, Any] = ArrayField(models.SmallIntegerField())

    class Meta:
        indexes = [models.Index(fields=["trial", "id"], name="tried_leads_of_try")]

    def __str__(self) -> str:
        return f"{self.lead_id} in {self.trial_id}"


class RoutingTry(Trial):
    """Routing rules tried on the leads that came in in the past months, with nothing changed.

    `document` are the rules in their order (`playbooks.trying.routing.rules`), `otherwise` the
    pipeline of leads that none is for. `changed` is the key of the one among them that is not
    what is live: that of a rule, or `new`; empty when all are. `alone` says that only one rule
    was asked about, `everyone` that also leads count for which somebody chose the pipeline.
    """

    document = models.JSONField()
    otherwise = models.ForeignKey(Pipeline, models.SET_NULL, null=True, related_name="+")
    changed = models.CharField(max_length=40, blank=True)
    alone = models.BooleanField(default=False)
    everyone = models.BooleanField(default=False)
    adopted_at = models.DateTimeField(null=True, help_text="when the changed rule was put live")

    objects: ClassVar[models.Manager[RoutingTry]] = TryQuerySet.as_manager()

    class Meta(Trial.Meta):
        verbose_name_plural = "routing tries"

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class RoutedLead(Row):
    """One lead in a try of routing rules: where it went, where it would go, and its marks."""

    trial = models.ForeignKey(RoutingTry, models.CASCADE, related_name="routed")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    was = models.ForeignKey(Pipeline, models.CASCADE, null=True, related_name="+", db_index=False)
    would = models.ForeignKey(Pipeline, models.CASCADE, null=True, related_name="+", db_index=False)
    rule = models.CharField(max_length=40, blank=True, help_text="its key; empty when none held")
    marks: ArrayField[Any, Any] = ArrayField(models.SmallIntegerField())

    class Meta:
        indexes = [models.Index(fields=["trial", "id"], name="routed_leads_of_try")]

    def __str__(self) -> str:
        return f"{self.lead_id} in {self.trial_id}"


class PlaybookFile(Row):
    """A file that was taken in as a pipeline's draft, as it was written.

    What is exported later is this text as far as it still holds (`playbooks.filing`). `called` is
    the pipeline's name at that moment, so that a later name is told from the file's own.
    """

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="files")
    text = models.TextField()
    called = models.CharField(max_length=80)
    taken_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pipeline", "-taken_at"]
        indexes = [models.Index(fields=["pipeline", "-taken_at"], name="files_of_pipeline")]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.taken_at:%Y-%m-%d %H:%M}"
