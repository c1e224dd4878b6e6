"""Who gets which report by mail, and for which periods it was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.team.models import User


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """The vocabulary of subscriptions."""

    def of(self, user: User) -> SubscriptionQuerySet:
        """A person's own; nobody sees another's."""
        return self.filter(user=user)

    def running(self) -> SubscriptionQuerySet:
        """Those that are sent: what they ask for is still there, and so is the person."""
        return self.filter(stopped_because="", user__is_active=True)


class Subscription(Row):
    """A report that a person gets by mail, each week or month, with the filters it was asked with.

    `asked` holds filters and breakdown as a page's address has them, without a period: that is
    each time the one that has just ended. `stopped_because` says why it can no longer be made.
    """

    class Every(models.TextChoices):
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    user = models.ForeignKey(User, models.CASCADE, related_name="subscriptions")
    metric = models.CharField(max_length=20)
    every = models.CharField(_("how often"), max_length=5, choices=Every, default=Every.WEEK)
    asked = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    stopped_because = models.CharField(max_length=300, blank=True, default="")

    objects: ClassVar[models.Manager[Subscription]] = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "metric", "every", "asked"], name="subscribed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} every {self.every} for {self.user_id}"


class SentReport(Row):
    """A report that was sent: of which subscription, about which period."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="sent")
    since = models.DateField(help_text="the first day of the period")
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "since"], name="report_sent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} since {self.since}"
