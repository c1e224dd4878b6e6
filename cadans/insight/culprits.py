"""Why a win rate is low: not enough qualified leads, too little nurturing, reps below the rest.

Each culprit comes with its evidence and with the size of its effect in points of win rate. It is
evidence, not proof: leads that are touched more may be better leads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from cadans.assignment.chances import SIZES
from cadans.insight.dimensions import DIMENSIONS, named
from cadans.insight.facts import Facts, Sql, closings
from cadans.insight.filters import Filters
from cadans.insight.intervals import rate
from cadans.insight.shrinkage import Standing, points_lost, standings
from cadans.insight.strata import Stratum, difference_within
from cadans.team.models import User

EARLY = """
    f.status = 'lost' and f.stage_id in (
        select s.id from process_stage s join (
            select pipeline_id, max(position) as last from (
                select pipeline_id, position,
                       row_number() over (partition by pipeline_id order by position) as place,
                       count(*) over (partition by pipeline_id) as stages
                from process_stage where ends_in = '' and retired_at is null
            ) ranked where place <= ceil(stages / 3.0) group by 1
        ) early on early.pipeline_id = s.pipeline_id
        where s.ends_in = '' and s.position <= early.last
    )
"""
"""Lost in the first third of the pipeline's stages (of four: the first two)."""

MOST_PARTS = 200
"""Of longer breakdowns only the parts with most closed leads are compared."""

LONGEST_WINDOW, CYCLE_PART = 14, 4
"""Nurturing is looked at in the first quarter of the usual cycle, at most two weeks."""

TOUCHED = """
    , touched as (
        select d.id, d.status, d.source, d.size, d.at - d.opened_at >= %s * interval '1 day'
               as lasted, count(a.id) as touches,
               count(a.id) filter (where a.at < d.opened_at + %s * interval '1 day') as early
        from decided d left join leads_activity a on a.lead_id = d.id and a.held
             and a.kind <> 'note' and a.at >= d.opened_at and a.at <= d.at
        group by 1, 2, 3, 4, 5
    )
"""


BY_KIND = """
    select status, source, size, lasted, early, touches, count(*) as leads
    from touched group by 1, 2, 3, 4, 5, 6
"""

# ── not enough qualified leads ──────────────────────────────────────────────────────────────


def leads_part(facts: Facts, filters: Filters) -> dict[str, Any]:
    """What was lost in the first third of the stages, for which reasons, and the sources.

    `without_early` is the win rate of the leads that came past the first third or were won: what
    is left when nobody spends time on leads that fall early.
    """
    counted = facts.select(
        "count(*) filter (where f.status = 'won') as won,"
        " count(*) filter (where f.status = 'lost') as lost,"
        f" count(*) filter (where {EARLY}) as early"
    ).rows()[0]
    won, lost, early = counted["won"], counted["lost"], counted["early"]
    reasons = facts.narrowed(Sql("f.status = 'lost'")).select("f.reason_id as key, count(*) as n")
    found = {row["key"]: row["n"] for row in (reasons + "group by 1").rows()}
    labels = named("loss_reason", found)
    return {
        "early_losses": rate(early, lost).as_json(),
        "without_early": rate(won, won + lost - early).as_json(),
        "loss_reasons": [
            {"key": labels[key][0], "label": labels[key][1], "share": rate(n, lost).as_json()}
            for key, n in sorted(found.items(), key=lambda pair: -pair[1])
        ],
        "sources": compared(facts, filters, "source"),
    }


# ── who or what stands below the rest ───────────────────────────────────────────────────────


def compared(facts: Facts, filters: Filters, by: str) -> dict[str, Any]:
    """The parts of a breakdown beside each other, drawn towards the rate of all.

    `differ`: how likely it is that they differ at all. `effect`: how much higher the win rate
    would be if those below won as the others do. A row's `side` is `below` or `above` only where
    its whole interval is.
    """
    counts = counts_by(facts, filters, by)
    differ, found = standings(counts)
    labels = named(by, counts)
    rows: list[dict[str, Any]] = [
        {
            "key": labels[value][0],
            "label": labels[value][1],
            "win_rate": rate(*counts[value]).as_json(),
            "shrunk": one.as_json(),
        }
        for value, one in sorted(found.items(), key=lambda pair: pair[1].value)
    ]
    return {
        "differ": differ,
        "effect": points_lost(counts, found),
        "below": [row["key"] for row in rows if row["shrunk"]["side"] == "below"],
        "above": [row["key"] for row in rows if row["shrunk"]["side"] == "above"],
        "rows": rows,
    }


def counts_by(facts: Facts, filters: Filters, by: str) -> dict[Any, tuple[int, int]]:
    """(won, closed) of each part of a breakdown that is known; the largest MOST_PARTS."""
    dimension = DIMENSIONS[by]
    what = "count(*) filter (where f.status = 'won') as won, count(*) as closed"
    key = dimension.value(facts, filters)
    query = facts.select(key + f"as key, {what}", join=dimension.join(facts))
    query += f"group by 1 order by closed desc limit {MOST_PARTS + 1}"
    found = [row for row in query.rows() if row["key"] is not None]
    return {row["key"]: (row["won"], row["closed"]) for row in found[:MOST_PARTS]}


def rep_standings(filters: Filters, user: User | None) -> dict[Any, tuple[int, Standing]]:
    """Of each rep the number of closed leads and where the rep stands."""
    facts = closings(filters, user)
    counts = counts_by(facts, filters, "owner")
    return {rep: (counts[rep][1], one) for rep, one in standings(counts)[1].items()}


# ── too little nurturing ────────────────────────────────────────────────────────────────────


Kind = tuple[str, str, str, bool, int, int]
"""Status, source, size, whether it lasted longer than the window, touches in it, touches in all."""


def nurturing(facts: Facts) -> dict[str, Any]:
    """Touches before the decision, and how leads touched often at first did against the others.

    Won leads live longer and so are touched more: that says nothing. So only the first days
    count, and only leads that outlived them (a landmark), each against leads of the same source
    and company size. `difference` is in points of win rate, `effect` what it would be worth if
    all were nurtured. Mail is not tracked, so `opened` and `clicked` are null.
    """
    seen, window = touched(facts)
    least = least_touches(seen)
    untracked = rate(0, 0, reason="mail_not_tracked").as_json()
    shape: dict[str, Any] = {
        "touches": {status: touches_of(seen, status) for status in ("won", "lost")},
        "opened": untracked,
        "clicked": untracked,
        "days": window,
        "least_touches": least,
    }
    groups = {True: [0, 0], False: [0, 0]}
    strata: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (status, source, size, lasted, early, _all), leads in seen.items():
        if least is None or not lasted:
            continue
        often = early >= least
        place = 0 if often else 2
        strata[source, size][place] += leads if status == "won" else 0
        strata[source, size][place + 1] += leads
        groups[often][0] += leads if status == "won" else 0
        groups[often][1] += leads
    found = difference_within(Stratum(*counts) for counts in strata.values())
    others = groups[False][1]
    part = others / (others + groups[True][1]) if others else 0.0
    reason = "no_touches" if least is None else ""
    return {
        **shape,
        "nurtured": rate(*groups[True], reason=reason).as_json(),
        "others": rate(*groups[False], reason=reason).as_json(),
        "difference": {**found.as_json(), **({"reason": reason} if reason else {})},
        "effect": scaled(found.as_json(), part),
    }


def touched(facts: Facts) -> tuple[Counter[Kind], int]:
    """How many closed leads there are of each kind of touching, and the window in days."""
    window = window_of(facts)
    query = touching(facts, window) + BY_KIND
    seen: Counter[Kind] = Counter()
    for row in query.rows():
        leads = row.pop("leads")
        seen[tuple(row.values())] += leads
    return seen, window


def window_of(facts: Facts) -> int:
    """The days at first that are looked at: a part of the median cycle of these leads."""
    middle = facts.select(
        "percentile_cont(0.5) within group (order by extract(epoch from f.at - f.opened_at))"
        " / 86400 as days"
    ).rows()[0]["days"]
    return max(1, min(LONGEST_WINDOW, round(float(middle or 0) / CYCLE_PART)))


def touching(facts: Facts, window: int) -> Sql:
    """`WITH …, touched`: of each closed lead how often it was touched, in all and at first."""
    sized = Sql("coalesce(width_bucket(company.employees, %s)::text, '') as size", (list(SIZES),))
    decided = facts.select(
        Sql("l.id, f.status, f.at, f.opened_at, coalesce(l.source_id::text, '') as source,")
        + sized,
        join="left join contacts_company company on company.id = l.company_id",
    )
    query = Sql("with decided as materialized (") + decided + ")"
    return query + Sql(TOUCHED, (window, window))


def nurtured_leads(facts: Facts, *, often: bool) -> Sql:
    """The ids of the leads that were nurtured at first, or of those that were not."""
    seen, window = touched(facts)
    least = least_touches(seen)
    if least is None:
        return facts.narrowed(Sql("false")).select("l.id")
    query = touching(facts, window) + Sql(
        "select id from touched where lasted and (early >= %s) = %s", (least, often)
    )
    return Sql("(") + query + ")"


def least_touches(seen: Mapping[Kind, int]) -> int | None:
    """More touches than the middle one of the leads that outlived the window had (or as many, when
    nobody had more), at least one; None when nobody was touched in it."""
    early: Counter[int] = Counter()
    for (_status, _source, _size, lasted, touches, _all), leads in seen.items():
        if lasted:
            early[touches] += leads
    if not any(early):
        return None
    return min(median_of(early) + 1, max(early))


def touches_of(seen: Mapping[Kind, int], status: str) -> dict[str, Any]:
    """Mean and median number of touches between opening and decision."""
    counts: Counter[int] = Counter()
    for (ended, *_rest, touches), leads in seen.items():
        if ended == status:
            counts[touches] += leads
    leads = sum(counts.values())
    if not leads:
        return {"mean": None, "median": None, "leads": 0, "reason": "no_leads"}
    mean = sum(touches * n for touches, n in counts.items()) / leads
    return {"mean": mean, "median": median_of(counts), "leads": leads}


def median_of(counts: Mapping[int, int]) -> int:
    """The lower middle one of counted numbers."""
    left = (sum(counts.values()) + 1) // 2
    for number in sorted(counts):
        left -= counts[number]
        if left <= 0:
            return number
    return 0


def scaled(difference: Mapping[str, Any], part: float) -> dict[str, float | None]:
    """A difference as it weighs in the whole of which it touches a part."""
    values = {name: difference[name] for name in ("value", "low", "high")}
    return {name: None if one is None else one * part for name, one in values.items()}
