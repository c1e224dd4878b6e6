"""Quotas: how much of them was won, at which pace, what is left, and the chance to make them.

    attainment = won in the period / quota
    pace = won / (quota × working days that passed / working days of the period)

Working days are those of the organisation's calendar, national holidays left out; today counts
once it is over. A period without a quota of its own gets that of its months, or quarters, where
they are all there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import NormalDist
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.dimensions import DIMENSIONS, named, part
from cadans.insight.facts import Facts, Sql, closings
from cadans.insight.filters import Filters
from cadans.insight.forecast.methods import Guess, forecasts_by
from cadans.insight.models import Quota
from cadans.insight.models.quotas import Holder, Kind
from cadans.team.models import User
from cadans.team.queries import organisation, working_time
from cadans.team.queries import today as local_today

BREAKDOWNS: tuple[Kind, ...] = ("owner", "team")

SPREAD = NormalDist().inv_cdf(0.9)
"""How many standard deviations an 80 % interval reaches to each side."""

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Days:
    """The working days of a period, and how many of them are over."""

    passed: int
    all: int


def quotas(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """Quotas of the period that `user` may see, with how they stand; by owner or by team.

    Without a breakdown the total alone: of all owners, or of all teams if no owner has one.
    Raises Invalid for another breakdown.
    """
    if filters.by is not None and filters.by not in BREAKDOWNS:
        raise Invalid(_("Quotas are broken down by owner or by team."), pointer="/by")
    today = local_today()
    by: Kind = "team" if filters.by == "team" else "owner"
    held = amounts(filters, user)
    mine = {holder[1]: amount for holder, amount in held.items() if holder[0] == by}
    if filters.by is None and not mine:
        by = "team"
        mine = {holder[1]: amount for holder, amount in held.items() if holder[0] == by}
    chosen = filters.owner if by == "owner" else filters.team
    if chosen is not None:
        mine = {key: amount for key, amount in mine.items() if key == chosen}
    won = won_by(filters, user, by)
    said = {} if is_over(filters, today) else forecasts(filters, user, by)
    days = days_of(filters, today)
    over = is_over(filters, today)
    rows = []
    if filters.by is not None:
        labels = named(by, mine)
        rows = [
            {
                "key": labels[key][0],
                "label": labels[key][1],
                **standing(amount, won.get(key, ZERO), days, said.get(key), over=over),
            }
            for key, amount in mine.items()
        ]
        rows.sort(key=lambda row: (-Decimal(row["quota"]["amount"]), row["label"].lower()))
    total = sum(mine.values(), ZERO) if mine else None
    won_of_all = sum((won.get(key, ZERO) for key in mine), ZERO)
    alone = next(iter(mine), None) if len(mine) == 1 else None
    return {
        "metric": "quotas",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": standing(
            total, won_of_all, days, said.get(alone) if alone else None, over=over, of_many=True
        ),
        "rows": rows,
    }


def quotas_seen_by(user: User) -> QuerySet[Quota]:
    """The quotas that this user may see, with whose they are."""
    return Quota.objects.visible_to(user).select_related("user", "team")


def has_quotas(unit: str, since: date) -> bool:
    """Whether anybody has a quota for that period."""
    return bool(Quota.objects.of_period(unit, since).exists())


# ── what is asked ───────────────────────────────────────────────────────────────────────────


def amounts(filters: Filters, user: User | None) -> dict[Holder, Decimal]:
    """The quota of each rep and team for the filters' period, as far as `user` may see them."""
    rows = Quota.objects.all() if user is None else Quota.objects.visible_to(user)
    rows = rows.filter(since__gte=filters.since, since__lt=filters.until)
    held: dict[Holder, list[Quota]] = {}
    for quota in rows.filter(currency=organisation().currency):
        held.setdefault(quota.holder, []).append(quota)
    found = {holder: composed(own, filters) for holder, own in held.items()}
    return {holder: amount for holder, amount in found.items() if amount is not None}


def composed(own: Iterable[Quota], filters: Filters) -> Decimal | None:
    """The quota of exactly this period, or of all its quarters, or of all its months."""
    for unit in ("year", "quarter", "month"):
        by_day = {quota.since: quota.amount for quota in own if quota.unit == unit}
        day, total = filters.since, ZERO
        while day in by_day and day < filters.until:
            total += by_day[day]
            day += relativedelta(months=Quota.MONTHS[unit])
        if day == filters.until:
            return total
    return None


# ── how it stands ───────────────────────────────────────────────────────────────────────────


def standing(
    quota: Decimal | None,
    won: Decimal,
    days: Days,
    guess: Guess | None,
    *,
    over: bool = False,
    of_many: bool = False,
) -> dict[str, Any]:
    """A quota's figures: attainment, pace, what is still to be won, the chance to make it."""
    currency = organisation().currency

    def money(amount: Decimal | None, reason: str = "") -> dict[str, Any]:
        shape = {"amount": None if amount is None else str(amount), "currency": currency}
        return {**shape, "reason": reason} if amount is None else shape

    if quota is None:
        nothing = {"value": None, "reason": "no_quota"}
        return {
            "quota": money(None, "no_quota"),
            "won": money(won),
            "attainment": {**nothing, "numerator": str(won), "denominator": None},
            "pace": {**nothing, "passed": days.passed, "working_days": days.all},
            "still_to_win": money(None, "no_quota"),
            "chance": nothing,
        }
    return {
        "quota": money(quota),
        "won": money(won),
        "attainment": {
            "value": float(won / quota),
            "numerator": str(won),
            "denominator": str(quota),
        },
        "pace": pace(quota, won, days),
        "still_to_win": money(max(quota - won, ZERO)),
        "chance": chance(quota, won, guess, over=over, of_many=of_many),
    }


def pace(quota: Decimal, won: Decimal, days: Days) -> dict[str, Any]:
    """What was won beside what should have been by now; 1 is on schedule."""
    shape = {"passed": days.passed, "working_days": days.all}
    if not days.passed:
        return {"value": None, "reason": "not_begun", **shape}
    due = quota * days.passed / days.all
    return {"value": float(won / due), **shape}


def chance(
    quota: Decimal, won: Decimal, guess: Guess | None, *, over: bool = False, of_many: bool = False
) -> dict[str, Any]:
    """The forecast's chance to make the quota, from the model's value and its 80 % interval."""
    if over:
        return {"value": None, "reason": "period_over"}
    if won >= quota:
        return {"value": 1.0}
    if guess is None:
        return {"value": None, "reason": "of_many" if of_many else "no_leads"}
    if guess.value is None or guess.low is None or guess.high is None:
        return {"value": None, "reason": guess.reason or "no_interval"}
    return {
        "value": chance_to_reach(float(quota), *map(float, (guess.value, guess.low, guess.high)))
    }


def chance_to_reach(amount: float, value: float, low: float, high: float) -> float:
    """How likely it is to come to at least `amount`, given an estimate and its 80 % interval.

    The interval's two halves are taken for the halves of two normal curves that meet at the
    estimate, so that a long upper side stays long.
    """
    side = (high - value) if amount >= value else (value - low)
    if side <= 0:
        return 1.0 if amount <= value else 0.0
    return 1 - NormalDist(0, side / SPREAD).cdf(amount - value)


def days_of(filters: Filters, today: date) -> Days:
    """The working days of the period, and those of them before today."""
    working = working_time()
    before = filters.since - timedelta(days=1)
    whole = working.working_days_between(before, filters.until - timedelta(days=1))
    last = min(today, filters.until) - timedelta(days=1)
    return Days(working.working_days_between(before, last), whole)


def is_over(filters: Filters, today: date) -> bool:
    """Whether the period is over."""
    return filters.until <= today


def won_by(filters: Filters, user: User | None, by: Kind) -> dict[uuid.UUID | None, Decimal]:
    """What each owner or team won in the period."""
    facts = won_in(filters, user)
    dimension = DIMENSIONS[by]
    key = dimension.value(facts, filters)
    rows = (
        facts.select(key + "as key, coalesce(sum(f.worth), 0) as won", join=dimension.join(facts))
        + "group by 1"
    )
    return {row["key"]: row["won"] for row in rows.rows()}


def won_in(filters: Filters, user: User | None) -> Facts:
    """The leads won in the period."""
    return closings(filters, user).narrowed(Sql("f.status = 'won'"))


def forecasts(filters: Filters, user: User | None, by: Kind) -> Mapping[Any, Guess]:
    """What the model says of each owner or team now."""
    from_now = forecasts_by(filters, by=by, as_of=timezone.now(), user=user)
    return {key: said.model for key, said in from_now.items()}


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads won toward a quota."""
    if name != "won":
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    facts = won_in(filters, user)
    if key and filters.by:
        facts = facts.narrowed(part(facts, filters, filters.by, key))
    return facts.select("l.id")
