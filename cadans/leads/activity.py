"""What was done with a lead (activities) and what was observed outside (signals)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cadans.contacts.models import Person
from cadans.ground.ids import Row
from cadans.leads.lead import Lead
from cadans.team.models import User


class ActivityKind(models.TextChoices):
    """The kinds that every organisation has."""

    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    DEMO = "demo", _("Demo")
    EMAIL = "email", _("E-mail")
    NOTE = "note", _("Note")
    ASK = "ask", _("Asked for the decision")


class OwnActivityKind(Row):
    """A kind of activity of an organisation's own: a site visit, a tasting, a pilot.

    `key` is what activities, goals and files know it by, and never changes. One that is not active
    can no longer be logged; what was logged keeps its name.
    """

    key = models.SlugField(max_length=40, unique=True)
    name_nl = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    icon = models.CharField(max_length=30, default="circle-dot")
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return self.name_nl if (get_language() or "nl").startswith("nl") else self.name_en


class Activity(Row):
    """A call, meeting, demo, e-mail, note or one of an own kind; planned when `held` is false.

    A planned one is held later, or called off: then it never took place.
    """

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        POSITIVE = "positive", _("Went well")
        NEGATIVE = "negative", _("Did not go well")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="activities")
    kind = models.CharField(
        _("kind"), max_length=40, help_text="an ActivityKind, or the key of an OwnActivityKind"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    held = models.BooleanField(default=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="activities")
    people = models.ManyToManyField(Person, blank=True, related_name="activities")

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["lead", "at"], name="activity_of_lead"),
            models.Index(
                fields=["by", "at"],
                condition=models.Q(held=False, called_off_at=None),
                name="planned_by_whom",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(called_off_at=None) | models.Q(held=False),
                name="held_is_not_called_off",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"

    @property
    def is_planned(self) -> bool:
        """Whether it is still to take place, or to be told how it went."""
        return not self.held and self.called_off_at is None

    @property
    def is_past(self) -> bool:
        """Whether its moment has come."""
        return self.at <= timezone.now()


class Signal(Row):
    """Something observed outside: trial started, page visited, invoice paid."""

    name = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(default=timezone.now)
    payload = models.JSONField(default=dict)
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, related_name="signals")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="signals")

    class Meta:
        indexes = [models.Index(fields=["lead", "at"], name="signal_of_lead")]

    def __str__(self) -> str:
        return self.name
