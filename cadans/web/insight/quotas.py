"""Quotas: what everybody is to win in a period, how it stands, and a grid to set them in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cadans.insight.actions.quotas import KEEPERS, copy_quotas, set_quotas
from cadans.insight.dimensions import months_named, quarters_named
from cadans.insight.filters import Filters
from cadans.insight.models import Quota
from cadans.insight.quotas import has_quotas
from cadans.insight.reports import report
from cadans.team.models import Team, User
from cadans.team.queries import organisation, sees_all, teams_of
from cadans.team.queries import today as local_today
from cadans.web.amounts import AmountField
from cadans.web.insight import forecast_words as said
from cadans.web.insight import words
from cadans.web.insight.page import as_money, page
from cadans.web.insight.question import OWN, Question, asker, quarter_of
from cadans.web.requests import posted
from cadans.web.writing import money, number, percent

UNITS = tuple(Quota.Unit.values)

Holder = User | Team


@dataclass(frozen=True)
class Span:
    """The month, quarter or year that the page is about."""

    unit: str
    since: date

    @property
    def until(self) -> date:
        """The first day after it."""
        return self.since + relativedelta(months=Quota.MONTHS[self.unit])

    def moved(self, by: int) -> Span:
        """So many periods later."""
        return Span(self.unit, self.since + relativedelta(months=by * Quota.MONTHS[self.unit]))

    @property
    def name(self) -> str:
        """“November 2026”, “Q4 2026”, “2026”."""
        if self.unit == "year":
            return str(self.since.year)
        named = months_named if self.unit == "month" else quarters_named
        return named([self.since])[self.since][1]

    @property
    def address(self) -> str:
        """The page of this period."""
        day = self.since.isoformat()
        return f"{reverse('insight:quotas')}?unit={self.unit}&of={day}"


class QuotasForm(forms.Form):
    """An amount for each owner and team, in the reader's way of writing; empty for none."""

    def __init__(self, *args: Any, holders: list[Holder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {field_of(holder): holder for holder in holders}
        for name, holder in self.holders.items():
            self.fields[name] = AmountField(
                label=_("Quota of %(name)s") % {"name": holder}, min_value=Decimal("0.01")
            )

    def amounts(self) -> dict[Holder, Decimal | None]:
        """What was filled in."""
        return {holder: self.cleaned_data[name] for name, holder in self.holders.items()}


def field_of(holder: Holder) -> str:
    """The name of somebody's field."""
    return f"{'team' if isinstance(holder, Team) else 'owner'}-{holder.id}"


@login_required
@require_http_methods(["GET", "POST"])
def quotas(request: HttpRequest) -> HttpResponse:
    """Quotas of a period: how they stand, and for managers fields to set them in."""
    user = asker(request)
    span = asked_span(request)
    may_set = user.role in KEEPERS
    if request.method == "POST" and "copy" in request.POST:
        copied = copy_quotas(user, unit=span.unit, since=span.since)
        text = ngettext("%(n)d quota copied.", "%(n)d quotas copied.", copied) % {"n": copied}
        messages.success(request, text if copied else _("There was nothing to copy."))
        return redirect(span.address)
    owners, teams = holders_seen(user, span)
    own = {
        field_of(quota.user or quota.team): quota.amount  # type: ignore[arg-type]
        for quota in Quota.objects.visible_to(user)
        .of_period(span.unit, span.since)
        .select_related("user", "team")
    }
    form = QuotasForm(posted(request), initial=own, holders=[*owners, *teams] if may_set else [])
    if request.method == "POST" and form.is_valid():
        set_quotas(user, unit=span.unit, since=span.since, amounts=form.amounts())
        messages.success(request, _("Saved."))
        return redirect(span.address)
    settings = organisation()
    filters = Filters(since=span.since, until=span.until, zone=settings.time_zone, by="owner")
    question = Question(asked_in_full(request, span), filters, OWN)
    groups = [
        group(by, head, report("quotas", replace(filters, by=by), user), rows, form)
        for by, head, rows in (
            ("owner", _("Reps"), owners),
            ("team", _("Teams"), teams),
        )
        if rows
    ]
    before = span.moved(-1)
    context = {
        "span": span,
        "units": [
            (Quota.Unit(unit).label, at(unit, span.since).address, unit == span.unit)
            for unit in UNITS
        ],
        "before": before,
        "after": span.moved(1),
        "today_span": None
        if span.since <= local_today() < span.until
        else at(span.unit, local_today()),
        "groups": groups,
        "may_set": may_set,
        "form": form,
        "can_copy": may_set and has_quotas(before.unit, before.since),
        "is_empty": not any(row["quota"] for one in groups for row in one["rows"]),
        "currency": settings.currency,
        "is_over": span.until <= local_today(),
        "forecast_page": f"{reverse('insight:forecast')}?period=own&from={span.since}"
        f"&through={span.until - relativedelta(days=1)}",
    }
    response = page(request, "quotas", question, context)
    response.status_code = 422 if form.errors else response.status_code
    return response


def asked_span(request: HttpRequest) -> Span:
    """The period in the address: this quarter, unless it says otherwise."""
    unit = request.GET.get("unit", "quarter")
    unit = unit if unit in UNITS else "quarter"
    try:
        day = date.fromisoformat(request.GET.get("of", ""))
    except ValueError:
        day = local_today()
    if not 1900 < day.year < 2199:
        day = local_today()
    return at(unit, day)


def at(unit: str, day: date) -> Span:
    """The period of that kind in which a day lies."""
    firsts = {"month": day.replace(day=1), "quarter": quarter_of(day), "year": date(day.year, 1, 1)}
    return Span(unit, firsts[unit])


def asked_in_full(request: HttpRequest, span: Span) -> QueryDict:
    """The page's address as the other pages of Insight would have it."""
    asked = request.GET.copy()
    last = span.until - relativedelta(days=1)
    for name, value in (
        *(("period", OWN), ("from", span.since.isoformat()), ("through", last.isoformat())),
        ("by", "owner"),
    ):
        asked[name] = value
    return asked


def holders_seen(user: User, span: Span) -> tuple[list[User], list[Team]]:
    """Who can have a quota, as far as the reader may see them: those who sell, and their teams."""
    with_one = Quota.objects.visible_to(user).of_period(span.unit, span.since)
    owners = list(
        (User.objects.selling() | User.objects.filter(id__in=with_one.values("user")))
        .distinct()
        .order_by("name", "id")
    )
    teams = list(Team.objects.order_by("name"))
    if sees_all(user):
        return owners, teams
    mine = {user.id} | {quota.user_id for quota in with_one}
    my_teams = {team.id for team in teams_of(user)} & {quota.team_id for quota in with_one}
    return (
        [owner for owner in owners if owner.id in mine],
        [team for team in teams if team.id in my_teams],
    )


def group(
    by: str, head: str, answer: words.Figures, holders: list[Any], form: QuotasForm
) -> words.Figures:
    """The rows of the owners or of the teams, with their total."""
    known: dict[Any, words.Figures] = {uuid.UUID(row["key"]): row for row in answer["rows"]}
    rows = []
    for holder in holders:
        name = field_of(holder)
        rows.append(
            {
                **quota_row(known.get(holder.id)),
                "name": str(holder),
                "field": form[name] if name in form.fields else None,
                "address": f"{reverse('insight:leads')}?metric=quotas&part=won&by={by}"
                f"&key={holder.id}&period=own&from={answer['period']['from']}"
                f"&through={date.fromisoformat(answer['period']['to']) - relativedelta(days=1)}",
            }
        )
    return {"by": by, "head": head, "rows": rows, "total": quota_row(answer["total"])}


def quota_row(row: words.Figures | None) -> words.Figures:
    """How a quota stands, in the reader's words."""
    if row is None or row["quota"]["amount"] is None:
        return {"quota": None}
    share, pace = row["attainment"]["value"], row["pace"]["value"]
    return {
        "quota": as_money(row["quota"]),
        "won": as_money(row["won"]),
        "share": share,
        "share_text": percent(share, 0),
        "filled": min(round(share * 100), 100),
        "pace": percent(pace, 0),
        "pace_tone": said.pace_tone(pace),
        "pace_note": said.reason(row["pace"].get("reason", ""))
        or _("%(passed)s of %(all)s working days")
        % {"passed": number(row["pace"]["passed"]), "all": number(row["pace"]["working_days"])},
        "still": money(as_money(row["still_to_win"])),
        "chance": percent(row["chance"]["value"], 0),
        "chance_note": said.reason(row["chance"].get("reason", "")),
    }
