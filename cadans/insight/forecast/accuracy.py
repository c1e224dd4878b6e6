"""How right past forecasts were: accuracy, bias, mean error, and how often the interval held.

    accuracy = 1 − |actual − forecast| / actual        bias = (forecast − actual) / actual
    MAPE = the mean of |actual − forecast| / actual over the last 4, 8 and 12 periods

Forecasts are the snapshots of a period's first day and of 30, 60 and 90 days before its end, as
they were kept; the actual is what was won in it, as the closings stand now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dateutil.relativedelta import relativedelta

from cadans.insight.dimensions import DIMENSIONS, named
from cadans.insight.facts import Sql, closings
from cadans.insight.filters import Filters
from cadans.insight.forecast.snapshots import (
    BEFORE_END,
    Span,
    Whose,
    filters_of,
    month_of,
    quarter_of,
    scope_of,
)
from cadans.insight.intervals import rate
from cadans.insight.models import Snapshot
from cadans.insight.models.forecast import Method
from cadans.team.models import User
from cadans.team.queries import organisation
from cadans.team.queries import today as local_today

LOOKS_BACK = (4, 8, 12)
"""Over how many periods the mean error is taken."""

MARKS = ("start", *(str(days) for days in BEFORE_END))

LONGEST_MONTH = 45
"""Days; a longer period is judged by quarters."""


@dataclass(frozen=True)
class Judged:
    """One forecast held against what came. All None, with a reason, where that cannot be."""

    forecast: Decimal | None = None
    bias: Fraction | None = None
    held: bool | None = None
    reason: str = ""

    @property
    def error(self) -> Fraction | None:
        """|actual − forecast| / actual."""
        return None if self.bias is None else abs(self.bias)

    def as_json(self) -> dict[str, Any]:
        """The shape of the API."""
        shape = {
            "forecast": None if self.forecast is None else str(self.forecast),
            "accuracy": None if self.error is None else float(1 - self.error),
            "bias": None if self.bias is None else float(self.bias),
            "within_interval": self.held,
        }
        return {**shape, "reason": self.reason} if self.reason else shape


def judge(
    forecast: Decimal | None,
    actual: Decimal,
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    reason: str = "",
) -> Judged:
    """Hold a forecast against the actual. `reason`: why there is no forecast."""
    if forecast is None:
        return Judged(reason=reason or "no_snapshot")
    held = None if low is None or high is None else low <= actual <= high
    if actual == 0:
        return Judged(forecast, None, held, "nothing_won")
    return Judged(forecast, Fraction(forecast - actual) / Fraction(actual), held)


def mean_of(values: Iterable[Fraction | None], most: int) -> dict[str, Any]:
    """The mean of those of the last `most` values (the newest first) that can be computed."""
    row = list(values)[:most]
    known = [value for value in row if value is not None]
    if not known:
        return {"value": None, "periods": 0, "of": most, "reason": "no_periods"}
    return {"value": float(sum(known) / len(known)), "periods": len(known), "of": most}


def unit_of(filters: Filters) -> str:
    """Whether a period is judged by months or by quarters."""
    return "month" if (filters.until - filters.since).days <= LONGEST_MONTH else "quarter"


def last_spans(unit: str, today: date, count: int = LOOKS_BACK[-1]) -> list[Span]:
    """The last periods that are over, the newest first."""
    of_day, months = (month_of, 1) if unit == "month" else (quarter_of, 3)
    first = of_day(today).since
    return [of_day(first - relativedelta(months=months * n)) for n in range(1, count + 1)]


def accuracy(filters: Filters, user: User | None, *, today: date | None = None) -> dict[str, Any]:
    """The last twelve periods that are over, judged, and what they come to for each method.

    `{"unit", "periods": [{"key", "label", "actual", "methods": {method: {mark: …}}}], "methods":
    {method: {mark: {"mape": {"4", "8", "12"}, "bias": …, "coverage"}}}}`, the newest period first.
    Only what is kept can be judged: a single owner, team or pipeline, or all; otherwise it is
    empty, with a `reason`.
    """
    unit = unit_of(filters)
    whose = scope_of(filters, user)
    if whose is None:
        return {"unit": unit, "reason": "not_kept", "periods": [], "methods": {}}
    spans = last_spans(unit, today or local_today())
    currency = organisation().currency
    actuals = actuals_of(whose, spans, unit)
    said = kept(whose, spans, currency)
    labels = named(unit, [span.since for span in spans])
    judged = {span: judge_all(said.get(span, {}), actuals[span]) for span in spans}
    return {
        "unit": unit,
        "periods": [
            {
                "key": labels[span.since][0],
                "label": labels[span.since][1],
                "from": span.since.isoformat(),
                "to": span.until.isoformat(),
                "actual": {"amount": str(actuals[span]), "currency": currency},
                "methods": {
                    method: {mark: judged[span][method, mark].as_json() for mark in MARKS}
                    for method in Method.values
                },
            }
            for span in spans
        ],
        "methods": {
            method: {
                mark: summary([judged[span][method, mark] for span in spans]) for mark in MARKS
            }
            for method in Method.values
        },
    }


def summary(judged: list[Judged]) -> dict[str, Any]:
    """Mean error and bias over the last periods, and how often the interval held the actual."""
    held = [one.held for one in judged if one.held is not None]
    return {
        "mape": {str(most): mean_of((one.error for one in judged), most) for most in LOOKS_BACK},
        "bias": {str(most): mean_of((one.bias for one in judged), most) for most in LOOKS_BACK},
        "coverage": rate(sum(held), len(held), reason="" if held else "no_intervals").as_json(),
    }


def judge_all(
    said: Mapping[tuple[str, str], Snapshot], actual: Decimal
) -> dict[tuple[str, str], Judged]:
    """Every method at every mark of one period."""
    answers = {}
    for method in Method.values:
        for mark in MARKS:
            row = said.get((method, mark))
            answers[method, mark] = (
                judge(None, actual)
                if row is None
                else judge(row.value, actual, low=row.low, high=row.high, reason=row.reason)
            )
    return answers


def kept(
    whose: Whose, spans: list[Span], currency: str
) -> dict[Span, dict[tuple[str, str], Snapshot]]:
    """The snapshots of each period's marks, by method and mark, in one query."""
    wanted: dict[tuple[date, date], list[tuple[Span, str]]] = {}
    for span in spans:
        for mark, day in span.marks.items():
            wanted.setdefault((span.since, day), []).append((span, mark))
    rows = Snapshot.objects.filter(
        scope=whose[0],
        scope_id=whose[1],
        since__in=[span.since for span in spans],
        until__in=[span.until for span in spans],
        day__in={day for _since, day in wanted},
        currency=currency,
    )
    said: dict[Span, dict[tuple[str, str], Snapshot]] = {}
    for row in rows:
        for span, mark in wanted.get((row.since, row.day), ()):
            if row.until == span.until:
                said.setdefault(span, {})[row.method, mark] = row
    return said


def actuals_of(whose: Whose, spans: list[Span], unit: str) -> dict[Span, Decimal]:
    """What was won in each period, in one query."""
    whole = Span(min(span.since for span in spans), max(span.until for span in spans))
    filters = filters_of(whose, whole)
    facts = closings(filters, None).narrowed(Sql("f.status = 'won'"))
    key = DIMENSIONS[unit].value(facts, filters)
    rows = (facts.select(key + "as key, coalesce(sum(f.worth), 0) as won") + "group by 1").rows()
    won = {row["key"]: row["won"] for row in rows}
    return {span: won.get(span.since, Decimal("0.00")) for span in spans}
