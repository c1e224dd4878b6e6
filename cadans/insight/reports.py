"""Every metric by its name, and the leads behind each of its figures.

A metric is a function `(filters, user) -> dict`: a file of its own in this folder, and one line
in METRICS. Pages, the API, the command line and alerts all come through here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from cadans.ground.errors import NotFound
from cadans.insight import (
    adoption,
    alerts,
    committee,
    cycle,
    deal_size,
    funnel,
    impact,
    quick_no,
    quotas,
    why,
    win_rate,
)
from cadans.insight.facts import Sql
from cadans.insight.filters import Filters, last_twelve_months, this_quarter
from cadans.insight.forecast import report as forecasts
from cadans.leads.lead import Lead, LeadQuerySet
from cadans.team.models import User

METRICS: dict[str, Callable[[Filters, User | None], dict[str, Any]]] = {
    "adoption": adoption.adoption,
    "impact": impact.impact,
    "win-rate": win_rate.win_rate,
    "win-rate-why": why.why,
    "funnel": funnel.funnel,
    "cycle": cycle.cycle,
    "quick-no": quick_no.quick_no,
    "committee": committee.committee,
    "forecast": forecasts.forecast,
    "quotas": quotas.quotas,
    "deal-size": deal_size.deal_size,
}

Entry = TypeVar("Entry")

BEHIND: dict[str, Callable[..., Sql]] = {
    "adoption": adoption.leads_of,
    "impact": impact.leads_of,
    "win-rate": win_rate.leads_of,
    "win-rate-why": why.leads_of,
    "funnel": funnel.leads_of,
    "conversion": alerts.leads_of,
    "cycle": cycle.leads_of,
    "quick-no": quick_no.leads_of,
    "committee": committee.leads_of,
    "forecast": forecasts.leads_of,
    "quotas": quotas.leads_of,
    "deal-size": deal_size.leads_of,
}


AHEAD = ("forecast", "quotas")
"""Metrics that look ahead: without dates they are about this quarter."""


def span_of(metric: str) -> Callable[[date], tuple[date, date]]:
    """The period that a metric is about when nobody names one."""
    return this_quarter if metric in AHEAD else last_twelve_months


def report(metric: str, filters: Filters, user: User | None) -> dict[str, Any]:
    """A metric's figures over the leads that `user` may see (None: all).

    `{"metric", "period", "filters", "total": {…}, "rows": [{"key", "label", …}]}`; rates as
    `{"value", "numerator", "denominator", "low", "high"}`, with a null value and a `reason` when
    there is nothing to compute. Raises NotFound for a metric that is none, Invalid for filters
    that it cannot take.
    """
    return known(metric, METRICS)(filters, user)


def leads_behind(
    metric: str, filters: Filters, key: str, part: str, user: User | None, *, stage: str = ""
) -> LeadQuerySet:
    """The leads that a figure counts, as a queryset.

    `key` is the row's key ("" for the total), `part` the figure's: `won`, `closed`, `entered`,
    `lost`, … Its count equals the figure. Raises Invalid for a key or part that is none.
    """
    extra = {"stage": stage} if metric in ("adoption", "funnel", "cycle") else {}
    ids = known(metric, BEHIND)(filters, user, key, part, **extra)
    leads = Lead.objects.present() if user is None else Lead.objects.visible_to(user)
    found: LeadQuerySet = leads.filter(id__in=RawSQL(ids.text, ids.values))  # noqa: S611 - see facts.py
    return found


def known(metric: str, table: dict[str, Entry]) -> Entry:
    """The table's entry for the metric. Raises NotFound, naming those that there are."""
    if metric not in table:
        raise NotFound(
            _("There is no report “%(name)s”. There are: %(names)s.")
            % {"name": metric, "names": ", ".join(table)}
        )
    return table[metric]
