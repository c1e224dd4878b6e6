"""Tasks on leads, and goals ticked by hand."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.ground.text import in_language
from cadans.leads.lead import Lead, StageVisit
from cadans.process.models import Stage
from cadans.team.models import User
from cadans.team.queries import owners_seen_by


class TaskQuerySet(models.QuerySet["Task"]):
    """The vocabulary of tasks."""

    def visible_to(self, user: User) -> TaskQuerySet:
        """Tasks on leads that this user may see."""
        seen = Lead.objects.filter(deleted_at=None).filter(owners_seen_by(user))
        if user.role == User.Role.REP:
            return self.filter(Q(lead__in=seen) | Q(assignee=user), lead__deleted_at=None)
        return self.filter(lead__deleted_at=None)

    def open(self) -> TaskQuerySet:
        """Tasks still to be done."""
        return self.filter(state=Task.State.OPEN)

    def due_by(self, moment: datetime) -> TaskQuerySet:
        """Open tasks due at or before a moment."""
        return self.open().filter(due_at__lte=moment)


class Task(Row):
    """Something to do for a lead: laid by a stage, or made by a person."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        EMAIL = "email", _("E-mail")
        MEETING = "meeting", _("Meeting")
        TO_DO = "to_do", _("To-do")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Skipped")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="tasks")
    visit = models.ForeignKey(StageVisit, models.CASCADE, null=True, related_name="tasks")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=40, blank=True, help_text="which stage task it is")
    name = models.CharField(_("name"), max_length=200)
    name_in = models.JSONField(
        default=dict, blank=True, help_text="a stage task's names by language"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TO_DO)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    required = models.BooleanField(_("required"), default=False)
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("for")
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_by_hand = models.BooleanField(
        default=False, db_default=False, help_text="somebody chose the due date: it stays"
    )
    note = models.TextField(_("note"), blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Task]] = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="task_state_and_end_agree",
            ),
            models.UniqueConstraint(
                fields=["visit", "key"], condition=~Q(key=""), name="stage_task_once_a_visit"
            ),
        ]
        indexes = [
            models.Index(fields=["lead"], name="task_of_lead"),
            models.Index(
                fields=["assignee", "due_at"], condition=Q(state="open"), name="open_tasks_by_due"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The task's name in the reader's language."""
        return in_language(self.name_in) or self.name

    def is_late(self, on: datetime | None = None) -> bool:
        """Whether it should have been done."""
        return (
            self.state == self.State.OPEN
            and self.due_at is not None
            and self.due_at < (on or timezone.now())
        )


class GoalTick(Row):
    """A goal that somebody ticked by hand (a row while it is ticked)."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="ticks")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    goal = models.CharField(max_length=40)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "stage", "goal"], name="goal_ticked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.goal} on {self.lead_id}"
