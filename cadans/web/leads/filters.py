"""What the list of leads can be narrowed to and sorted by, as it stands in its address."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadans.assignment.models import Territory
from cadans.leads.finding import with_words
from cadans.leads.lead import Lead, LeadQuerySet
from cadans.leads.offer import Source
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User
from cadans.team.named import as_id

DAY = forms.DateInput
SORTS = {
    "opened": "opened_at",
    "title": "title",
    "value": "value",
    "close": "expected_close",
    "stage": "stage__position",
    "in_stage": "stage_entered_at",
    "touched": "touched_at",
}
NULLABLE = {"value", "close"}
DEFAULT_SORT = "-opened"


class LeadFilters(django_filters.FilterSet):  # type: ignore[misc]
    """Each filter by its name in the address; what makes no sense there is told, not obeyed."""

    q = django_filters.CharFilter(label=_("Search leads"), method="by_words")
    pipeline = django_filters.ModelChoiceFilter(
        label=_("All pipelines"), queryset=Pipeline.objects.present(), to_field_name="key"
    )
    stage = django_filters.ModelChoiceFilter(
        label=_("All stages"),
        queryset=Stage.objects.filter(retired_at=None).select_related("pipeline"),
    )
    status = django_filters.ChoiceFilter(label=_("All states"), choices=Lead.Status.choices)
    owner = django_filters.CharFilter(label=_("All owners"), method="by_owner")
    source = django_filters.ModelChoiceFilter(label=_("All sources"), queryset=Source.objects.all())
    territory = django_filters.ModelChoiceFilter(
        label=_("All territories"), queryset=Territory.objects.all()
    )
    company = django_filters.UUIDFilter(field_name="company")
    value_from = django_filters.NumberFilter(
        label=_("Value from"), field_name="value", lookup_expr="gte"
    )
    value_to = django_filters.NumberFilter(
        label=_("Value up to"), field_name="value", lookup_expr="lte"
    )
    opened_from = django_filters.DateFilter(
        label=_("Opened from"), field_name="opened_at", lookup_expr="date__gte"
    )
    opened_to = django_filters.DateFilter(
        label=_("Opened until"), field_name="opened_at", lookup_expr="date__lte"
    )
    closed_from = django_filters.DateFilter(
        label=_("Closed from"), field_name="closed_at", lookup_expr="date__gte"
    )
    closed_to = django_filters.DateFilter(
        label=_("Closed until"), field_name="closed_at", lookup_expr="date__lte"
    )
    idle = django_filters.BooleanFilter(
        label=_("Idle"), method="by_idle", widget=forms.CheckboxInput
    )

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(self, data: Any, queryset: LeadQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        self.user = user

    def by_words(self, rows: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Title or company's name holds the words."""
        words = " ".join(value.split())[:80]
        return with_words(rows, words) if words else rows

    def by_owner(self, rows: LeadQuerySet, name: str, value: str) -> QuerySet[Lead]:
        """ "me", "none", or an id."""
        if value == "me":
            return rows.filter(owner=self.user)
        if value == "none":
            return rows.filter(owner=None)
        owner = as_id(value)
        return rows.filter(owner=owner) if owner else rows.none()

    def by_idle(self, rows: LeadQuerySet, name: str, value: bool) -> LeadQuerySet:
        """Longer without a touch than the stage allows."""
        return rows.idle(on=timezone.now()) if value else rows


def order(sort: str) -> list[Any]:
    """The order for `?sort=`: a name of SORTS, with "-" for descending; empty values come last."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        return order(DEFAULT_SORT)
    down = sort.startswith("-")
    field = F(SORTS[name])
    if name in NULLABLE:
        return [
            field.desc(nulls_last=True) if down else field.asc(nulls_last=True),
            "-id" if down else "id",
        ]
    return [field.desc() if down else field.asc(), "-id" if down else "id"]
