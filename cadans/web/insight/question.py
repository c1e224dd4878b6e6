"""What a page of Insight was asked: the period and filters in its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.filters import EARLIEST, LATEST, Filters, last_twelve_months, read_filters
from cadans.team.models import User
from cadans.team.queries import organisation

Span = tuple[date, date]
Option = tuple[str, str]


def quarter_of(day: date) -> date:
    """The first day of a day's quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _month(today: date) -> Span:
    first = today.replace(day=1)
    return first, first + relativedelta(months=1)


def _month_before(today: date) -> Span:
    first = today.replace(day=1)
    return first - relativedelta(months=1), first


def _quarter(today: date) -> Span:
    first = quarter_of(today)
    return first, first + relativedelta(months=3)


def _quarter_before(today: date) -> Span:
    first = quarter_of(today)
    return first - relativedelta(months=3), first


def _next_month(today: date) -> Span:
    return _month(today.replace(day=1) + relativedelta(months=1))


def _next_quarter(today: date) -> Span:
    return _quarter(quarter_of(today) + relativedelta(months=3))


def _year(today: date) -> Span:
    return date(today.year, 1, 1), date(today.year + 1, 1, 1)


def _year_before(today: date) -> Span:
    return date(today.year - 1, 1, 1), date(today.year, 1, 1)


def _ever(today: date) -> Span:
    return EARLIEST, LATEST


SPANS: dict[str, Callable[[date], Span]] = {
    "12-months": last_twelve_months,
    "month": _month,
    "next-month": _next_month,
    "last-month": _month_before,
    "quarter": _quarter,
    "next-quarter": _next_quarter,
    "last-quarter": _quarter_before,
    "year": _year,
    "last-year": _year_before,
    "all": _ever,
}
OWN = "own"
"""The period whose first and last day a person chose (`from` and `through`)."""


def spans_named() -> list[Option]:
    """The periods to choose from."""
    return [
        ("12-months", _("Last 12 months")),
        ("month", _("This month")),
        ("last-month", _("Last month")),
        ("quarter", _("This quarter")),
        ("last-quarter", _("Last quarter")),
        ("year", _("This year")),
        ("last-year", _("Last year")),
        ("all", _("All time")),
        (OWN, _("Own period…")),
    ]


@dataclass(frozen=True)
class Question:
    """The filters of a page, and the address they came from. `mistake`: why the own period in it is
    none; the filters are then those of the last twelve months."""

    asked: QueryDict
    filters: Filters
    period: str
    mistake: str = ""

    def ensure_period(self) -> None:
        """Raise Invalid where there is no page to say that the dates make no period."""
        if self.mistake:
            raise Invalid(self.mistake, pointer="/to")

    @property
    def last_day(self) -> date:
        """The last day that counts, as people say it."""
        return self.filters.until - timedelta(days=1)

    @property
    def is_ever(self) -> bool:
        """Whether all time is meant."""
        return self.filters.since == EARLIEST

    def address(self, name: str, *arguments: str, **more: str) -> str:
        """The address of another page of Insight with the same period and filters."""
        kept = {key: value for key, value in self.asked.items() if value and key in KEPT}
        asked = {key: value for key, value in {**kept, **more}.items() if value}
        bare = reverse(f"insight:{name}", args=arguments)
        return f"{bare}?{urlencode(asked)}" if asked else bare

    def behind(self, metric: str, part: str, *, key: str = "", stage: str = "") -> str:
        """The address of the leads behind a figure."""
        by = self.filters.by or ""
        return self.address("leads", metric=metric, part=part, key=key, stage=stage, by=by)


PERIOD_BEFORE = "period-before"
"""What a comparison can be with instead of a version: the period just before this one."""

FILTERS = ("pipeline", "owner", "team", "source", "product", "product_line", "territory")
KEPT = ("period", "from", "through", "by", *FILTERS)


def read_question(request: HttpRequest, *, by: str = "") -> Question:
    """The question in the address. `by`: the breakdown when the address names none.

    People give the last day that counts (`through`); inside, the end is exclusive.
    """
    settings = organisation()
    today = timezone.now().astimezone(ZoneInfo(settings.time_zone)).date()
    asked = request.GET
    period = asked.get("period") or "12-months"
    if period != OWN and period not in SPANS:
        period = "12-months"
    query: dict[str, Any] = {name: asked.get(name) for name in FILTERS}
    query["by"] = asked.get("by") or by
    query["version"] = asked.get("version")
    if asked.get("against") == OWN:
        first, last = asked.get("against_from"), asked.get("against_through")
        if first and last:  # one is filled in before the other
            query |= {"against_from": first, "against_to": day_after(last)}
    elif asked.get("against") != PERIOD_BEFORE:
        query["against"] = asked.get("against")
    own = {"from": asked.get("from"), "to": day_after(asked.get("through"))}
    mistake = ""
    try:
        filters = read_filters(
            query | (own if period == OWN else {}), settings=settings, today=today
        )
    except Invalid as error:
        if period != OWN or error.pointer not in ("/from", "/to"):
            raise
        # Dates that make no period: the page says so above its filters, where they can be mended.
        filters, mistake = read_filters(query, settings=settings, today=today), str(error)
    if period != OWN:
        since, until = SPANS[period](today)
        filters = replace(filters, since=since, until=until)
    if asked.get("against") == PERIOD_BEFORE and (before := filters.period_before()):
        filters = replace(filters, against_since=before.since, against_until=before.until)
    return Question(asked, filters, period, mistake)


def asker(request: HttpRequest) -> User:
    """Whoever asks for a page behind the log-in."""
    user = request.user
    assert user.is_authenticated
    return user


def day_after(text: str | None) -> date | str | None:
    """The first day that no longer counts, from the last that does; as it came if it is no day."""
    try:
        return date.fromisoformat(text or "") + timedelta(days=1)
    except (ValueError, OverflowError):
        return text
