"""What people are told inside the product, and how each of them wants to be told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.leads.models import Lead
from cadans.team.models import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    """The vocabulary of notifications."""

    def visible_to(self, user: User) -> NotificationQuerySet:
        """A person's own, without those about a lead that they may not see (any more)."""
        seen = Lead.objects.visible_to(user)
        return self.filter(Q(lead=None) | Q(lead__in=seen), user=user, in_app=True)

    def unread(self) -> NotificationQuerySet:
        """Those that were not looked at."""
        return self.filter(read_at=None)


class Notification(Row):
    """Somebody is told of something, once for one event.

    `data` holds the names that its sentence is made of, when it is read, in the reader's language
    (see `notifications/kinds.py`); `href` is where it leads. `in_app` and `by_mail` say how it was
    told; `mailed_at` when the mail left.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20)
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, related_name="+")
    event = models.UUIDField(help_text="what led to it")
    data = models.JSONField(default=dict)
    href = models.CharField(max_length=300)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Notification]] = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "user", "kind"], name="told_once_of_an_event"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="unread_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class NotificationChoice(Row):
    """How somebody wants to be told of one kind of thing, where it is not as usual."""

    class How(models.TextChoices):
        APP = "app", _("In Cadans")
        BOTH = "both", _("In Cadans and by mail")
        MAIL = "mail", _("Only by mail")
        OFF = "off", _("Not at all")

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    how = models.CharField(max_length=4, choices=How)

    objects: ClassVar[models.Manager[NotificationChoice]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_choice_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.how} for {self.user_id}"
