"""What each rep and each team is to win in a period."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar, Literal

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadans.ground.ids import Row
from cadans.ground.money import AmountField, CurrencyField
from cadans.team.models import Organisation, Team, User
from cadans.team.queries import organisation, sees_all

Kind = Literal["owner", "team"]
Holder = tuple[Kind, uuid.UUID]
"""Whose quota it is."""


class QuotaQuerySet(models.QuerySet["Quota"]):
    """The vocabulary of quotas."""

    def visible_to(self, user: User) -> QuotaQuerySet:
        """Those of the people whose leads this user may see; a team's with its leads.

        Leads without an owner are seen by all, and nobody has a quota for those.
        """
        if sees_all(user):
            return self.all()
        seen = Q(user=user)
        if organisation().leads_seen_by_reps == Organisation.LeadsSeen.TEAM:
            own = user.teams.values("id")
            seen |= Q(team__in=own) | Q(user__teams__in=own)
        return self.filter(id__in=self.model.objects.filter(seen).values("id"))

    def of_period(self, unit: str, since: date) -> QuotaQuerySet:
        """Those of one month, quarter or year."""
        return self.filter(unit=unit, since=since)


class Quota(Row):
    """An amount that a rep or a team is to win in a month, a quarter or a year."""

    class Unit(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        YEAR = "year", _("Year")

    MONTHS: ClassVar[dict[str, int]] = {"month": 1, "quarter": 3, "year": 12}

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="quotas")
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="quotas")
    unit = models.CharField(max_length=7, choices=Unit)
    since = models.DateField(help_text="the first day of the period")
    amount = AmountField()
    currency = CurrencyField()

    objects: ClassVar[models.Manager[Quota]] = QuotaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, team__isnull=False) | Q(user__isnull=False, team=None),
                name="quota_of_a_user_or_a_team",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="quota_asks_for_something"),
            models.UniqueConstraint(
                fields=["unit", "since", "user", "team"],
                nulls_distinct=False,
                name="one_quota_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.team_id} {self.unit} {self.since}"

    @property
    def holder(self) -> Holder:
        """Whose it is."""
        if self.user_id is not None:
            return "owner", self.user_id
        assert self.team_id is not None
        return "team", self.team_id

    @property
    def until(self) -> date:
        """The first day after the period."""
        return self.since + relativedelta(months=self.MONTHS[self.unit])
