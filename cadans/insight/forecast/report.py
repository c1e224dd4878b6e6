"""The forecast of a period: three methods side by side, what they rest on, and how it developed.

While the period runs (or lies ahead) it is the forecast of now. Of a period that is over it is the
forecast as the period began: as it was kept, or else as it can be told afterwards.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.ground.money import CENT
from cadans.insight import quotas
from cadans.insight.dimensions import DIMENSIONS, named, part
from cadans.insight.facts import Sql, closings
from cadans.insight.filters import CHOICES, NONE, Filters
from cadans.insight.forecast.accuracy import accuracy
from cadans.insight.forecast.known import OpenLead, fates_at, open_then
from cadans.insight.forecast.learning import NOT_YET, learned_at
from cadans.insight.forecast.methods import (
    Forecasts,
    Guess,
    Known,
    chances,
    forecasts_for,
    known_at,
    rate_from,
)
from cadans.insight.forecast.model import LEAST_DAYS, LEAST_WON
from cadans.insight.forecast.snapshots import scope_of
from cadans.insight.forecast.waterfall import kept_fall, waterfall
from cadans.insight.models import Snapshot
from cadans.insight.models.forecast import Method
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import organisation
from cadans.team.queries import today as local_today

BREAKDOWNS = ("owner", "team", "pipeline", "source", "product", "product_line", "territory")

ZERO = Decimal("0.00")


@dataclass
class Open:
    """The leads that are open, and those of them whose close is expected in the period."""

    leads: int = 0
    value: Decimal = ZERO
    expected: int = 0
    expected_value: Decimal = ZERO
    expected_without_value: int = 0

    def add(self, lead: OpenLead, filters: Filters) -> None:
        """Count a lead."""
        self.leads += 1
        self.value += lead.value or 0
        if is_expected(lead, filters):
            self.expected += 1
            self.expected_value += lead.value or 0
            self.expected_without_value += lead.value is None


@dataclass(frozen=True)
class Won:
    """What was won in the period, as the closings stand now."""

    leads: int = 0
    worth: Decimal = ZERO


def forecast(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """What will be won in the filters' period, in total and by `filters.by`.

    Of the total and of each row: `basic`, `stage` and `model` as `{"amount", "low", "high",
    "currency", "won"}` (the interval is of 80 %), `already_won`, `open_expected`, `actual` (of a
    period that is over), the quota and how it stands, and `coverage`: open value expected in the
    period as a share of what is still to be won. Beside them `accuracy`, `history` (the kept
    snapshots of this period), `waterfalls`, and in `needs` what a model that is silent waits for.
    Raises Invalid for a breakdown that says nothing of open leads.
    """
    by: Any = filters.by
    if by is not None and by not in BREAKDOWNS:
        raise Invalid(
            _("A forecast is broken down by one of: %(names)s.") % {"names": ", ".join(BREAKDOWNS)},
            pointer="/by",
        )
    plain, as_of = replace(filters, by=None), moment(filters)
    rows: list[dict[str, Any]] = []
    known = known_at(filters, user, as_of=as_of, by=by)
    opens = opens_by(filters, known)
    # Nobody looks at a page: a command may take the time that learning takes.
    said = forecasts_for(
        [plain],
        breakdowns=dict.fromkeys((None, by)),
        as_of=as_of,
        user=user,
        may_wait=user is None,
        known=known,
    )
    total = figures_by(plain, user, as_of, opens, said[0, None])[None]
    if by is not None:
        found = figures_by(filters, user, as_of, opens, said[0, by])
        labels = named(by, found)
        rows = [{"key": labels[key][0], "label": labels[key][1], **found[key]} for key in found]
        rows.sort(key=_largest_first)
    judged = accuracy(plain, user)
    total["accuracy"] = {method: marks["start"] for method, marks in judged["methods"].items()}
    return {
        "metric": "forecast",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "as_of": as_of.isoformat(),
        "is_over": is_over(filters),
        "total": total,
        "rows": rows,
        "accuracy": judged,
        "needs": needs(as_of) if total["model"].get("reason") == "too_little_history" else [],
        "history": history(plain, user),
        "waterfalls": {method: waterfall(plain, user, method) for method in Method.values},
    }


def needs(as_of: datetime) -> list[dict[str, Any]]:
    """Of each pipeline whose model does not speak: how many leads were won, how many it needs."""
    names = dict(Pipeline.objects.present().values_list("id", "name"))
    found = learned_at(as_of, names)
    return [
        {"pipeline": names[id], "won": one.won, "needed": LEAST_WON, "days": LEAST_DAYS}
        for id, one in found.items()
        if one.reason and one.reason != NOT_YET
    ]


def moment(filters: Filters) -> datetime:
    """When it is forecast: now, or as the period began if it is over."""
    return filters.begins if is_over(filters) else timezone.now()


def is_over(filters: Filters) -> bool:
    """Whether the period is over."""
    return filters.ends <= timezone.now()


def is_expected(lead: OpenLead, filters: Filters) -> bool:
    """Whether a lead's close is expected in the period, or on no day."""
    close = lead.expected_close
    return close is None or filters.since <= close < filters.until


def _largest_first(row: Mapping[str, Any]) -> tuple[bool, Decimal, str]:
    amounts = (row[method]["amount"] for method in ("model", "stage", "basic"))
    most = next((Decimal(amount) for amount in amounts if amount is not None), ZERO)
    return row["key"] == NONE, -most, row["label"].lower()


# ── figures ─────────────────────────────────────────────────────────────────────────────────


TOTAL = object()
"""The key of what is open in total, beside the keys of rows (of which None is one)."""


def opens_by(filters: Filters, known: Known) -> dict[Any, Open]:
    """What is open, in total and for each row of the breakdown."""
    opens: defaultdict[Any, Open] = defaultdict(Open)
    for lead in known.open:
        opens[TOTAL].add(lead, filters)
        for key in lead.keys:
            opens[key].add(lead, filters)
    return opens


def figures_by(
    filters: Filters,
    user: User | None,
    as_of: datetime,
    opens: Mapping[Any, Open],
    said: Mapping[Any, Forecasts],
) -> dict[Any, dict[str, Any]]:
    """The figures of each row of `filters.by` (of None: the total)."""
    by, over = filters.by, is_over(filters)
    kept = kept_at_start(filters, user) if over else {}
    won = won_by(filters, user) if over else {}
    held = quotas_of(filters, user)
    days = quotas.days_of(filters, local_today())
    found = {}
    for key in {*said, *won}:
        here = said.get(key) or _nothing(as_of)
        seen = opens.get(TOTAL if by is None else key, Open())
        actual = won.get(key, Won()) if over else Won(here.already_won_leads, here.already_won)
        stands = quotas.standing(held.get(key), actual.worth, days, here.model, over=over)
        found[key] = {
            **{
                method: guess_as_json(kept.get((key, method)) or getattr(here, method), here)
                for method in Method.values
            },
            "already_won": _money(here.already_won, here.currency, leads=here.already_won_leads),
            "actual": _money(actual.worth, here.currency, leads=actual.leads)
            if over
            else _none("not_over", here.currency),
            **opens_as_json(seen, here.currency),
            **{name: figure for name, figure in stands.items() if name != "won"},
            "coverage": coverage(seen, stands["still_to_win"]["amount"]),
        }
    return found


def guess_as_json(guess: Guess, said: Forecasts) -> dict[str, Any]:
    """What a method says, as the API shows it."""
    shape = {
        "amount": None if guess.value is None else str(guess.value),
        "currency": said.currency,
        "low": None if guess.low is None else str(guess.low),
        "high": None if guess.high is None else str(guess.high),
        "won": guess.won,
    }
    return {**shape, "reason": guess.reason} if guess.value is None else shape


def opens_as_json(seen: Open, currency: str) -> dict[str, Any]:
    """The open leads' figures."""
    return {
        "open": _money(seen.value, currency, leads=seen.leads),
        "open_expected": _money(
            seen.expected_value,
            currency,
            leads=seen.expected,
            without_value=seen.expected_without_value,
        ),
    }


def coverage(seen: Open, still: str | None) -> dict[str, Any]:
    """Open value expected in the period, as a share of what is still to be won."""
    shape = {"numerator": str(seen.expected_value.quantize(CENT)), "denominator": still}
    if still is None:
        return {"value": None, **shape, "reason": "no_quota"}
    if Decimal(still) == 0:
        return {"value": None, **shape, "reason": "quota_made"}
    return {"value": float(seen.expected_value / Decimal(still)), **shape}


def quotas_of(filters: Filters, user: User | None) -> dict[Any, Decimal]:
    """The quota of each row, of None for the total: of all owners, or else of all teams.

    A quota is for all of somebody's leads: with other filters than owner and team there is none.
    """
    chosen = {name for name in CHOICES if getattr(filters, name)}
    if filters.currency or not chosen <= {"owner", "team"} or len(chosen) > 1:
        return {}
    held = quotas.amounts(filters, user)
    if filters.by in quotas.BREAKDOWNS:
        return {key: amount for (kind, key), amount in held.items() if kind == filters.by}
    if filters.by is not None:
        return {}
    for kind in quotas.BREAKDOWNS:
        choice = getattr(filters, kind)
        own = [amount for (of, key), amount in held.items() if of == kind and choice in (None, key)]
        if own and (choice is not None or not chosen):
            return {None: sum(own, ZERO)}
    return {}


def won_by(filters: Filters, user: User | None) -> dict[Any, Won]:
    """What was won in the period, of each row."""
    facts = closings(filters, user).narrowed(Sql("f.status = 'won'"))
    key, join = Sql("null::uuid"), ""
    if filters.by is not None:
        dimension = DIMENSIONS[filters.by]
        key, join = dimension.value(facts, filters), dimension.join(facts)
    what = key + "as key, count(*) as leads, coalesce(sum(f.worth), 0) as worth"
    rows = (facts.select(what, join=join) + "group by 1").rows()
    return {row["key"]: Won(row["leads"], row["worth"]) for row in rows if row["leads"]}


def kept_at_start(filters: Filters, user: User | None) -> dict[Any, Guess]:
    """What was kept as the period began, by row and method."""
    whose = scope_of(replace(filters, by=None), user)
    rows = Snapshot.objects.filter(
        since=filters.since,
        until=filters.until,
        day=filters.since,
        currency=organisation().currency,
        value__isnull=False,
    )
    if filters.by is None and whose is not None:
        rows = rows.filter(scope=whose[0], scope_id=whose[1])
    elif filters.by in ("owner", "team", "pipeline") and whose is not None and whose[0] == "all":
        rows = rows.filter(scope=filters.by)
    else:
        return {}
    key_of = (lambda row: row.scope_id) if filters.by else (lambda row: None)
    return {(key_of(row), row.method): Guess(row.value, row.low, row.high) for row in rows}


def history(filters: Filters, user: User | None) -> list[dict[str, Any]]:
    """What was forecast for this period, day by day, of those days that are kept."""
    whose = scope_of(filters, user)
    if whose is None:
        return []
    rows = Snapshot.objects.of_period(filters.since, filters.until).filter(
        scope=whose[0], scope_id=whose[1], currency=organisation().currency
    )
    days: dict[date, dict[str, Any]] = {}
    for row in rows.order_by("day"):
        day = days.setdefault(row.day, {"day": row.day.isoformat()})
        day["already_won"] = str(row.already_won)
        day[row.method] = {
            "amount": None if row.value is None else str(row.value),
            "low": None if row.low is None else str(row.low),
            "high": None if row.high is None else str(row.high),
        }
    return list(days.values())


def _nothing(as_of: datetime) -> Forecasts:
    return Forecasts(
        as_of=as_of,
        currency=organisation().currency,
        already_won=ZERO,
        already_won_leads=0,
        open_leads=0,
        without_value=0,
        basic=Guess(ZERO, won=0.0),
        stage=Guess(ZERO, won=0.0),
        model=Guess(reason="no_leads"),
    )


def _money(amount: Decimal, currency: str, **more: int) -> dict[str, Any]:
    return {"amount": str(amount.quantize(CENT)), "currency": currency, **more}


def _none(reason: str, currency: str) -> dict[str, Any]:
    return {"amount": None, "currency": currency, "reason": reason}


# ── the leads behind it ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Weighed:
    """An open lead with its chances; `model` is None where the model does not speak of it."""

    lead: OpenLead
    is_expected: bool
    stage: float | None
    model: float | None

    @property
    def counts_for(self) -> Decimal:
        """What the best method that speaks of it expects of it."""
        likely = self.stage if self.model is None else self.model
        return (self.lead.value or ZERO) * Decimal(likely or 0)


def weighed_leads(filters: Filters, user: User | None, key: str = "") -> list[Weighed]:
    """The leads of the forecast (of the row with this key), those that count most first."""
    as_of = moment(filters)
    fates = fates_at(as_of)
    by, wanted = filters.by, None
    if key and by is not None:
        wanted = None if key == NONE else DIMENSIONS[by].key_of(key)
    likely = chances(filters, as_of=as_of)
    rows = []
    for lead in open_then(filters, user, as_of=as_of, fates=fates, by=by if key else None):
        if key and wanted not in lead.keys:
            continue
        rate = rate_from(lead, fates)
        rows.append(
            Weighed(
                lead,
                is_expected(lead, filters),
                None if rate is None else float(rate),
                likely.get(lead.id),
            )
        )
    rows.sort(key=lambda row: (-row.counts_for, -(row.lead.value or ZERO), row.lead.id))
    return rows


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads behind a figure.

    `open`, `expected` (open, with a close in the period or on no day), `won` (in the period), or
    a step of a waterfall: `model.slipped`.
    """
    method, dot, step = name.partition(".")
    if dot and method in Method.values:
        found, _reason = kept_fall(replace(filters, by=None), user, method)
        if found is not None and step in found.steps:
            return _these(found.steps[step].leads)
    elif name == "won":
        facts = closings(filters, user).narrowed(Sql("f.status = 'won'"))
        if key and filters.by:
            facts = facts.narrowed(part(facts, filters, filters.by, key))
        return facts.select("l.id")
    elif name in ("open", "expected"):
        rows = weighed_leads(filters, user, key)
        return _these([row.lead.id for row in rows if name == "open" or row.is_expected])
    raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")


def _these(leads: list[uuid.UUID]) -> Sql:
    return Sql("select unnest(%s::uuid[])", (leads,))
