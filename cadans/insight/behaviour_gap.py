"""What the best reps do in each stage that the others do not.

The best are the top quarter by win rate drawn towards that of all, among reps with at least 20
closed leads. What a rep does is one figure a rep, a stage and a behaviour: leads of one rep are
alike, so a thousand leads of five reps are still five. The two groups are compared by Welch's
test, and with dozens of such tests only what stands after Benjamini and Hochberg is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, variance
from typing import Any

from django.utils import timezone

from cadans.insight.culprits import rep_standings
from cadans.insight.dimensions import named
from cadans.insight.facts import Sql, entries
from cadans.insight.filters import Filters
from cadans.insight.strata import false_discoveries
from cadans.team.models import User

FEWEST_CLOSED = 20
"""A rep with fewer closed leads is neither among the best nor among the others."""

FEWEST_VISITS = 5
"""A rep's figure in a stage rests on at least so many leads."""

FEWEST_REPS = 2
"""Each group needs so many reps before anything can be said."""

SURE = 0.05

BEHAVIOURS = ("tasks_done", "first_touch", "touches", "meetings", "people", "days")
"""Means a lead in the stage: tasks done, touches, meetings and demos held, people met in
activities. Medians: days to the first touch (of those touched), days in the stage."""

DONE = """
    , done as (
        select v.owner, v.stage, v.visit,
               extract(epoch from v.left_at - v.entered_at) / 86400 as days,
               (select count(*) from leads_task t where t.visit_id = v.visit
                and t.state = 'done') as tasks_done,
               act.touches, act.meetings, act.people,
               extract(epoch from act.first - v.entered_at) / 86400 as first_touch
        from visits v cross join lateral (
            select count(distinct a.id) as touches, min(a.at) as first,
                   count(distinct a.id) filter (where a.kind in ('meeting', 'demo')) as meetings,
                   count(distinct p.person_id) as people
            from leads_activity a left join leads_activity_people p on p.activity_id = a.id
            where a.lead_id = v.lead and a.held and a.kind <> 'note'
              and a.at >= v.entered_at and a.at < v.until
        ) act
    )
    select owner, stage, count(*) as visits,
           avg(tasks_done)::float8 as tasks_done, avg(touches)::float8 as touches,
           avg(meetings)::float8 as meetings, avg(people)::float8 as people,
           percentile_cont(0.5) within group (order by first_touch)::float8 as first_touch,
           percentile_cont(0.5) within group (order by days)::float8 as days
    from done group by 1, 2
"""


@dataclass(frozen=True)
class Gap:
    """The difference between two groups of reps: of the means, with a 95 % interval (Welch), as a
    multiple of the reps' spread (Hedges' g), and how likely chance alone does as much."""

    difference: float
    low: float
    high: float
    effect: float
    chance: float


def behaviour_gap(filters: Filters, user: User | None) -> dict[str, Any]:
    """The best reps, the others, and of each stage and behaviour how they differ.

    `{"best": [rep], "others": [rep], "rows": […], "reason"?}`: a row names its stage and behaviour
    and has `best` and `others` (the groups' means), `difference` with interval, `effect`, `chance`
    corrected for all tests, and `named`: whether it is more than chance. Reasons: `few_reps`.
    """
    reps = rep_standings(filters, user)
    known = {rep: one for rep, (closed, one) in reps.items() if closed >= FEWEST_CLOSED}
    ranked = sorted(known, key=lambda rep: (-known[rep].value, str(rep)))
    best, others = ranked[: len(ranked) // 4], ranked[len(ranked) // 4 :]
    labels = named("owner", ranked)
    shape: dict[str, Any] = {
        "best": [{"key": labels[rep][0], "label": labels[rep][1]} for rep in best],
        "others": [{"key": labels[rep][0], "label": labels[rep][1]} for rep in others],
        "rows": [],
    }
    if len(best) < FEWEST_REPS:
        return {**shape, "reason": "few_reps"}
    return {**shape, "rows": rows_of(done_by(filters, user), best, others)}


def done_by(filters: Filters, user: User | None) -> list[dict[str, Any]]:
    """What each rep did in each stage, over the leads that entered it in the period."""
    facts = entries(filters, user).narrowed(Sql("now_in.id is not null"))
    visits = facts.select(
        Sql(
            "f.owner_id as owner, f.stage_id as stage, f.id as visit, f.lead_id as lead,"
            " f.entered_at, f.left_at, coalesce(f.left_at, %s) as until",
            (timezone.now(),),
        ),
        join="join process_stage here on here.id = f.stage_id and here.ends_in = ''",
    )
    return (Sql("with visits as materialized (") + visits + ")" + DONE).rows()


def rows_of(
    done: Sequence[Mapping[str, Any]], best: Sequence[Any], others: Sequence[Any]
) -> list[dict[str, Any]]:
    """The comparisons that can be made, stage by stage, the surest of them named."""
    figures: dict[tuple[Any, str], dict[Any, float]] = defaultdict(dict)
    for row in done:
        for behaviour in BEHAVIOURS:
            if row["visits"] >= FEWEST_VISITS and row[behaviour] is not None:
                figures[row["stage"], behaviour][row["owner"]] = row[behaviour]
    labels = named("stage", {stage for stage, _behaviour in figures})
    rows: list[dict[str, Any]] = []
    for (stage, behaviour), of_rep in figures.items():
        ours = [of_rep[rep] for rep in best if rep in of_rep]
        theirs = [of_rep[rep] for rep in others if rep in of_rep]
        gap = gap_between(ours, theirs)
        if gap is None:
            continue
        rows.append(
            {
                "stage": labels[stage][0],
                "stage_label": labels[stage][1],
                "behaviour": behaviour,
                "best": {"value": fmean(ours), "reps": len(ours)},
                "others": {"value": fmean(theirs), "reps": len(theirs)},
                "difference": {"value": gap.difference, "low": gap.low, "high": gap.high},
                "effect": gap.effect,
                "chance": gap.chance,
            }
        )
    corrected = false_discoveries([row["chance"] for row in rows])
    for row, chance in zip(rows, corrected, strict=True):
        row |= {"chance": chance, "named": chance < SURE}
    rows.sort(key=lambda row: (not row["named"], -abs(row["effect"])))
    return rows


def gap_between(ours: Sequence[float], theirs: Sequence[float]) -> Gap | None:
    """Welch's comparison of two groups' means; None with too few reps or no spread at all.

    B. Welch, Biometrika 34 (1947); L. Hedges, Journal of Educational Statistics 6 (1981).
    """
    from scipy.special import stdtr, stdtrit  # large: only what asks for the gap needs it

    n, m = len(ours), len(theirs)
    if min(n, m) < FEWEST_REPS:
        return None
    one, two = variance(ours), variance(theirs)
    a, b = one / n, two / m
    if not a + b:
        return None
    difference, error = fmean(ours) - fmean(theirs), sqrt(a + b)
    freedom = (a + b) ** 2 / (a * a / (n - 1) + b * b / (m - 1))
    wide = float(stdtrit(freedom, 0.975)) * error
    pooled = sqrt(((n - 1) * one + (m - 1) * two) / (n + m - 2))
    small = 1 - 3 / (4 * (n + m - 2) - 1)
    return Gap(
        difference,
        difference - wide,
        difference + wide,
        small * difference / pooled,
        2 * float(stdtr(freedom, -abs(difference) / error)),
    )
