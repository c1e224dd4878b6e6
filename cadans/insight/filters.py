"""What a report is asked for: the period, the filters, the breakdown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from moneyed import CURRENCIES

from cadans.assignment.models import Territory
from cadans.ground.errors import Invalid
from cadans.leads.models import Product, ProductLine, Source
from cadans.process.models import Pipeline, ProcessVersion
from cadans.team.models import Organisation, Team, User
from cadans.team.queries import organisation

NONE = "none"
"""The choice of the leads that have nothing there: no owner, no source, no product."""

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
"""The bounds of "all time"."""

Choice = uuid.UUID | str
"""The id of what is chosen, or NONE."""

CHOICES = ("pipeline", "version", "owner", "team", "territory", "product", "product_line", "source")
AGAINST = ("against", "against_since", "against_until")
"""What a comparison compares with."""

BREAKDOWNS = (
    *("owner", "team", "territory", "product", "product_line", "source"),
    *("stage", "loss_reason", "month", "quarter", "pipeline"),
)


@dataclass(frozen=True)
class Filters:
    """Which leads a report is about, and how it is broken down.

    `since` and `until` are days in the organisation's time zone; `until` is the first day that
    no longer counts. `territory` stands for its whole branch of the tree. `against` (a version) or
    `against_since` to `against_until` is what a comparison compares with.
    """

    since: date
    until: date
    zone: str = "Europe/Amsterdam"
    pipeline: Choice | None = None
    version: Choice | None = None
    owner: Choice | None = None
    team: Choice | None = None
    territory: Choice | None = None
    product: Choice | None = None
    product_line: Choice | None = None
    source: Choice | None = None
    currency: str | None = None
    by: str | None = None
    against: Choice | None = None
    against_since: date | None = None
    against_until: date | None = None

    def __post_init__(self) -> None:
        if (self.against_since is None) != (self.against_until is None):
            raise Invalid(
                _("A period to compare with needs a first and a last day."), pointer="/against_from"
            )
        if self.against_since and self.against_until and self.against_until <= self.against_since:
            raise Invalid(
                _("The period ends before it begins. Its last day must come after its first."),
                pointer="/against_to",
            )
        if self.until <= self.since:
            raise Invalid(
                _("The period ends before it begins. Its last day must come after its first."),
                pointer="/to",
            )
        if self.by is not None and self.by not in BREAKDOWNS:
            raise Invalid(
                _("“%(by)s” is no breakdown. Choose one of: %(choices)s.")
                % {"by": self.by, "choices": ", ".join(BREAKDOWNS)},
                pointer="/by",
            )

    @property
    def begins(self) -> datetime:
        """The moment at which the period begins."""
        return datetime.combine(self.since, time.min, ZoneInfo(self.zone))

    @property
    def ends(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.until, time.min, ZoneInfo(self.zone))

    def period_before(self) -> Filters | None:
        """The same question about the period of equal length just before; None for all time.

        A period of whole months is compared with as many whole months.
        """
        if self.since <= EARLIEST:
            return None
        months = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month
        whole = self.since.day == 1 == self.until.day
        length = relativedelta(months=months) if whole else self.until - self.since
        return replace(self, since=self.since - length, until=self.since)

    def as_json(self) -> dict[str, Any]:
        """The filters in force, for the report's answer."""
        chosen = {name: getattr(self, name) for name in (*CHOICES, "currency", "by", *AGAINST)}
        return {name: str(value) for name, value in chosen.items() if value is not None}

    def period_as_json(self) -> dict[str, str]:
        """The period for the report's answer; `to` is exclusive."""
        return {"from": self.since.isoformat(), "to": self.until.isoformat(), "zone": self.zone}


def last_twelve_months(today: date) -> tuple[date, date]:
    """This month and the eleven before it, up to and including today."""
    return today.replace(day=1) - relativedelta(months=11), today + timedelta(days=1)


def this_quarter(today: date) -> tuple[date, date]:
    """The quarter in which a day lies."""
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return first, first + relativedelta(months=3)


def read_filters(
    query: Mapping[str, Any],
    *,
    settings: Organisation | None = None,
    today: date | None = None,
    span: Callable[[date], tuple[date, date]] = last_twelve_months,
) -> Filters:
    """Filters from an address or a command line: `from`, `to`, `by`, `pipeline`, `owner`, …

    Dates are ISO dates, `to` exclusive; without them `span` (the last twelve months); `from=all`
    for all time. Things are named by id, by key (pipelines), by e-mail address (owners) or by name.
    Raises Invalid, with a pointer to the parameter, when something is unknown.
    """
    zone = (settings or organisation()).time_zone
    day = today or timezone.now().astimezone(ZoneInfo(zone)).date()
    since, until = span(day)
    if query.get("from") == "all":
        since, until = EARLIEST, LATEST
    elif query.get("from"):
        since = _day(query["from"], "from")
    if query.get("to"):
        until = _day(query["to"], "to")
    chosen: dict[str, Any] = {
        name: _choice(name, str(query[name])) for name in CHOICES if query.get(name)
    }
    currency = str(query.get("currency") or "").upper() or None
    if currency is not None and currency not in CURRENCIES:
        raise Invalid(
            _("“%(code)s” is not a currency (use a code such as EUR).") % {"code": currency},
            pointer="/currency",
        )
    by = query.get("by") or None
    against: dict[str, Any] = {}
    if query.get("against"):
        against["against"] = _choice("version", str(query["against"]), pointer="/against")
    for name, field in (("against_from", "against_since"), ("against_to", "against_until")):
        if query.get(name):
            against[field] = _day(query[name], name)
    return Filters(
        since=since, until=until, zone=zone, currency=currency, by=by, **chosen, **against
    )


def _day(text: Any, name: str) -> date:
    try:
        return text if isinstance(text, date) else date.fromisoformat(str(text))
    except ValueError as error:
        raise Invalid(
            _("“%(text)s” is not a date. Write it as 2026-01-31.") % {"text": text},
            pointer=f"/{name}",
        ) from error


def _by_name(text: str) -> Q:
    return Q(name__iexact=text)


NAMED_BY: dict[str, tuple[Callable[[], QuerySet[Any]], Callable[[str], Q]]] = {
    "pipeline": (Pipeline.objects.all, lambda text: Q(key=text) | _by_name(text)),
    "owner": (User.objects.all, lambda text: Q(email=text.lower()) | _by_name(text)),
    "team": (Team.objects.all, _by_name),
    "territory": (Territory.objects.all, _by_name),
    "product": (Product.objects.all, _by_name),
    "product_line": (ProductLine.objects.all, _by_name),
    "source": (Source.objects.all, _by_name),
    # A version has no name; `number` alone would be ambiguous between pipelines.
    "version": (ProcessVersion.objects.all, lambda text: Q(pk=None)),
}


def _choice(name: str, text: str, *, pointer: str = "") -> Choice:
    """The id behind an id, key, address or name. Raises Invalid when there is no such thing."""
    if text == NONE:
        return NONE
    rows, named = NAMED_BY[name]
    found: Model | None = rows().filter(_by_id(text) or named(text)).first()
    if found is None:
        raise Invalid(
            _("There is no %(what)s “%(text)s”.") % {"what": what(name), "text": text},
            pointer=pointer or f"/{name}",
        )
    chosen: uuid.UUID = found.pk
    return chosen


def _by_id(text: str) -> Q:
    try:
        return Q(pk=uuid.UUID(text))
    except ValueError:
        return Q()


def what(name: str) -> str:
    """A filter's name in the reader's language, in the middle of a sentence."""
    return {
        "pipeline": _("pipeline"),
        "version": _("process version"),
        "owner": _("owner"),
        "team": _("team"),
        "territory": _("territory"),
        "product": _("product"),
        "product_line": _("product line"),
        "source": _("source"),
        "stage": _("stage"),
        "loss_reason": _("loss reason"),
        "month": _("month"),
        "quarter": _("quarter"),
    }[name]
