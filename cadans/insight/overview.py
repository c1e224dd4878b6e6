"""The six figures of the overview, each with its trend by month, its target and its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cadans.insight.filters import Filters
from cadans.insight.forecast.accuracy import accuracy
from cadans.insight.headlines import at
from cadans.insight.models import Target
from cadans.insight.reports import report
from cadans.team.models import User

SHARE, MONEY, LENGTH = "share", "money", "days"


@dataclass(frozen=True)
class Measure:
    """One of the six: which report tells it, where it stands in the total and in a month's row,
    what it is counted in, and whether more of it is better."""

    metric: str
    kind: str
    of: Callable[[Mapping[str, Any]], Any]
    of_month: Callable[[Mapping[str, Any]], Any]
    more_is_better: bool = True


def _place(place: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda figures: at(figures, place)


def _first_stage(row: Mapping[str, Any]) -> Any:
    return row["stages"][0]["win_rate"] if row.get("stages") else None


MEASURES: dict[str, Measure] = {
    "adoption": Measure("adoption", SHARE, _place("adoption"), _place("adoption")),
    "conversion": Measure("funnel", SHARE, _place("win_rate"), _first_stage),
    "win-rate": Measure("win-rate", SHARE, _place("win_rate"), _place("win_rate")),
    "deal-size": Measure("deal-size", MONEY, _place("mean"), _place("mean")),
    "accuracy": Measure("forecast", SHARE, _place("accuracy"), _place("accuracy")),
    "cycle": Measure("cycle", LENGTH, _place("won"), _place("won"), more_is_better=False),
}
"""The overview's figures in their order."""

DEFAULT_TARGETS = {"adoption": Decimal(1)}

METHODS = ("model", "stage", "basic")
"""Forecasts by how much one looks at them: the first that can be judged counts."""

PERIODS = 4
"""Forecast accuracy is that of the last four periods that are over."""


@dataclass(frozen=True)
class Point:
    """A figure at some time as a number, with its interval; None for what cannot be computed."""

    value: float | None
    low: float | None = None
    high: float | None = None
    label: str = ""


@dataclass(frozen=True)
class Told:
    """One figure of the overview: now, in the period before, month by month; and its target.

    `shape` is what the report says of it: numerator and denominator, currency, a reason; `stage`
    the one that a conversion is counted from.
    """

    name: str
    measure: Measure
    now: Point
    before: Point | None
    months: list[Point]
    target: Decimal | None
    shape: Mapping[str, Any]
    stage: str = ""


def told(name: str, filters: Filters, user: User | None) -> Told:
    """A figure of MEASURES. KeyError for a name that is none."""
    measure = MEASURES[name]
    target = targets().get(name)
    if name == "accuracy":
        return _accuracy(measure, filters, user, target)
    answer = report(measure.metric, replace(filters, by="month"), user)
    earlier = filters.period_before()
    before = None if earlier is None else report(measure.metric, replace(earlier, by=None), user)
    months = [point(measure.of_month(row), row["label"]) for row in answer["rows"]]
    found = measure.of(answer["total"])
    return Told(
        name,
        measure,
        point(found),
        None if before is None else point(measure.of(before["total"])),
        months,
        target,
        found or {},
        str(answer["total"].get("stage") or ""),
    )


def point(figure: Any, label: str = "") -> Point:
    """A rate, an amount or a length as a number with its interval."""
    if not isinstance(figure, Mapping):
        return Point(None, label=label)
    value = next((figure[key] for key in ("value", "amount", "median") if key in figure), None)
    low, high = figure.get("low"), figure.get("high")
    return Point(
        None if value is None else float(value),
        None if low is None else float(low),
        None if high is None else float(high),
        label,
    )


def _accuracy(
    measure: Measure, filters: Filters, user: User | None, target: Decimal | None
) -> Told:
    """1 − the mean error of the last periods, by the first method that can be judged."""
    answer = accuracy(replace(filters, by=None), user)
    for method in METHODS:
        judged = at(answer, f"methods.{method}.start")
        mean = at(judged, f"mape.{PERIODS}") if judged else None
        if mean and mean["value"] is not None:
            months = [_of_period(row, method) for row in reversed(answer["periods"])]
            shape = {"method": method, "periods": mean["periods"]}
            return Told("accuracy", measure, Point(1 - mean["value"]), None, months, target, shape)
    reason = answer.get("reason", "no_periods")
    return Told("accuracy", measure, Point(None), None, [], target, {"reason": reason})


def _of_period(row: Mapping[str, Any], method: str) -> Point:
    found = at(row, f"methods.{method}.start.accuracy")
    value = found.get("value") if isinstance(found, Mapping) else found
    return Point(None if value is None else float(value), label=row["label"])


def targets() -> dict[str, Decimal]:
    """Each figure's target, those that nobody set included."""
    return {**DEFAULT_TARGETS, **dict(Target.objects.values_list("figure", "value"))}
