"""The quick no: what leads have in common that are lost almost at once.

A quick no is a lead lost within the first quarter of the usual cycle: the median of the days to
won, of the leads won in the period. Among the leads closed in the period, each trait is held
against the leads of which the same thing is known but different, by Fisher's exact test; of all
that were tested those are named that remain at 5 % by Benjamini and Hochberg.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.facts import Sql, closings
from cadans.insight.filters import Filters
from cadans.insight.funnel import in_one_pipeline
from cadans.insight.intervals import FEW, Z, rate
from cadans.insight.traits import band_of, condition_for, labels_of, with_traits
from cadans.team.models import User

QUARTER = 4
"""The part of the usual cycle within which a no is quick."""

LEAST_WON = 8
"""Below so many leads won there is no usual cycle (nor an interval of its median)."""

FALSE_SHARE = 0.05
"""How many of the traits that are named may be named by chance (the false discovery rate)."""

USUAL = """
    count(*) as closed, count(*) filter (where f.status = 'won') as won,
    percentile_cont(0.5) within group (order by extract(epoch from f.at - f.opened_at)::float8)
        filter (where f.status = 'won') / 86400 as days
"""

QUICK = "(f.status = 'lost' and extract(epoch from f.at - f.opened_at)::float8 / 86400 <= %s)"

COUNTED = f"""
    trait.name, trait.value, min(trait.number) as low, max(trait.number) as high,
    count(*) as leads, count(*) filter (where {QUICK}) as quick,
    count(*) filter (where f.status = 'won') as won,
    count(*) filter (where trait.is_first) as known,
    count(*) filter (where trait.is_first and {QUICK}) as known_quick
"""

PARTS = {
    "closed": "true",
    "quick": QUICK,
    "won": "f.status = 'won'",
}
"""What can be opened as a list of leads, under which condition."""


def quick_no(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """The traits of leads that are lost at once, the likeliest first.

    Each row: `leads` closed with the trait, `won` of them, the rate of quick noes `with` it and
    among the `others`, the `lift` (how many times as often, with its interval), `p`, `q` (p after
    correction), `is_named`, and the `condition` of a rule. Raises Invalid for a breakdown.
    """
    if filters.by is not None:
        raise Invalid(_("Traits are no further broken down."), pointer="/by")
    filters = in_one_pipeline(filters)
    total = closings(filters, user).select(USUAL).rows()[0]
    limit = usual_limit(total)
    rows = [] if limit is None else tested(filters, user, limit)
    quick = 0 if limit is None else quick_in(filters, user, limit)
    return {
        "metric": "quick-no",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": {
            "closed": total["closed"],
            "won": total["won"],
            "usual_days": total["days"] if limit is not None else None,
            "limit_days": limit,
            "quick": rate(
                quick, total["closed"], reason="" if limit is not None else "no_usual_cycle"
            ).as_json(),
            "tested": len(rows),
            "named": sum(row["is_named"] for row in rows),
        },
        "rows": rows,
    }


def usual_limit(total: dict[str, Any]) -> float | None:
    """The days within which a no is quick; None while too few leads were won to say."""
    if total["won"] < LEAST_WON:
        return None
    days: float = total["days"]
    return days / QUARTER


def quick_in(filters: Filters, user: User | None, limit: float) -> int:
    """How many leads of the period were a quick no."""
    found = closings(filters, user).narrowed(Sql(QUICK, (limit,))).select("count(*) as quick")
    count: int = found.rows()[0]["quick"]
    return count


def tested(filters: Filters, user: User | None, limit: float) -> list[dict[str, Any]]:
    """Every trait that enough leads have and enough others have not, with its test."""
    facts = with_traits(closings(filters, user))
    counted = (facts.select(Sql(COUNTED, (limit, limit))) + "group by 1, 2").rows()
    known: dict[str, tuple[int, int]] = {}
    for row in counted:
        leads, quick = known.get(row["name"], (0, 0))
        known[row["name"]] = (leads + row["known"], quick + row["known_quick"])
    chosen = [
        row
        for row in counted
        if row["leads"] >= FEW and known[row["name"]][0] - row["leads"] >= FEW
    ]
    if not chosen:
        return []
    import numpy as np  # large, as the next: only this report needs them
    from scipy import stats

    tables = []
    for row in chosen:
        leads, quick = known[row["name"]]
        tables.append((row["quick"], row["leads"], quick - row["quick"], leads - row["leads"]))
    ps = [
        float(stats.fisher_exact(np.array([[a, n - a], [b, m - b]])).pvalue)
        for a, n, b, m in tables
    ]
    qs = stats.false_discovery_control(ps)
    labels = labels_of(chosen)
    rows = [
        shaped(row, table, p, float(q), labels[row["name"], row["value"]])
        for row, table, p, q in zip(chosen, tables, ps, qs, strict=True)
    ]
    rows.sort(key=lambda row: (not row["is_named"], row["p"], row["trait"], row["label"]))
    return rows


def shaped(
    row: dict[str, Any],
    table: tuple[int, int, int, int],
    p: float,
    q: float,
    label: tuple[str, str],
) -> dict[str, Any]:
    """A row of the answer."""
    quick, leads, others_quick, others = table
    lift = lift_of(quick, leads, others_quick, others)
    more = quick * others > others_quick * leads
    return {
        "key": f"{row['name']}:{row['value']}",
        "label": f"{label[0]}: {label[1]}",
        "trait": label[0],
        "value": label[1],
        "leads": leads,
        "won": row["won"],
        "with": rate(quick, leads).as_json(),
        "others": rate(others_quick, others).as_json(),
        "lift": lift,
        "p": p,
        "q": q,
        "is_named": more and q <= FALSE_SHARE,
        "condition": condition_for(row["name"], row["value"], label[1], band_of(row)),
    }


def lift_of(quick: int, leads: int, others_quick: int, others: int) -> dict[str, Any]:
    """How many times as often leads with the trait are a quick no, with its interval.

    The interval is Katz's, on the logarithm; where one side has none at all, a half is added to
    both counts of it (Walter), and the lift is null when the others have none.
    """
    if not others_quick:
        value, reason = None, {"reason": "none_elsewhere"}
    else:
        value, reason = (quick / leads) / (others_quick / others), {}
    extra = 0.0 if quick and others_quick else 0.5
    a, n, b, m = quick + extra, leads + extra, others_quick + extra, others + extra
    middle = log((a / n) / (b / m))
    reach = Z * sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return {"value": value, "low": exp(middle - reach), "high": exp(middle + reach), **reason}


def leads_of(filters: Filters, user: User | None, key: str, name: str) -> Sql:
    """The ids of the leads behind a figure: the part `name` of the trait `key` ("": of all)."""
    if name not in PARTS:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    filters = in_one_pipeline(filters)
    facts = closings(filters, user)
    condition = Sql(PARTS[name])
    if name == "quick":
        limit = usual_limit(facts.select(USUAL).rows()[0])
        condition = Sql("false") if limit is None else Sql(QUICK, (limit,))
    if key:
        trait, _colon, value = key.partition(":")
        facts = with_traits(facts).narrowed(
            Sql("trait.name = %s and trait.value = %s", (trait, value))
        )
    return facts.narrowed(condition).select("l.id")
