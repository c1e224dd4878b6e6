"""Deal size: what the leads won in the period are worth, and why that changed.

Leads won without a known worth (no value filled in, or in a currency of which no rate was known)
stand apart with their number; a value of 0 is a value. Sums and ranks are exact, in cents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.decomposition import (
    Part,
    Segment,
    parts_of_change,
    to_the_cent,
    verdict,
)
from cadans.insight.dimensions import DIMENSIONS, named, part
from cadans.insight.facts import Facts, Sql, closings
from cadans.insight.filters import NONE, Filters
from cadans.insight.intervals import Z
from cadans.insight.means import NOTHING, Moments, change_interval, mean_interval, slope_of
from cadans.team.models import User
from cadans.team.queries import organisation

# Only the few ranks that are asked for leave the database. `way` says by which of the keys it was
# grouped: a bit for each that was not.
SIZES = """
    select way, {keys}, won, leads, total, squares, cubes,
           ranked[1 + (leads - 1) / 2] as middle_low, ranked[1 + leads / 2] as middle_high,
           ranked[1 + (leads - 1) * 85 / 100] as p85_low,
           ranked[2 + (leads - 1) * 85 / 100] as p85_high,
           ranked[low] as median_low, ranked[leads + 1 - low] as median_high
    from (
        select grouping({keys}) as way, {keys}, count(*) as won, count(worth) as leads,
               coalesce(sum(worth), 0) as total, coalesce(sum(worth * worth), 0) as squares,
               coalesce(sum(worth * worth * worth), 0) as cubes,
               array_agg(worth order by worth) filter (where worth is not null) as ranked
        from ({inner}) each group by grouping sets ({sets})
    ) sizes
    cross join lateral (
        select floor(leads / 2.0 - {z} * sqrt(leads) / 2.0)::int as low
    ) interval_of
"""

# How a lead in several rows is divided over them: by what its lines come to where all are priced,
# else evenly.
DIVIDED = """
    select key, sum(share) as deals, sum(share * worth) as worth from (
        select key, worth, case
            when count(amount) over lead = count(*) over lead and sum(amount) over lead > 0
            then amount / sum(amount) over lead else 1.0 / count(*) over lead end as share
        from ({inner}) each window lead as (partition by lead)
    ) divided group by key
"""

AMOUNTS = {
    "product": ("line.quantity * line.price", ""),
    "product_line": (
        "priced.amount",
        """left join lateral (
            select case when count(p.price) = count(*) then sum(p.quantity * p.price) end as amount
            from leads_leadproduct p join leads_product o on o.id = p.product_id
            where p.lead_id = l.id and o.line_id = line_of.line_id
        ) priced on true""",
    ),
    "team": ("null::numeric", ""),
}
"""What of a lead's value goes to each row, where rows overlap, and the join that tells it."""

RANKED = ("middle_low", "middle_high", "p85_low", "p85_high", "median_low", "median_high")

PARTS = {
    "won": "true",
    "valued": "f.worth is not null",
    "unknown": "f.worth is null",
}
"""What can be opened as a list of leads, under which condition."""


@dataclass(frozen=True)
class Size:
    """What was counted for one row: exact sums, and the worths at the ranks that matter."""

    won: int = 0
    moments: Moments = NOTHING
    ranks: Mapping[str, Decimal | None] = field(default_factory=dict)

    @property
    def leads(self) -> int:
        """How many have a known worth."""
        return self.moments.number


def deal_size(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """Mean, median, 85th percentile and sum of won value, in total and by `filters.by`.

    Amounts are `{"amount", "currency", …}`: text, exact to the cent; null, with a `reason`, where
    there is nothing to compute. `trend` is the slope by month, `change` what changed since the
    period before. Raises Invalid by loss reason, for won leads have none.
    """
    by, currency = filters.by, organisation().currency
    if by == "loss_reason":
        raise Invalid(
            _("Leads that are won have no loss reason. Choose another breakdown."), pointer="/by"
        )
    total, months, rows = total_and(filters, user, "month", by)
    change = change_of(filters, user, total, rows)
    return {
        "metric": "deal-size",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": {
            **figures(total, currency),
            "trend": trend(months, currency),
            "change": change.as_json(currency),
        },
        "rows": [] if by is None else rows_of(by, rows, change, currency),
    }


# ── counting ────────────────────────────────────────────────────────────────────────────────


def won_in(filters: Filters, user: User | None) -> Facts:
    """The leads won in the period."""
    return closings(filters, user).narrowed(Sql("f.status = 'won'"))


Sizes = dict[Any, Size]
"""The size of each value of a breakdown."""


def total_and(
    filters: Filters, user: User | None, first: str | None, second: str | None
) -> tuple[Size, Sizes, Sizes]:
    """The size of all, and of each value of two breakdowns (None: nothing).

    All come from one pass, unless a lead can be in several rows.
    """
    ways = [by for by in dict.fromkeys((first, second)) if by and not DIMENSIONS[by].overlaps]
    total, found = sizes(filters, user, ways)
    for by in (first, second):
        if by and by not in found:
            found |= sizes(filters, user, [by])[1]
    return total, found.get(first, {}), found.get(second, {})


def sizes(
    filters: Filters, user: User | None, ways: Sequence[str]
) -> tuple[Size, dict[str | None, Sizes]]:
    """The size of all rows, and of each value of each breakdown, in one pass."""
    facts, what, join = won_in(filters, user), Sql("null as key_0,"), ""
    for place, by in enumerate(ways):
        what = (Sql("") if place == 0 else what) + DIMENSIONS[by].value(facts, filters)
        what += f"as key_{place},"
        join += DIMENSIONS[by].join(facts)
    keys = [f"key_{place}" for place in range(len(ways) or 1)]
    sets = ", ".join(f"({key})" for key in ("", *keys))
    inner = facts.select(what + "f.worth", join=join)
    text = SIZES.format(inner=inner.text, z=Z, keys=", ".join(keys), sets=sets)
    total = Size()
    found: dict[str | None, Sizes] = {by: {} for by in ways}
    for row in Sql(text, inner.values).rows():
        size = Size(
            row["won"],
            Moments(row["leads"], row["total"], row["squares"], row["cubes"]),
            {name: row[name] for name in RANKED},
        )
        if row["way"] == 2 ** len(keys) - 1:
            total = size
        for place, by in enumerate(ways):
            if not row["way"] & 1 << len(keys) - 1 - place:
                found[by][row[f"key_{place}"]] = size
    return total, found


def segments(
    filters: Filters, user: User | None, by: str, rows: Mapping[Any, Size]
) -> dict[Any, Segment]:
    """The deals of each row with a known worth, each deal counted once in all.

    Where rows overlap (teams, products) a deal is divided over its rows.
    """
    if not DIMENSIONS[by].overlaps:
        return {
            key: Segment(Fraction(size.leads), Fraction(size.moments.total))
            for key, size in rows.items()
        }
    facts = won_in(filters, user).narrowed(Sql("f.worth is not null"))
    amount, more = AMOUNTS[by]
    inner = facts.select(
        DIMENSIONS[by].value(facts, filters) + f"as key, l.id as lead, f.worth, {amount} as amount",
        join=f"{DIMENSIONS[by].join(facts)} {more}",
    )
    return {
        row["key"]: Segment(Fraction(row["deals"]), Fraction(row["worth"]))
        for row in Sql(DIVIDED.format(inner=inner.text), inner.values).rows()
    }


# ── what changed ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Change:
    """The change of the mean since the period before, and what each segment brought to it.

    `reason` says in a fixed word why there is none. `verdict` is one of `chance`, `mix`,
    `across_the_board`, `a_few`, `uneven`, or empty where nothing was broken down.
    """

    since: Filters | None = None
    before: Size = Size()
    whole: Decimal | None = None
    low: float | None = None
    high: float | None = None
    parts: Mapping[Any, Part] = field(default_factory=dict)
    cents: Mapping[Any, tuple[Decimal, Decimal]] = field(default_factory=dict)
    verdict: str = ""
    drivers: Sequence[Any] = ()
    reason: str = ""

    def as_json(self, currency: str) -> dict[str, Any]:
        """The change in total."""
        within, mix = (
            sum((pair[place] for pair in self.cents.values()), Decimal("0.00")) for place in (0, 1)
        )
        told: dict[str, Any] = {
            "amount": None if self.whole is None else str(self.whole),
            "currency": currency,
            "low": cents_of(self.low),
            "high": cents_of(self.high),
            "within": str(within) if self.cents else None,
            "mix": str(mix) if self.cents else None,
            "verdict": self.verdict,
            "before": {
                "from": self.since.since.isoformat() if self.since else None,
                "to": self.since.until.isoformat() if self.since else None,
                **figures(self.before, currency),
            },
        }
        return {**told, "reason": self.reason} if self.reason else told

    def row_as_json(self, key: Any) -> dict[str, Any] | None:
        """What the segment brought, in the organisation's currency; None where nothing was."""
        if key not in self.parts:
            return None
        part, (within, mix) = self.parts[key], self.cents[key]
        return {
            "whole": str(within + mix),
            "within": str(within),
            "mix": str(mix),
            "share": float(part.share),
            "share_before": float(part.share_before),
            "mean": cents_of(part.mean),
            "mean_before": cents_of(part.mean_before),
            "is_driver": key in self.drivers,
        }


def change_of(filters: Filters, user: User | None, now: Size, rows: Mapping[Any, Size]) -> Change:
    """The change since the period before, split over the rows of the breakdown."""
    by, since = filters.by, filters.period_before()
    if since is None:
        return Change(reason="no_period_before")
    split = None if by is None or DIMENSIONS[by].in_order else by
    before, _none, rows_before = total_and(since, user, None, split)
    if not now.leads or not before.leads:
        reason = "none_now" if before.leads else "none_before"
        return Change(since, before, reason=reason)
    whole = to_cents(now.moments.mean) - to_cents(before.moments.mean)
    low, high = change_interval(before.moments, now.moments)
    change = Change(since, before, whole, low, high)
    if by is None or split is None:
        return change
    earlier = segments(since, user, by, rows_before)
    parts = parts_of_change(earlier, segments(filters, user, by, rows))
    each = to_the_cent([cut for one in parts.values() for cut in (one.within, one.mix)], whole)
    word, drivers = verdict(parts, Fraction(whole)) if whole else ("", [])
    if low is None or high is None or low <= 0 <= high:
        word = "chance"
    return replace(
        change,
        parts=parts,
        cents=dict(zip(parts, zip(each[::2], each[1::2], strict=True), strict=True)),
        verdict=word,
        drivers=drivers,
    )


# ── the answer ──────────────────────────────────────────────────────────────────────────────


def rows_of(
    by: str, found: Mapping[Any, Size], change: Change, currency: str
) -> list[dict[str, Any]]:
    """The rows: periods in their order without gaps, all else by the value won.

    Segments that had deals in the period before and have none now are there too.
    """
    if DIMENSIONS[by].in_order and found:
        step, day, filled = relativedelta(months=1 if by == "month" else 3), min(found), {}
        while day <= max(found):
            filled[day] = found.get(day, Size())
            day += step
        found = filled
    keys = [*found, *(key for key in change.parts if key not in found)]
    labels = named(by, keys)
    rows = [
        {
            "key": labels[key][0],
            "label": labels[key][1],
            **figures(found.get(key, Size()), currency),
            "change": change.row_as_json(key),
        }
        for key in keys
    ]
    if not DIMENSIONS[by].in_order:
        worths = {labels[key][0]: size.moments.total for key, size in found.items()}
        rows.sort(
            key=lambda row: (
                row["key"] == NONE,
                -worths.get(row["key"], Decimal(0)),
                row["label"].lower(),
            )
        )
    return rows


def figures(size: Size, currency: str) -> dict[str, Any]:
    """One row's figures."""
    reason = {} if size.leads else {"reason": "no_values" if size.won else "no_leads"}
    shape: dict[str, Any] = {"won": size.won, "leads": size.leads}
    shape["without_value"] = size.won - size.leads
    total = to_cents(size.moments.total) if size.leads or not size.won else None
    shape["won_value"] = {"amount": None if total is None else str(total), "currency": currency}
    if total is None:
        shape["won_value"] |= reason
    mean = median = p85 = None
    low, high = mean_interval(size.moments)
    if size.leads:
        mean = size.moments.mean
        median = between(size, "middle", Fraction(size.leads - 1, 2) % 1)
        p85 = between(size, "p85", Fraction((size.leads - 1) * 85, 100) % 1)
    for name, value, bounds in (
        ("mean", mean, (low, high)),
        ("median", median, (size.ranks.get("median_low"), size.ranks.get("median_high"))),
        ("p85", p85, None),
    ):
        shape[name] = {"amount": cents_of(value), "currency": currency}
        if bounds is not None:
            shape[name] |= {"low": cents_of(bounds[0]), "high": cents_of(bounds[1])}
        shape[name] |= reason
    return shape


def between(size: Size, name: str, way: Fraction) -> Fraction:
    """A quantile between two neighbouring worths: `way` from the lower to the higher."""
    low, high = size.ranks[f"{name}_low"], size.ranks.get(f"{name}_high")
    assert low is not None
    return Fraction(low) + way * (Fraction(low if high is None else high) - Fraction(low))


def trend(months: Mapping[date, Size], currency: str) -> dict[str, Any]:
    """How much a deal grows from month to month; null below three months or eight deals."""
    if not months:
        return {**NO_TREND, "currency": currency, "reason": "no_leads"}
    first = min(months)
    points = {
        (month.year - first.year) * 12 + month.month - first.month: size.moments
        for month, size in months.items()
        if size.leads
    }
    found = slope_of(points)
    if found is None:
        return {**NO_TREND, "currency": currency, "reason": "too_few"}
    return {
        "amount": cents_of(found.value),
        "currency": currency,
        "low": cents_of(found.low),
        "high": cents_of(found.high),
        "months": len(points),
    }


NO_TREND = {"amount": None, "low": None, "high": None}


def to_cents(amount: Decimal | Fraction | float) -> Decimal:
    """An amount as whole cents; halves to the even one."""
    exact = Fraction(amount) * 100
    return Decimal(round(exact)).scaleb(-2)


def cents_of(amount: Decimal | Fraction | float | None) -> str | None:
    """An amount as text, in whole cents; None for none."""
    return None if amount is None else str(to_cents(amount))


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads behind a figure: the part `name` of the row `key` ("": the total)."""
    if name not in PARTS:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    facts = won_in(filters, user).narrowed(Sql(PARTS[name]))
    if key and filters.by:
        facts = facts.narrowed(part(facts, filters, filters.by, key))
    return facts.select("l.id")
