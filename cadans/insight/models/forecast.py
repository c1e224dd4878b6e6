"""What was forecast, night after night: kept for ever, so that it can be held against what came."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cadans.ground.ids import Row
from cadans.ground.money import AmountField, CurrencyField


class Method(models.TextChoices):
    """The three ways to forecast."""

    BASIC = "basic"
    STAGE = "stage"
    MODEL = "model"


class Scope(models.TextChoices):
    """Whose forecast it is: everybody's, an owner's, a team's, a pipeline's."""

    ALL = "all"
    OWNER = "owner"
    TEAM = "team"
    PIPELINE = "pipeline"


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """The vocabulary of snapshots."""

    def of_period(self, since: date, until: date) -> SnapshotQuerySet:
        """Those that forecast that period."""
        return self.filter(since=since, until=until)


class Snapshot(Row):
    """What one method forecast for a period as a day began, in one scope.

    `day` is the local day at whose first moment it was so; only what was known by then is in it.
    `scope_id` names the owner, team or pipeline (None: of nobody's leads), without a foreign key:
    a snapshot outlives them. `value` includes `already_won`; it is null, with a `reason`, when
    the method had nothing to say. Rows are only ever added (a trigger sees to it).
    """

    day = models.DateField()
    since = models.DateField()
    until = models.DateField()
    scope = models.CharField(max_length=8, choices=Scope)
    scope_id = models.UUIDField(null=True)
    method = models.CharField(max_length=5, choices=Method)
    value = AmountField(null=True)
    low = AmountField(null=True)
    high = AmountField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    already_won = AmountField()
    open_leads = models.PositiveIntegerField()
    currency = CurrencyField()
    taken_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Snapshot]] = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["since", "until", "scope", "scope_id", "method", "day"],
                nulls_distinct=False,
                name="one_snapshot_a_night",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(reason=""), name="snapshot_says_or_says_why_not"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="snapshot_period_has_days"
            ),
        ]
        indexes = [models.Index(fields=["day", "scope"], name="snapshot_by_day")]

    def __str__(self) -> str:
        return f"{self.method} for {self.since} on {self.day}"


class ExpectedLead(Row):
    """A lead that was open as a period began, and what each method expected of it in the period.

    Kept with the snapshots of a period's first day, so that a waterfall can say what became of
    each part of the forecast (docs/decisions). `value` is in the organisation's currency;
    `is_expected` tells whether its close was expected in the period (or on no day at all).
    """

    since = models.DateField()
    until = models.DateField()
    lead = models.UUIDField()
    owner = models.UUIDField(null=True)
    pipeline = models.UUIDField()
    value = AmountField(null=True)
    is_expected = models.BooleanField()
    basic = models.DecimalField(max_digits=20, decimal_places=6)
    stage = models.DecimalField(max_digits=20, decimal_places=6)
    model = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["since", "until", "lead"], name="lead_expected_once_a_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead} in {self.since}"
