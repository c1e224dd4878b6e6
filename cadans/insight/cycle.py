"""Cycle length: how many days leads take from opening to being won, and, apart, to being lost.

Counted are the leads closed in the period, by the day they closed; those still open have no
length yet and stand in no figure. Where the decision was asked for, the days before and after
the asking stand beside each other: they say whether a long cycle is long at its start or its end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from cadans.ground.errors import Invalid
from cadans.insight.dimensions import DIMENSIONS, a_stage, named, part
from cadans.insight.facts import Facts, Sql, closings, reading_much
from cadans.insight.filters import NONE, Filters
from cadans.insight.intervals import Z, rate
from cadans.process.models import Stage
from cadans.team.models import User

LENGTHS = ("won", "lost", "before_ask", "ask_to_decision")
"""The lengths that are measured, in days."""

SHARE = "share_after_ask"
"""Measured beside them: which part of its cycle a lead spent after the ask."""

DAY = 86_400.0

# The stages that each process version marks as the ask, as pairs of version and stage.
ASKS = """
    select version.id as version_id, stage.id as stage_id
    from process_processversion version
    cross join jsonb_array_elements(version.document -> 'stages') drawn
    join process_stage stage
      on stage.pipeline_id = version.pipeline_id and stage.key = drawn ->> 'key'
    where drawn ->> 'is_ask' = 'true'
"""

# (`date_part` is a float8; `extract` would be an exact numeric, which takes ten times as long.)

# When the decision was first asked for, between opening and closing.
ASKED = """
    left join (
        select c.lead_id, min(asking.at) as at
        from leads_closing c
        join (
            select v.lead_id, v.entered_at as at from leads_stagevisit v
            join unnest(%s::uuid[], %s::uuid[]) asks(version_id, stage_id)
              on asks.version_id = v.version_id and asks.stage_id = v.stage_id
            union all
            select a.lead_id, a.at from leads_activity a where a.kind = 'ask' and a.held
        ) asking on asking.lead_id = c.lead_id and asking.at between c.opened_at and c.at
        where c.reopened_at is null and c.at >= %s and c.at < %s
        group by c.lead_id
    ) asked on asked.lead_id = l.id
"""

MEASURED = f"""
    cross join lateral (values
        (f.status, date_part('epoch', f.at - f.opened_at) / {DAY}),
        ('before_ask', date_part('epoch', asked.at - f.opened_at) / {DAY}),
        ('ask_to_decision', date_part('epoch', f.at - asked.at) / {DAY}),
        ('{SHARE}', date_part('epoch', f.at - asked.at)
            / nullif(date_part('epoch', f.at - f.opened_at), 0))
    ) measured(length, days)
"""

# Each group's lengths in order, sorted once; what is asked of them is looked up by its place. A
# percentile lies between two places as percentile_cont has it; the interval of a median holds
# between two of the ranked lengths (see docs/reference/metrics.md).
SUMMED = """
    select whole, key, length, leads, mean,
           array[ranked[half] + half_part * (ranked[ceil(half_at)::int + 1] - ranked[half]),
                 ranked[most] + most_part * (ranked[ceil(most_at)::int + 1] - ranked[most])
           ] as points,
           case when low_place >= 1 then ranked[low_place] end as low,
           case when low_place >= 1 then ranked[leads + 1 - low_place] end as high
    from (
        select {key}, length, count(*)::int as leads,
               avg(days) as mean, array_agg(days order by days) as ranked
        from ({inner}) each where days is not null group by grouping sets ({sets})
        offset 0
    ) grouped
    cross join lateral (
        select 0.5::float8 * (leads - 1) as half_at, 0.85::float8 * (leads - 1) as most_at,
               floor(leads / 2.0 - {z} * sqrt(leads) / 2.0)::int as low_place
    ) places
    cross join lateral (
        select floor(half_at)::int + 1 as half, half_at - floor(half_at) as half_part,
               floor(most_at)::int + 1 as most, most_at - floor(most_at) as most_part
    ) parts
"""

# The days that a lead spent in each stage until it closed, all its visits to it together.
IN_STAGES = """
    join leads_stagevisit v on v.lead_id = f.lead_id and v.entered_at <= f.at
    join process_stage stage on stage.id = v.stage_id and stage.ends_in = ''
"""
SPENT = f"""
    v.stage_id as key, f.status as length, sum(
        date_part('epoch', least(coalesce(v.left_at, f.at), f.at) - v.entered_at) / {DAY}) as days
"""

PARTS = {
    "closed": "true",
    "won": "f.status = 'won'",
    "lost": "f.status = 'lost'",
    "asked": "asked.at is not null",
}
"""What can be opened as a list of leads, under which condition."""


def cycle(filters: Filters, user: User | None = None) -> dict[str, Any]:
    """Days to won and to lost, in total, by `filters.by`, and in each stage.

    A length is `{"mean", "median", "p85", "low", "high", "leads"}`: days, with the interval of
    the median; null, with a `reason`, where there are no leads.
    """
    by = filters.by
    with reading_much():
        total, rows = lengths(asked(filters, user), filters, by)
        stages = in_stages(filters, user)
    return {
        "metric": "cycle",
        "period": filters.period_as_json(),
        "filters": filters.as_json(),
        "total": {**figures(total), "stages": stages},
        "rows": [] if by is None else rows_of(by, rows),
    }


def cycle_rows(filters: Filters, user: User | None) -> list[dict[str, Any]]:
    """The rows by `filters.by` alone, for who has the total already."""
    by = filters.by
    return [] if by is None else rows_of(by, lengths(asked(filters, user), filters, by)[1])


def days_to_win(filters: Filters, user: User | None) -> dict[str, Any]:
    """The length `won` of the total alone, as `cycle` has it."""
    facts = closings(filters, user).narrowed(Sql("f.status = 'won'"))
    days = f"date_part('epoch', f.at - f.opened_at) / {DAY} as days"
    total, _rows = summed(facts.select(f"null as key, f.status as length, {days}"), WHOLE)
    return length(total.get("won"))


def asked(filters: Filters, user: User | None) -> Facts:
    """The closings of the period, each with `asked.at`: when the decision was asked for, if so."""
    pairs = Sql(ASKS).rows()
    values = (
        *([pair[name] for pair in pairs] for name in ("version_id", "stage_id")),
        *(filters.begins, filters.ends),
    )
    facts = closings(filters, user)
    return replace(facts, source=facts.source + Sql(ASKED, values))


Lengths = dict[str, dict[str, Any]]
"""What was summed of each length, by its name."""

WHOLE, EACH = "(length)", "(key, length)"
"""What is summed: the whole, or each value of the breakdown."""


def lengths(facts: Facts, filters: Filters, by: str | None) -> tuple[Lengths, dict[Any, Lengths]]:
    """The lengths of the whole, and of each value of the breakdown.

    Both come from one pass, unless a lead can be in several rows, or in none.
    """
    if by is None:
        return summed(measured(facts, filters, None), WHOLE)
    if by == "loss_reason":
        # Won leads have no reason; they are no row of their own.
        lost = facts.narrowed(Sql("f.status = 'lost'"))
        return lengths(facts, filters, None)[0], summed(measured(lost, filters, by), EACH)[1]
    if DIMENSIONS[by].overlaps:
        return lengths(facts, filters, None)[0], summed(measured(facts, filters, by), EACH)[1]
    return summed(measured(facts, filters, by), f"{WHOLE}, {EACH}")


def measured(facts: Facts, filters: Filters, by: str | None) -> Sql:
    """One row a lead and length, with the value of the breakdown."""
    key, join = Sql("null"), ""
    if by is not None:
        key, join = DIMENSIONS[by].value(facts, filters), DIMENSIONS[by].join(facts)
    return facts.select(key + "as key, measured.length, measured.days", join=join + MEASURED)


def summed(inner: Sql, sets: str) -> tuple[Lengths, dict[Any, Lengths]]:
    """Mean, median and the rest of rows of `key`, `length` and `days`: in all, and by key."""
    whole: Lengths = {}
    found: dict[Any, Lengths] = {}
    # Only our own text is put into the query; its values travel beside it.
    key = "true as whole, null as key" if sets == WHOLE else "grouping(key) = 1 as whole, key"
    query = Sql(SUMMED.format(z=Z, inner=inner.text, key=key, sets=sets), inner.values)
    for row in query.rows():
        (whole if row["whole"] else found.setdefault(row["key"], {}))[row["length"]] = row
    return whole, found


def in_stages(filters: Filters, user: User | None) -> list[dict[str, Any]]:
    """The days spent in each stage by the leads won, and by those lost, in the stages' order."""
    spent = closings(filters, user).select(SPENT, join=IN_STAGES)
    _whole, found = summed(spent + "group by l.id, f.status, v.stage_id", EACH)
    stages = Stage.objects.select_related("pipeline").filter(id__in=found)
    ordered = sorted(
        stages,
        key=lambda stage: (stage.pipeline.position, stage.pipeline.name, stage.position),
    )
    several = len({stage.pipeline_id for stage in ordered}) > 1
    return [
        {
            "key": f"{stage.pipeline.key}/{stage.key}",
            "label": f"{stage.pipeline.name}: {stage.label}" if several else stage.label,
            **{name: length(found[stage.id].get(name)) for name in ("won", "lost")},
        }
        for stage in ordered
    ]


def rows_of(by: str, found: dict[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows: periods in their order without gaps, all else by the number of leads."""
    if DIMENSIONS[by].in_order and found:
        step, day, filled = relativedelta(months=1 if by == "month" else 3), min(found), {}
        while day <= max(found):
            filled[day] = found.get(day, {})
            day += step
        found = filled
    labels = named(by, found)
    rows = [
        {
            "key": labels[key][0],
            "label": labels[key][1],
            **figures(counted, only_lost=by == "loss_reason"),
        }
        for key, counted in found.items()
    ]
    if not DIMENSIONS[by].in_order:
        rows.sort(key=lambda row: (row["key"] == NONE, -row["closed"], row["label"].lower()))
    return rows


def figures(found: dict[str, Any], *, only_lost: bool = False) -> dict[str, Any]:
    """One row's figures. `only_lost`: rows that hold lost leads alone have no days to won."""
    won, lost = (found[name]["leads"] if name in found else 0 for name in ("won", "lost"))
    asked_for = found["ask_to_decision"]["leads"] if "ask_to_decision" in found else 0
    shape: dict[str, Any] = {name: length(found.get(name)) for name in LENGTHS}
    if only_lost:
        shape["won"]["reason"] = "only_lost"
    return {
        **shape,
        "closed": won + lost,
        "asked": rate(asked_for, won + lost).as_json(),
        "bump": bump(found.get(SHARE)),
    }


def bump(row: dict[str, Any] | None) -> dict[str, Any]:
    """Whether leads spend their time before the ask (`start`) or after it (`end`).

    The median of the parts of their cycles that leads spent after the ask, between 0 and 1, with
    its interval; `where` is `even` while the interval holds a half, and empty below 8 leads.
    """
    if row is None:
        empty = dict.fromkeys(("value", "low", "high"))
        return {**empty, "leads": 0, "where": "", "reason": "no_leads"}
    low, high = row["low"], row["high"]
    where = ""
    if low is not None and high is not None:
        where = "start" if high < 0.5 else "end" if low > 0.5 else "even"
    median, _p85 = row["points"]
    return {"value": median, "low": low, "high": high, "leads": row["leads"], "where": where}


def length(row: dict[str, Any] | None) -> dict[str, Any]:
    """A length as the answer has it; null for no leads."""
    if row is None:
        empty = dict.fromkeys(("mean", "median", "p85", "low", "high"))
        return {**empty, "leads": 0, "reason": "no_leads"}
    median, p85 = row["points"]
    return {
        "mean": row["mean"],
        "median": median,
        "p85": p85,
        "low": row["low"],
        "high": row["high"],
        "leads": row["leads"],
    }


def leads_of(filters: Filters, user: User | None, key: str, name: str, *, stage: str = "") -> Sql:
    """The ids of the leads behind a figure: the part `name` of the row `key` ("": the total).

    `stage` (`pipeline/stage`) leaves those that were ever in the stage before they closed.
    """
    if name not in PARTS:
        raise Invalid(_("There is no part “%(part)s”.") % {"part": name}, pointer="/part")
    facts = asked(filters, user).narrowed(Sql(PARTS[name]))
    if key and filters.by:
        if filters.by == "loss_reason":
            facts = facts.narrowed(Sql("f.status = 'lost'"))
        facts = facts.narrowed(part(facts, filters, filters.by, key))
    if stage:
        facts = facts.narrowed(
            Sql(
                "exists (select from leads_stagevisit v where v.lead_id = l.id"
                " and v.stage_id = %s and v.entered_at <= f.at)",
                (a_stage(stage),),
            )
        )
    return facts.select("l.id")
