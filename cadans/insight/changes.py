"""What changed most since the period before, and where: the changes that are no chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import erfc, sqrt
from typing import Any

from cadans.insight.filters import Filters
from cadans.insight.intervals import Z
from cadans.insight.overview import MEASURES, Measure, point
from cadans.insight.reports import report
from cadans.insight.strata import false_discoveries
from cadans.team.models import User

SURE = 0.05

LOOKED_AT = {
    "win-rate": ("owner", "source", "product_line", "territory"),
    "deal-size": ("owner", "source", "product_line", "territory"),
    "cycle": ("owner", "source", "product_line", "territory"),
}
"""Figures and the breakdowns in which they are compared."""

FEWEST = 10
"""A part that rests on fewer leads in either period is not compared."""


@dataclass(frozen=True)
class Change:
    """A figure of all leads (`by` empty) or of one part of a breakdown, before and now; `chance`
    is how likely chance alone does as much, corrected for all that was compared."""

    figure: str
    measure: Measure
    by: str
    key: str
    label: str
    before: float
    now: float
    chance: float
    currency: str = ""

    @property
    def part(self) -> float:
        """The change as a part of what was."""
        return self.now / self.before - 1

    @property
    def is_better(self) -> bool:
        """Whether it is a change to the good."""
        return (self.now > self.before) == self.measure.more_is_better


@dataclass(frozen=True)
class Changes:
    """The changes that are no chance, the largest first, and how many were looked at."""

    found: list[Change]
    compared: int


def changes(filters: Filters, user: User | None) -> Changes | None:
    """What changed since the period before; None for all time, which has nothing before it.

    Two figures are compared by their intervals: the difference over √(se₁² + se₂²), an interval
    of 95 % being 3.92 se wide. All comparisons together are corrected by Benjamini and Hochberg.
    """
    earlier = filters.period_before()
    if earlier is None:
        return None
    rows = [
        change
        for figure, breakdowns in LOOKED_AT.items()
        for by in breakdowns
        for change in _compared(figure, by, filters, earlier, user)
    ]
    # The whole comes along with each breakdown, and counts once.
    once = list({(row.figure, row.by, row.key): row for row in rows}.values())
    corrected = false_discoveries([row.chance for row in once])
    sure = [
        replace(row, chance=chance)
        for row, chance in zip(once, corrected, strict=True)
        if chance < SURE
    ]
    sure.sort(key=lambda row: (-abs(row.part), row.chance))
    return Changes(sure, len(once))


def _compared(
    figure: str, by: str, filters: Filters, earlier: Filters, user: User | None
) -> Iterator[Change]:
    measure = MEASURES[figure]
    now, before = (
        report(measure.metric, replace(asked, by=by), user) for asked in (filters, earlier)
    )
    of_row = measure.of_month
    was = {row["key"]: row for row in before["rows"]}
    pairs: list[tuple[str, str, str, Any, Any]] = [
        (by, row["key"], row["label"], of_row(row), of_row(was[row["key"]]))
        for row in now["rows"]
        if row["key"] in was
    ]
    pairs.append(("", "", "", measure.of(now["total"]), measure.of(before["total"])))
    for place, key, label, here, there in pairs:
        chance = _chance(here, there, now, before, key, _count_of)
        if chance is None:
            continue
        yield Change(
            figure,
            measure,
            place,
            key,
            label,
            before=point(there).value or 0.0,
            now=point(here).value or 0.0,
            chance=chance,
            currency=here.get("currency", "") if isinstance(here, Mapping) else "",
        )


def _count_of(figure: Any, answer: Mapping[str, Any], key: str) -> int:
    """On how many leads a figure rests."""
    if isinstance(figure, Mapping):
        for name in ("denominator", "leads"):
            if isinstance(figure.get(name), int):
                return int(figure[name])
    row = next((one for one in answer["rows"] if one["key"] == key), answer["total"])
    return int(row.get("leads") or 0)


def _chance(
    here: Any,
    there: Any,
    now: Mapping[str, Any],
    before: Mapping[str, Any],
    key: str,
    count: Callable[[Any, Mapping[str, Any], str], int],
) -> float | None:
    """How likely chance alone does as much; None for what cannot be compared."""
    if min(count(here, now, key), count(there, before, key)) < FEWEST:
        return None
    one, other = point(here), point(there)
    bounds = (one.low, one.high, other.low, other.high)
    if one.value is None or not other.value or any(bound is None for bound in bounds):
        return None
    widths = [
        float(one.high or 0) - float(one.low or 0),
        float(other.high or 0) - float(other.low or 0),
    ]
    error = sqrt(sum(width * width for width in widths)) / (2 * Z)
    if not error:
        return None
    return erfc(abs(one.value - other.value) / error / sqrt(2))
