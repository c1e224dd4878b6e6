"""What a night's snapshot holds, and which nights must have one.

A snapshot stands on a day and tells what could be said as that day began. It is computed with
only what was known at that moment, so a night that was missed (the machine was off) and the past
of a company that was imported yesterday can be written down later and come out the same.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Min
from django.utils import timezone

from cadans.ground.ids import id_at
from cadans.insight.filters import CHOICES, NONE, Filters
from cadans.insight.forecast.known import fates_at, open_then
from cadans.insight.forecast.methods import Breakdown, Forecasts, chances, forecasts_for, rate_from
from cadans.insight.models import ExpectedLead, Snapshot
from cadans.insight.models.forecast import Method, Scope
from cadans.leads.models import Lead
from cadans.team.models import Organisation, User
from cadans.team.queries import organisation, sees_all, teams_of

MONTHS_AHEAD = 3
"""Ninety days before its end a month can be three ahead."""
QUARTERS_AHEAD = 1

BEFORE_END = (30, 60, 90)
"""Days before a period's end at which its forecast is judged, beside its first day."""

LONGEST_GAP = 92
"""Of nights that were missed, this many are made up for; of longer gaps the marks alone."""

SETTLED = timedelta(minutes=2)
"""While history comes in (an import), its past is not judged yet."""

PART_OF_CENT = Decimal("0.000001")

SCOPES: dict[Scope, Breakdown | None] = {
    Scope.ALL: None,
    Scope.OWNER: "owner",
    Scope.TEAM: "team",
    Scope.PIPELINE: "pipeline",
}


@dataclass(frozen=True, order=True)
class Span:
    """A month or a quarter that is forecast; `until` is the first day after it."""

    since: date
    until: date

    def filters(self) -> Filters:
        """The question about this period alone."""
        return Filters(since=self.since, until=self.until, zone=organisation().time_zone)

    @property
    def marks(self) -> dict[str, date]:
        """When its forecast is judged: at its `start`, and `30`, `60`, `90` days before its end."""
        before = {str(days): self.until - timedelta(days=days) for days in BEFORE_END}
        return {"start": self.since, **before}


def month_of(day: date) -> Span:
    """The month in which a day lies."""
    first = day.replace(day=1)
    return Span(first, first + relativedelta(months=1))


def quarter_of(day: date) -> Span:
    """The quarter in which a day lies."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Span(first, first + relativedelta(months=3))


def spans_on(day: date) -> list[Span]:
    """The periods that are forecast on a day: this month and quarter, and those to come."""
    months = [month_of(day + relativedelta(day=1, months=n)) for n in range(MONTHS_AHEAD + 1)]
    quarters = [
        quarter_of(day + relativedelta(day=1, months=3 * n)) for n in range(QUARTERS_AHEAD + 1)
    ]
    return months + quarters


def snapshots_on(day: date, spans: Iterable[Span]) -> Iterator[Snapshot]:
    """What each method says of each period in each scope, as the day begins. Nothing is saved."""
    all_spans = list(spans)
    periods = [span.filters() for span in all_spans]
    if not periods:
        return
    as_of = beginning_of(day, periods[0])
    answers = forecasts_for(periods, breakdowns=SCOPES.values(), as_of=as_of, may_wait=True)
    for n, span in enumerate(all_spans):
        for scope, by in SCOPES.items():
            for scope_id, said in answers[n, by].items():
                yield from _rows(day, span, scope, scope_id, said)


def beginning_of(day: date, filters: Filters) -> datetime:
    """The first moment of a day, where the organisation is."""
    return Filters(since=day, until=day + timedelta(days=1), zone=filters.zone).begins


def expected_leads(span: Span) -> Iterator[ExpectedLead]:
    """The leads that were open as the period began, with what each method expected of them."""
    filters = span.filters()
    fates = fates_at(filters.begins)
    likely = chances(filters, as_of=filters.begins, may_wait=True)
    for lead in open_then(filters, None, as_of=filters.begins, fates=fates):
        fate = fates.pipelines.get(lead.pipeline)
        worth = Fraction(lead.value or 0)
        is_expected = lead.expected_close is None or (
            span.since <= lead.expected_close < span.until
        )
        plain = Fraction(fate.won, fate.closed) if fate and is_expected else Fraction(0)
        yield ExpectedLead(
            since=span.since,
            until=span.until,
            lead=lead.id,
            owner=lead.owner,
            pipeline=lead.pipeline,
            value=lead.value,
            is_expected=is_expected,
            basic=_exactly(worth * plain),
            stage=_exactly(worth * (rate_from(lead, fates) or 0)),
            model=_exactly(worth * Fraction(likely.get(lead.id, 0.0))),
        )


def _rows(
    day: date, span: Span, scope: Scope, scope_id: uuid.UUID | None, said: Forecasts
) -> Iterator[Snapshot]:
    for method in Method:
        guess = getattr(said, method)
        yield Snapshot(
            day=day,
            since=span.since,
            until=span.until,
            scope=scope,
            scope_id=scope_id,
            method=method,
            value=guess.value,
            low=guess.low,
            high=guess.high,
            reason=guess.reason if guess.value is None else "",
            already_won=said.already_won,
            open_leads=said.open_leads,
            currency=said.currency,
        )


def _exactly(worth: Fraction) -> Decimal:
    exact = Decimal(worth.numerator) / Decimal(worth.denominator)
    return exact.quantize(PART_OF_CENT, rounding=ROUND_HALF_EVEN)


# ── which nights ────────────────────────────────────────────────────────────────────────────

Nights = dict[date, set[Span]]
"""Of each day, the periods to forecast."""


def nights_missed(today: date) -> Nights:
    """What must still be written down, today's snapshot included; nothing when all is there.

    A company whose leads are older than its snapshots (it was imported) gets those of its past.
    """
    kept = _kept()
    began = min((day for day, spans in kept.items() if spans >= set(spans_on(day))), default=today)
    nights: Nights = {}
    opened = _first_opened()
    if opened is not None and began > opened + timedelta(days=31):
        nights = nights_of_the_past(began)
        if not nights.keys() <= kept.keys() and _is_coming_in():
            return {}
    recent = max(began, today - timedelta(days=LONGEST_GAP))
    nights |= marks_between(began, recent)
    for n in range((today - recent).days + 1):
        day = recent + timedelta(days=n)
        nights[day] = set(spans_on(day))
    return {day: left for day, spans in nights.items() if (left := spans - kept.get(day, set()))}


def _kept() -> Nights:
    """The nights that are there: whatever the order in which they were written down."""
    kept: defaultdict[date, set[Span]] = defaultdict(set)
    rows = Snapshot.objects.filter(scope=Scope.ALL).order_by()
    for day, since, until in rows.values_list("day", "since", "until").distinct():
        kept[day].add(Span(since, until))
    return dict(kept)


def nights_of_the_past(end: date) -> Nights:
    """Days before `end` on which past forecasts are judged, from the first lead on.

    The marks of each month and quarter, and of the last ones each week, so that one sees how
    their forecast developed.
    """
    first = _first_opened()
    if first is None:
        return {}
    nights = marks_between(first, end)
    for span in (month_of(end), quarter_of(end)):
        day = max(span.since - timedelta(days=BEFORE_END[-1]), first)
        while day < end:
            nights.setdefault(day, set()).add(span)
            day += timedelta(days=7)
    return nights


def marks_between(first: date, end: date) -> Nights:
    """The days in [first, end) that are a mark of a period, with those periods."""
    nights: defaultdict[date, set[Span]] = defaultdict(set)
    month = first.replace(day=1)
    while month < end + timedelta(days=BEFORE_END[-1] + 31):
        for span in {month_of(month), quarter_of(month)}:
            for day in span.marks.values():
                if first <= day < end:
                    nights[day].add(span)
        month += relativedelta(months=1)
    return dict(nights)


def _first_opened() -> date | None:
    opened = Lead.objects.present().aggregate(first=Min("opened_at"))["first"]
    return None if opened is None else opened.date()


def _is_coming_in() -> bool:
    now = timezone.now()
    fresh = Lead.objects.filter(id__gte=id_at(now - SETTLED))
    return bool(fresh.filter(opened_at__lt=now - timedelta(days=2)).exists())


# ── whose ───────────────────────────────────────────────────────────────────────────────────

Whose = tuple[Scope, uuid.UUID | None]


def scope_of(filters: Filters, user: User | None) -> Whose | None:
    """Whose snapshots answer the filters; None when there are none of that, or not for `user`.

    Who does not see all leads and asks for no one's in particular gets their team's (where that
    is what they see, and they are in one), or else their own.
    """
    chosen = {name: getattr(filters, name) for name in CHOICES if getattr(filters, name)}
    if filters.currency or len(chosen) > 1 or not chosen.keys() <= {"owner", "team", "pipeline"}:
        return None
    everything = user is None or sees_all(user)
    if everything and not chosen:
        return Scope.ALL, None
    name, choice = next(iter(chosen.items()), ("", None))
    scope_id = None if choice == NONE or choice is None else uuid.UUID(str(choice))
    if everything:
        return Scope(name), scope_id
    assert user is not None
    teams = {team.id for team in teams_of(user)} if _sees_team() else set()
    if not name:
        return (Scope.TEAM, teams.pop()) if len(teams) == 1 else (Scope.OWNER, user.id)
    colleagues = User.objects.filter(teams__in=teams, id=scope_id) if teams else None
    may = (
        name == "team" and scope_id in teams,
        name == "owner" and scope_id in {user.id, None},
        name == "owner" and colleagues is not None and colleagues.exists(),
    )
    return (Scope(name), scope_id) if any(may) else None


def filters_of(whose: Whose, span: Span) -> Filters:
    """The question about a period in one scope."""
    scope, scope_id = whose
    filters = span.filters()
    if scope is Scope.ALL:
        return filters
    chosen: Any = {scope.value: scope_id or NONE}
    return replace(filters, **chosen)


def _sees_team() -> bool:
    return organisation().leads_seen_by_reps == Organisation.LeadsSeen.TEAM
